"""Sanger work units: open traces, call samples, write their tables and files."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from der22.errors import UnreadableFileError
from der22.flags import Flag, Level, Problem, join_codes
from der22.formats.records import SangerRead
from der22.formats.reference_folder import Reference, read_reference
from der22.formats.tables import Row, read_tsv, round_half_even, write_text, write_tsv
from der22.formats.trace import Trace, parse_trace
from der22.resources import resource_path
from der22.sanger.codes import flag
from der22.sanger.judge import read_status
from der22.sanger.primers import primer_flags
from der22.sanger.read import analyse_read, refuse_read
from der22.sanger.records import CodonVerdict, SangerReadResult, Variant
from der22.sanger.sample import SampleResult, call_sample, find_controls, refuse_duplicates
from der22.sanger.settings import SangerSettings
from der22.sanger.snippets import cut_snippets
from der22.units.manifest import UnitReport
from der22.units.sanger_files import write_bam, write_vcf

__all__ = [
    "ABL1_COLUMNS",
    "CODON_COLUMNS",
    "READ_COLUMNS",
    "SHIPPED_REFERENCE",
    "VARIANT_COLUMNS",
    "collect_abl1",
    "load_reference",
    "run_sanger",
]

SHIPPED_REFERENCE = "abl1"
_STAGE = "sanger"
_CONTROL = "wild_type_control"

VARIANT_COLUMNS = (
    "patient_id", "sample_id", "day", "position_c", "ref", "alt", "hgvs_c", "hgvs_p", "mutation",
    "codon", "tier", "fraction", "fraction_low", "fraction_high", "forward_fraction",
    "reverse_fraction", "noise_floor", "flags",
)  # fmt: skip
CODON_COLUMNS = (
    "codon", "residue", "status", "limit_of_detection", "forward_usable", "reverse_usable",
)  # fmt: skip
READ_COLUMNS = (
    "read_id", "direction", "status", "first_codon", "last_codon", "mean_quality", "noise_floor",
    "flags", "message",
)  # fmt: skip
ABL1_COLUMNS = (
    "patient_id", "sample_id", "day", "abl1_status", "mutations", "flags", "message",
)  # fmt: skip
