"""The tables of MRD."""

from __future__ import annotations

from der22.flags import Flag
from der22.results.schema import beside, column, flag_codes, result_table
from der22.words import Category, CurveStatus, Response, WellUse

__all__ = [
    "AccountRow",
    "CurveRow",
    "LevelRow",
    "PlateLevelRow",
    "PlateQcRow",
    "QcRow",
    "SeriesRow",
    "WellRow",
]

_PLATE = "of the plates sheet"


@result_table("mrd/{plate_id}/wells.tsv", "one well and target")
class WellRow:
    """What was read of one well."""

    plate_id: str = beside(_PLATE, default="")
    well: str = column("row and column")
    sample: str = column("name in the file")
    target: str = column("name in the file")
    task: str = column("standard, unknown, ntc, negative_control, positive_control or other")
    ct_raw: str = column("as the file has it")
    ct: float | None = column("blank when nothing was detected", unit="cycles")
    detected: bool | None = column("blank when not known")
    copies: float | None = column("0 when nothing was detected", unit="copies", digits=7)
    excluded: bool = column()
    reason: str = column("why it is excluded")
    run: str = column("run in the file")
    quantity: float | None = column("given for a standard", unit="copies", digits=7)


@result_table("mrd/{plate_id}/account.tsv", "one file, run and use")
class AccountRow:
    """What became of the wells and rows of a file; the numbers add up to all that it holds.

    Remarks that an instrument writes below a blank line are no part of it.
    """

    plate_id: str = column(_PLATE)
    file: str = column("name")
    run: str = column("run in the file, without its dates")
    use: WellUse = column("other: no row of the mrd sheet asks for it")
    n: int = column("measurements (a well and target each) or rows")
    places: tuple[str, ...] = column("their wells, each once")


@result_table("mrd/{plate_id}/curves.tsv", "one standard curve")
class CurveRow:
    """The refitted curve beside the printed one."""

    plate_id: str = beside(_PLATE, default="")
    run: str = column("run in the file")
    target: str = column("name in the file")
    slope: float | None = column("refitted", unit="cycles per log10")
    intercept: float | None = column("refitted", unit="cycles")
    r_squared: float | None = column("refitted")
    efficiency: float | None = column("1 = doubling each cycle")
    n_levels: int = column("of the standard")
    lowest_copies: float | None = column("standard", unit="copies", digits=10)
    highest_copies: float | None = column("standard", unit="copies", digits=10)
    instrument_slope: float | None = column("as printed by the instrument")
    instrument_intercept: float | None = column("as printed by the instrument")
    status: CurveStatus = column()
    codes: tuple[str, ...] = flag_codes()


@result_table("mrd/{plate_id}/qc.tsv", "one target of a plate")
class PlateQcRow:
    """The quality of one target on one plate, to be held against other plates."""

    plate_id: str = column(_PLATE)
    target: str = column("name in the file")
    role: str = column("fusion or control")
    slope: float | None = column("refitted", unit="cycles per log10", default=None)
    intercept: float | None = column("refitted", unit="cycles", default=None)
    r_squared: float | None = column("refitted", default=None)
    n_ntc: int = column("no-template wells, not excluded")
    n_ntc_detected: int = column("of these")
    positive_control_ct: float | None = column(
        "mean over the positive controls", unit="cycles", default=None
    )
    median_control_copies: float | None = column(
        "of the samples, control gene only", unit="copies", digits=7, default=None
    )


@result_table("mrd/qc.tsv", "one target of a plate, in the order of the plates sheet")
class QcRow(PlateQcRow):
    """The same beside its distance from the other plates of that target."""

    slope_z: float | None = column(
        "standard deviations from the mean of the other plates; blank where these are too few",
        decimals=3, default=None,
    )  # fmt: skip
    intercept_z: float | None = column("the same of the intercept", decimals=3, default=None)
    positive_control_z: float | None = column(
        "the same of the positive controls", decimals=3, default=None
    )
    control_copies_z: float | None = column(
        "the same of log10 of the median control copies", decimals=3, default=None
    )
    westgard: tuple[str, ...] = column(
        "rules that the plate breaks: 1-3s, one value beyond three standard deviations; 2-2s, it "
        "and the plate before beyond two on one side",
        default=(),
    )


@result_table("mrd/{plate_id}/levels.tsv", "one sample and transcript of a plate")
class PlateLevelRow:
    """The level of one sample and transcript on one plate."""

    patient_id: str = column()
    sample_id: str = column("of the mrd sheet")
    plate_id: str = column("of the mrd sheet")
    day: int | None = column(unit="day", default=None)
    timepoint: str = column("label in force, blank when not placed")
    transcript: str | None = column("p190 or p210", default=None)
    material: str = column("BM or PB")
    fusion_copies: float | None = column(
        "mean over the fusion wells", unit="copies", digits=10, default=None
    )
    control_copies: float | None = column(
        "mean over the control wells", unit="copies", digits=10, default=None
    )
    control_copies_sum: float | None = column(
        "over the control wells", unit="copies", digits=10, default=None
    )
    n_fusion_wells: int = column("not excluded", default=0)
    n_fusion_detected: int = column("of these", default=0)
    n_control_wells: int = column("not excluded", default=0)
    ratio_percent: float | None = column(
        "fusion_copies over control_copies", unit="%", digits=10, default=None
    )
    ratio_is_percent: float | None = column(
        "on the International Scale; blank without conversion factor",
        unit="%", digits=10, default=None,
    )  # fmt: skip
    conversion_factor: float | None = column("to the International Scale, p210 only", default=None)
    category: Category = column()
    molecular_response: Response = column(
        "yes for CMR and PNQ, no for POS; of POS_UNQUANTIFIED no where even its lower bound is none"
    )
    detection_limit_percent: float | None = column(
        "100 over the control copies in the cDNA tested for the fusion",
        unit="%", digits=10, default=None,
    )  # fmt: skip
    depth: str = column("MR4, MR4.5 or MR5 of a CMR", default="")
    codes: tuple[str, ...] = flag_codes(default=())
    message: str = column(default="")

    @property
    def is_assessable(self) -> bool:
        """Whether it says if there is a molecular response."""
        return self.molecular_response.answer is not None

    @property
    def is_blood(self) -> bool:
        """Whether it was measured in blood, which enters no series."""
        return self.material == "PB"

    @property
    def is_repeated(self) -> bool:
        """Whether another sample of the same moment counts in its stead."""
        return not {"DUPLICATE_SAMPLE", "RERUN_AGREES"}.isdisjoint(self.codes)

    @property
    def is_left_aside(self) -> bool:
        """Whether it is kept out of the series by another sample of the same moment."""
        return self.is_repeated or "CONFLICTING_DUPLICATES" in self.codes


@result_table("mrd/levels.tsv", "one cDNA sample and transcript")
class LevelRow(PlateLevelRow):
    """The level of one sample and transcript, its time point settled."""


@result_table("mrd/series.tsv", "one time point of a patient")
class SeriesRow:
    """The response at a time point, changes, triggers."""

    patient_id: str = column()
    timepoint: str = column("label, or unscheduled")
    day: int | None = column("blank when missing or not known", unit="day", default=None)
    category: Category = column()
    molecular_response: Response = column("as of the levels behind it")
    ratio_percent: float | None = column(
        "highest among the transcripts in that category", unit="%", digits=10, default=None
    )
    log10_change: float | None = column(
        "against the sample before, both POS; on the International Scale where both have one; "
        "the largest over transcripts",
        digits=10, default=None,
    )  # fmt: skip
    mrd_increase: bool | None = column(
        "blank on missing and not evaluable rows, as the next two, and where a positive has no "
        "level to compare",
        default=None,
    )
    molecular_relapse: bool | None = column("of at least two logs", default=None)
    molecular_relapse_imputed: bool | None = column(
        "the same with a CMR taken at its limit and a PNQ at its ratio", default=None
    )
    response_lost: bool | None = column(
        "after induction, no longer a response after one; blank as the columns before", default=None
    )
    after_event: tuple[str, ...] = column(
        "relapse, transplant: taken after the day of the event, and in no table of responses",
        default=(),
    )
    codes: tuple[str, ...] = flag_codes("of its levels and its own", default=())
    sample_ids: tuple[str, ...] = column("samples behind it", name="sample_id", default=())
    detection_limit_percent: float | None = column(
        "highest among the transcripts in that category", unit="%", digits=10, default=None
    )
    depth: str = column("shallowest among the transcripts, CMR only", default="")
    flags: tuple[Flag, ...] = beside("its own flags", default=())

    @property
    def is_assessable(self) -> bool:
        """Whether it says if there is a molecular response."""
        return self.molecular_response.answer is not None
