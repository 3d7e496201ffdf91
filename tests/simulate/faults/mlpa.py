"""Every fault an MLPA run can have, by the code the analysis should report for it.

A fault is written ``CODE`` or ``CODE:variant``. `FAULTS` lists them; `samples_with_fault` puts one
into a sound run at the place where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from der22.formats.probemix import Probemix
from der22.simulate.abif_writer import AbifTag
from der22.simulate.fragment_file import FileHeader
from der22.simulate.instruments import RunDraw
from der22.simulate.mlpa_product import Lot, Product
from simulate.faults import mlpa_capillary as capillary
from simulate.faults import mlpa_product as product
from simulate.plate_sample import HarmedInjection, PlateSample

__all__ = ["FAULTS", "Fault", "Scope", "find_fault", "samples_with_fault"]

TruthChange: TypeAlias = Callable[[PlateSample, Probemix], PlateSample]
ProductChange: TypeAlias = Callable[
    [Product, Lot, Probemix, np.random.Generator, np.random.Generator], Product
]
InjectionChange: TypeAlias = Callable[
    [HarmedInjection, RunDraw, np.random.Generator], HarmedInjection
]


class Scope(StrEnum):
    """Which samples of a run a fault befalls."""

    ONE_PATIENT = "one patient"
    TWO_PATIENTS = "two patients"
    ALL_PATIENTS = "all patients"
    ONE_REFERENCE = "one reference"
    MOST_REFERENCES = "all references but two"
    NO_DNA = "the no-DNA control"
    ALL = "all samples with DNA"


@dataclass(frozen=True, slots=True)
class Fault:
    """What one fault changes on the way from the cell to the file; None = nothing.

    Attributes:
        scope: samples it befalls.
        truth: changes what is in the tube.
        product: changes the reaction; draws from one generator of the run and one of the sample.
        injection: changes the capillary.
        header: changes what the file says of itself.
        tags: changes the tags.
        content: changes the bytes.
        blasts_blank: the sheet leaves the share of blasts blank.
        loads_other: the tube of the sample named by `variant` was loaded instead.
        variant: sample named after the colon, for `loads_other`.
    """

    scope: Scope = Scope.ONE_PATIENT
    truth: TruthChange | None = None
    product: ProductChange | None = None
    injection: InjectionChange | None = None
    header: Callable[[FileHeader], FileHeader] | None = None
    tags: Callable[[Sequence[AbifTag]], list[AbifTag]] | None = None
    content: Callable[[bytes], bytes] | None = None
    blasts_blank: bool = False
    loads_other: bool = False
    variant: str = ""


_DUPLICATE = "DUPLICATE_PROFILE"
_SOUND = Fault()

FAULTS: Mapping[str, Fault] = MappingProxyType({
    # the file
    "NOT_ABIF": Fault(content=capillary.replace_by_text),
    "NOT_ABIF:empty": Fault(content=capillary.empty_content),
    "TRUNCATED": Fault(content=capillary.cut_half),
    "TRUNCATED:tail": Fault(content=capillary.cut_tail),
    "NOT_FRAGMENT_RUN": Fault(tags=capillary.turn_into_sequencing),
    "HID_UNSUPPORTED": Fault(tags=capillary.obscure_values),
    "METADATA_MISMATCH": Fault(header=capillary.misname_standard),
    "RUN_ID_MISMATCH": Fault(header=capillary.misname_sample),
    "RUN_ID_MISMATCH:well": Fault(header=capillary.misname_well),
    # the capillary
    "SIZE_STANDARD_NOT_FOUND": Fault(injection=capillary.drop_standard),
    "SIZE_STANDARD_NOT_FOUND:second_dye": Fault(injection=capillary.standard_in_second_dye),
    "SIZE_STANDARD_NOT_FOUND:other_standard": Fault(injection=capillary.foreign_standard),
    "SIZE_STANDARD_POOR": Fault(injection=capillary.other_fragment_or_bubble),
    "SIZE_STANDARD_POOR:fragment": Fault(injection=capillary.drop_fragment),
    "SIZE_STANDARD_POOR:bubble": Fault(injection=capillary.bubble_in_standard),
    "SIZE_STANDARD_INCOMPLETE": Fault(injection=capillary.stop_early),
    "SIZE_STANDARD_WEAK": Fault(injection=capillary.fade_standard),
    "SIZE_STANDARD_OFFSCALE": Fault(injection=capillary.amplify_standard),
    "SPIKE": Fault(injection=capillary.spike),
    "PULLUP": Fault(injection=capillary.bleed_more),
    "OFFSCALE": Fault(injection=capillary.saturate_many),
    "OFFSCALE:few": Fault(injection=capillary.saturate_few),
    # the reaction
    "PROBEMIX_MISMATCH": Fault(Scope.ALL, product=product.use_foreign_mix),
    "LOW_DNA": Fault(product=product.lower_dna),
    "LIGATION_FAILED": Fault(product=product.fail_ligation),
    "NO_PRODUCT": Fault(product=product.lose_product),
    "DENATURATION": Fault(product=product.denature_badly),
    "NO_DNA_CONTAMINATED": Fault(
        Scope.NO_DNA, truth=product.give_dna, product=product.contaminate
    ),
    "SLOPE_EXCESS": Fault(product=product.tilt),
    "REFERENCE_PROBES_UNSTABLE": Fault(product=product.scatter_reference_probes),
    "REFERENCE_PROBES_UNSTABLE:aneuploid": Fault(truth=product.gain_reference_probes),
    "REF_INSUFFICIENT": Fault(Scope.MOST_REFERENCES, product=product.lose_product),
    "REF_MISMATCH": Fault(Scope.ALL_PATIENTS, product=product.shift_some_probes),
    "PROBE_NOISY": Fault(Scope.ALL, product=product.scatter_one_probe),
    # the sample
    "REF_ABNORMAL": Fault(Scope.ONE_REFERENCE, truth=product.lose_largest_gene),
    "SEX_MISMATCH": Fault(truth=product.swap_sex),
    "SINGLE_PROBE": Fault(truth=product.put_variant_under_probe),
    "CLONES_MIXED": Fault(truth=product.mix_clones),
    "BLASTS_UNKNOWN": Fault(blasts_blank=True),
    "NOT_INFORMATIVE": Fault(truth=product.thin_out_blasts),
    "LIMITED_SENSITIVITY": Fault(truth=product.lower_blasts),
    _DUPLICATE: Fault(Scope.TWO_PATIENTS, loads_other=True),
})  # fmt: skip


def find_fault(text: str | None) -> Fault:
    """Return the fault written as `text`; None = a sound sample.

    Raises:
        KeyError: no such fault, or DUPLICATE_PROFILE without the sample it copies.
    """
    if text is None:
        return _SOUND
    code, _, variant = text.partition(":")
    if code == _DUPLICATE and variant:
        return replace(FAULTS[code], variant=variant)
    if text not in FAULTS or code == _DUPLICATE:
        raise KeyError(f"no fault {text!r}; known: {', '.join(FAULTS)}")
    return FAULTS[text]


def samples_with_fault(text: str, samples: Sequence[PlateSample]) -> tuple[PlateSample, ...]:
    """Return `samples` with fault `text` put where it belongs; the others stay as they are.

    Raises:
        KeyError: no such fault.
        ValueError: the run has no sample the fault can befall.
    """
    if text not in FAULTS:
        raise KeyError(f"no fault {text!r}; known: {', '.join(FAULTS)}")
    ids = _befallen(FAULTS[text].scope, samples)
    if not ids:
        raise ValueError(f"{text} needs {FAULTS[text].scope} in the run")
    if text == _DUPLICATE:
        text, ids = f"{_DUPLICATE}:{ids[0]}", ids[1:]
    return tuple(
        replace(sample, fault=text) if sample.sample_id in ids else sample for sample in samples
    )


def _befallen(scope: Scope, samples: Sequence[PlateSample]) -> list[str]:
    patients = [s.sample_id for s in samples if s.role == "patient"]
    references = [s.sample_id for s in samples if s.role == "reference"]
    no_dna = [s.sample_id for s in samples if s.role == "no_dna"]
    match scope:
        case Scope.ONE_PATIENT:
            return patients[:1]
        case Scope.TWO_PATIENTS:
            return patients[:2] if len(patients) > 1 else []
        case Scope.ALL_PATIENTS:
            return patients
        case Scope.ONE_REFERENCE:
            return references[:1]
        case Scope.MOST_REFERENCES:
            return references[2:]
        case Scope.NO_DNA:
            return no_dna[:1]
        case Scope.ALL:
            return [s.sample_id for s in samples if s.role != "no_dna"]
