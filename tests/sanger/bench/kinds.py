"""The catalogue of scenario kinds: each draws a whole run, with its own parameters, from a seed."""

from __future__ import annotations

from sanger.bench import kinds_changes, kinds_lengths, kinds_reads, kinds_signal
from sanger.bench.catalogue import KINDS, Kind

__all__ = ["KINDS", "Kind", "kinds_changes", "kinds_lengths", "kinds_reads", "kinds_signal"]
