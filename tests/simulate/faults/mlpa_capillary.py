"""Faults of the capillary, of the header and of the file: what each does, as plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from der22.simulate.abif_writer import AbifTag, chars_tag, numbers_tag
from der22.simulate.fragment_file import FileHeader
from der22.simulate.instruments import RunDraw
from der22.simulate.mlpa_injection import draw_standard
from simulate.plate_sample import HarmedInjection

__all__ = [
    "amplify_standard", "bleed_more", "bubble_in_standard", "cut_half", "cut_tail", "drop_fragment",
    "drop_standard", "empty_content", "fade_standard", "foreign_standard", "misname_sample",
    "misname_standard", "misname_well", "obscure_values", "other_fragment_or_bubble",
    "replace_by_text", "saturate_few", "saturate_many", "spike", "standard_in_second_dye",
    "stop_early", "turn_into_sequencing",
]  # fmt: skip

_INT16_MAX = 32767
#: fragments of a GS500 whose loss shifts the sizes around it by up to 3.3 nt
_TELLING_FRAGMENTS_NT = (139, 160, 200, 300, 400, 450)
_WEAK_RFU = 120.0
_BUBBLE_NT, _BUBBLE_LATE_NT = 290.0, 9.0
_STOP_NT = 330.0
_PULLUP_SHARE = 0.04
_N_SPIKES = 3
#: element types that a 3500 uses to hide what forensic files hold
_OBSCURED = {2: 28, 18: 29, 19: 30, 4: 31, 5: 32, 7: 33, 8: 34}


def drop_standard(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """No size standard was added."""
    return replace(injection, standard_rfu=np.zeros_like(injection.standard_rfu))


def standard_in_second_dye(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """The size standard carries another dye than the last."""
    return replace(injection, standard_dye=1)


def foreign_standard(
    injection: HarmedInjection, run: RunDraw, rng: np.random.Generator
) -> HarmedInjection:
    """Another size standard than the instrument's usual one was added."""
    name = "GS600LIZ" if injection.instrument.standard == "GS500LIZ" else "GS400HD"
    place, heights = draw_standard(name, injection.instrument, run, rng)
    return replace(injection, standard_nt=place, standard_rfu=heights)


def drop_fragment(
    injection: HarmedInjection, _run: RunDraw, rng: np.random.Generator
) -> HarmedInjection:
    """One fragment of the size standard is missing."""
    lost_nt = rng.choice(_TELLING_FRAGMENTS_NT)
    nearest = int(np.argmin(np.abs(injection.standard_nt - lost_nt)))
    heights = injection.standard_rfu.copy()
    heights[nearest] = 0.0
    return replace(injection, standard_rfu=heights)


def bubble_in_standard(
    injection: HarmedInjection, _run: RunDraw, rng: np.random.Generator
) -> HarmedInjection:
    """The current drops in the middle of the run and everything later comes late."""
    scans = _BUBBLE_LATE_NT * float(np.median(injection.instrument.scans_per_nt))
    return replace(injection, delay=(_BUBBLE_NT + float(rng.uniform(-15, 15)), scans))


def other_fragment_or_bubble(
    injection: HarmedInjection, run: RunDraw, rng: np.random.Generator
) -> HarmedInjection:
    """An untrustworthy fit: one lost fragment spoils GS500, a dense GS600 needs a bubble."""
    if injection.instrument.standard.startswith("GS500"):
        return drop_fragment(injection, run, rng)
    return bubble_in_standard(injection, run, rng)


def stop_early(
    injection: HarmedInjection, _run: RunDraw, rng: np.random.Generator
) -> HarmedInjection:
    """The run ends long before the last probe."""
    return replace(injection, stop_nt=_STOP_NT + float(rng.uniform(-20, 20)))


def fade_standard(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """Too little size standard: weak but whole."""
    factor = _WEAK_RFU / float(np.median(injection.standard_rfu))
    return replace(injection, standard_rfu=injection.standard_rfu * factor)


def amplify_standard(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """Far too much size standard: about half of its fragments saturate."""
    factor = 1.2 * _limit(injection) / float(np.median(injection.standard_rfu))
    return replace(injection, standard_rfu=injection.standard_rfu * factor)


def spike(injection: HarmedInjection, _run: RunDraw, rng: np.random.Generator) -> HarmedInjection:
    """Bubbles or particles: signals of one or two scans in every dye."""
    places = np.sort(rng.uniform(110.0, 460.0, _N_SPIKES))
    heights = injection.instrument.probe_rfu * rng.uniform(0.6, 2.5, _N_SPIKES)
    spikes = tuple(zip(places.tolist(), heights.tolist(), strict=True))
    return replace(injection, spikes=spikes)


def bleed_more(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """A worn spectral calibration: the first dye shows in every other."""
    return replace(injection, bleed=_PULLUP_SHARE)


def saturate_many(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """Injected far too long: most probes saturate."""
    factor = 2.2 * _limit(injection) / injection.instrument.probe_rfu
    return replace(injection, product_rfu=injection.product_rfu * factor)


def saturate_few(
    injection: HarmedInjection, _run: RunDraw, _rng: np.random.Generator
) -> HarmedInjection:
    """Injected too long: the two or three tallest probes saturate, the others lie below."""
    third = np.sort(injection.product_rfu)[-3]
    factor = 1.15 * _limit(injection) / float(third)
    return replace(injection, product_rfu=injection.product_rfu * factor)


def misname_standard(header: FileHeader) -> FileHeader:
    """The operator chose another size standard in the plate record."""
    wrong = "GS600LIZ" if header.standard_text.startswith("GS500") else "GS500(-250)LIZ"
    return replace(header, standard_text=wrong)


def misname_sample(header: FileHeader) -> FileHeader:
    """The plate record holds another sample in this place."""
    return replace(header, sample_name="another-tube")


def misname_well(header: FileHeader) -> FileHeader:
    """The file was taken from another well."""
    return replace(header, well="H12" if header.well != "H12" else "A01")


def turn_into_sequencing(tags: Sequence[AbifTag]) -> list[AbifTag]:
    """Add what only a sequencing run has: base calls and their places."""
    bases = "ACGT" * 100
    n_scans = next(tag.n_elements for tag in tags if (tag.name, tag.number) == ("DATA", 1))
    places = np.linspace(0.3 * n_scans, 0.9 * n_scans, len(bases))
    kept = [tag for tag in tags if tag.name != "StdF"]
    return [
        *kept,
        chars_tag("PBAS", 1, bases),
        chars_tag("PBAS", 2, bases),
        numbers_tag("PLOC", 1, places),
        numbers_tag("PLOC", 2, places),
        chars_tag("FWO_", 1, "GATC"),
    ]


def obscure_values(tags: Sequence[AbifTag]) -> list[AbifTag]:
    """Hide signal and names behind element types 28-34, as a forensic .hid does."""
    return [
        replace(tag, element_type=_OBSCURED[tag.element_type], payload=tag.payload[::-1])
        if tag.name in ("DATA", "DyeN", "SpNm", "StdF", "TUBE", "SMPL")
        and tag.element_type in _OBSCURED
        else tag
        for tag in tags
    ]


def replace_by_text(_content: bytes) -> bytes:
    """A peak table was saved under the name of a raw file."""
    return b"Dye/Sample Peak,Sample File Name,Marker,Allele,Size,Height\n"


def empty_content(_content: bytes) -> bytes:
    """The copy failed before its first byte."""
    return b""


def cut_half(content: bytes) -> bytes:
    """The copy stopped halfway."""
    return content[: len(content) * 3 // 5]


def cut_tail(content: bytes) -> bytes:
    """The last ten bytes are missing."""
    return content[:-10]


def _limit(injection: HarmedInjection) -> float:
    limit = injection.instrument.camera_limit_rfu
    return float(_INT16_MAX if limit is None else min(limit, _INT16_MAX))
