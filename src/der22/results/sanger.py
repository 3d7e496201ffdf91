"""The tables of ABL1 sequencing."""

from __future__ import annotations

from der22.results.schema import beside, column, flag_codes, result_table
from der22.words import Abl1Status, CodonStatus, Direction, ReadStatus, Tier

__all__ = [
    "Abl1Row",
    "CodonRow",
    "ControlOfSampleRow",
    "ControlRow",
    "FingerprintRow",
    "ReadRow",
    "StatusRow",
    "VariantRow",
]

_FRACTION = "of the amplified transcript"


@result_table("sanger/{sample_id}/variants.tsv", "one change of a sample")
class VariantRow:
    """A change of the sequence."""

    patient_id: str | None = column()
    sample_id: str = column()
    day: int | None = column(unit="day")
    position_c: int = column("in the coding sequence")
    ref: str = column("bases of the reference")
    alt: str = column("bases found, or <DEL>, <INS>")
    hgvs_c: str = column("HGVS name of the coding change")
    hgvs_p: str = column("HGVS name of the protein change")
    mutation: str = column("the usual name, such as T315I")
    codon: int | None = column("number")
    tier: Tier = column()
    fraction: float | None = column(_FRACTION, decimals=4)
    fraction_low: float | None = column("lower end of 95 %", decimals=4)
    fraction_high: float | None = column("upper end of 95 %", decimals=4)
    forward_fraction: float | None = column("by forward reads", decimals=4)
    reverse_fraction: float | None = column("by reverse reads", decimals=4)
    noise_floor: float | None = column("share of the peak height that is noise", decimals=4)
    codes: tuple[str, ...] = flag_codes()


@result_table("sanger/{sample_id}/codons.tsv", "one codon, 234 to 500")
class CodonRow:
    """Whether a codon was read, on which strand, and down to which fraction."""

    sample_id: str = beside("of the sanger sheet", default="")
    codon: int = column("number")
    residue: str = column("of the reference")
    status: CodonStatus = column()
    limit_of_detection: float | None = column("a fraction", decimals=4)
    forward_usable: bool = column()
    reverse_usable: bool = column()


@result_table("sanger/{sample_id}/reads.tsv", "one read of a sample")
class ReadRow:
    """How good a read is."""

    sample_id: str = beside("of the sanger sheet", default="")
    read_id: str = column("of the sanger sheet")
    direction: Direction | None = column()
    status: ReadStatus | None = column()
    first_codon: int | None = column("usable")
    last_codon: int | None = column("usable")
    mean_quality: float | None = column("Phred", decimals=1)
    noise_floor: float | None = column("share of the peak height that is noise", decimals=4)
    codes: tuple[str, ...] = flag_codes()
    message: str = column()


@result_table("sanger/{sample_id}/fingerprints.tsv", "one used read of a sample")
class FingerprintRow:
    """The background of a capillary, by which a copy of it is known."""

    sample_id: str = beside("of the sanger sheet", default="")
    read_id: str = column("of the sanger sheet")
    fingerprint: str = column("a sign per base of the window, 0 to z: strongest secondary share")


@result_table("sanger/{sample_id}/controls.tsv", "one wild-type control of the sample's runs")
class ControlOfSampleRow(ReadRow):
    """How good a control of a sample is."""


@result_table("sanger/controls.tsv", "one wild-type control")
class ControlRow(ReadRow):
    """How good a control is."""


@result_table("sanger/{sample_id}/status.tsv", "the sample")
class StatusRow:
    """ABL1 of one sample."""

    patient_id: str | None = column()
    sample_id: str = column()
    day: int | None = column(unit="day")
    abl1_status: Abl1Status = column()
    mutations: tuple[str, ...] = column("those detected")
    codes: tuple[str, ...] = flag_codes()
    message: str = column()


@result_table("sanger/abl1.tsv", "one sequenced sample")
class Abl1Row(StatusRow):
    """ABL1 of one sample."""
