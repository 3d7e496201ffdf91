"""The flag codes of the MLPA analysis and their usual levels."""

from __future__ import annotations

from der22.flags import Flag, FlagKind, Level

__all__ = ["CODES", "flag"]

_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE

CODES: tuple[FlagKind, ...] = (
    FlagKind("NOT_ABIF", _E, "The file does not begin with ABIF.", "Export the raw .fsa again."),
    FlagKind("FILE_UNREADABLE", _E, "The file cannot be opened.", "Check the path and the rights."),
    FlagKind("TRUNCATED", _E, "The file ends before its own directory or data do.",
             "Copy it again from the instrument."),
    FlagKind("NOT_FRAGMENT_RUN", _E, "The file is a sequencing run or holds no raw channels.",
             "Give the fragment run."),
    FlagKind("HID_UNSUPPORTED", _E, "The file is a forensic .hid with hidden channels.",
             "Export it as .fsa."),
    FlagKind("PEAK_TABLE_INVALID", _E, "The peak table lacks a column or a number.",
             "Correct the table; the sentence names the place."),
    FlagKind("PEAK_WITHOUT_SIZE", _N, "The peak table gives a peak without a size.",
             "None where it lies beyond the size standard; between other peaks size it again."),
    FlagKind("SAMPLE_NOT_IN_TABLE", _E, "The peak table holds no row of this sample.",
             "Correct the sample's name in the sheet or in the table."),
    FlagKind("SIZE_STANDARD_NOT_FOUND", _E, "No comb of the size standard in the last dye.",
             "Check that the standard was added and that the sheet names the right one."),
    FlagKind("SIZE_STANDARD_POOR", _E, "The comb is there but does not fit.",
             "Run the capillary again."),
    FlagKind("SIZE_STANDARD_INCOMPLETE", _E, "The run ends before the probes do.",
             "Lengthen the run."),
    FlagKind("SIZE_STANDARD_WEAK", _W, "The fragments of the size standard are low.",
             "Add more size standard."),
    FlagKind("SIZE_STANDARD_OFFSCALE", _W, "Fragments of the size standard are off scale.",
             "Add less size standard or inject shorter."),
    FlagKind("METADATA_MISMATCH", _W, "The file names another size standard than the sheet.",
             "Correct the sheet or the plate record; the trace decides."),
    FlagKind("RUN_ID_MISMATCH", _W, "The file names another sample or well than the sheet.",
             "Check the plate."),
    FlagKind("SPIKE", _W, "Narrow peaks in several dyes at once (air, dust).",
             "Inject again if a probe of interest lies under one."),
    FlagKind("PULLUP", _W, "Small peaks under tall ones of another dye.",
             "Dilute the product or renew the spectral calibration."),
    FlagKind("OFFSCALE", _W, "Probes whose peaks are saturated.", "Dilute or inject shorter."),
    FlagKind("NOT_MEASURED", _N, "The probe lies outside the sized range.", "Lengthen the run."),
    FlagKind("PROBE_NOISY", _N, "The probe scatters among the reference samples.",
             "Add reference samples or confirm by another method."),
    FlagKind("PROBEMIX_MISMATCH", _E, "The peaks do not fit the probemix sheet.",
             "Give the sheet of the lot that was used."),
    FlagKind("CONTROLS_ABSENT", _N, "The sheet has no control fragments.",
             "Amount and denaturation of the DNA are not judged."),
    FlagKind("LOW_DNA", _E, "The quantity fragments are high: too little DNA.",
             "Repeat with more DNA."),
    FlagKind("LIGATION_FAILED", _E, "Quantity fragments without probes: no ligation.",
             "Repeat with new ligase."),
    FlagKind("NO_PRODUCT", _E, "No peak beyond the primers.", "Repeat the reaction."),
    FlagKind("DENATURATION", _E, "A denaturation fragment is low.",
             "Purify the DNA and denature again."),
    FlagKind("NO_DNA_CONTAMINATED", _W, "The no-DNA control shows probe signal.",
             "Search for contamination; repeat the run."),
    FlagKind("NO_DNA_UNEXPECTED", _W, "The no-DNA control does not show the quantity fragments.",
             "Check that the probemix was added to the control."),
    FlagKind("SLOPE_EXCESS", _E, "The signal falls too steeply with length.",
             "Look for evaporation; inject again."),
    FlagKind("REF_INSUFFICIENT", _E, "Too few usable reference samples or reference probes.",
             "Add reference samples to the run."),
    FlagKind("REF_ABNORMAL", _W, "A reference sample is not normal and was left out.",
             "Replace it."),
    FlagKind("REF_MISMATCH", _W, "Probes differ in most patients of the run.",
             "Use references of the same tissue and extraction."),
    FlagKind("REFERENCE_PROBES_UNSTABLE", _E, "The reference probes of the sample scatter.",
             "Repeat; in aneuploid cells use another method."),
    FlagKind("PLOIDY_UNCLEAR", _W, "Most reference probes of the sample may be lost or gained.",
             "Look at the karyotype; use another method."),
    FlagKind("SEX_MISMATCH", _E, "The sex fragments contradict the patients sheet.",
             "Check the identity of the sample."),
    FlagKind("SEX_UNCLEAR", _N, "The sex fragments do not tell the sex.", "None needed."),
    FlagKind("DUPLICATE_PROFILE", _W, "Two samples have the same profile.",
             "Look for a swap or double loading."),
    FlagKind("BLASTS_UNKNOWN", _W, "The share of leukaemic cells is not given.",
             "Enter blast_percent."),
    FlagKind("NOT_INFORMATIVE", _W, "Too few leukaemic cells for a negative result.",
             "Use a sample with more blasts."),
    FlagKind("LIMITED_SENSITIVITY", _N, "Small clones could not have been seen.",
             "Use a sample with more blasts."),
    FlagKind("SINGLE_PROBE", _N, "One probe only; an SNP under the probe is possible.",
             "Confirm by another method."),
    FlagKind("BREAKPOINT_UNCERTAIN", _N, "Another first or last exon fits almost as well.",
             "Confirm the boundary if it matters."),
    FlagKind("CLONES_MIXED", _N, "Two levels inside one loss or gain.", "Report as mixed clones."),
    FlagKind("ERG_NOT_ASSESSED", _N, "ERG is unknown.",
             "Enter erg_deletion; the class holds if ERG is not deleted."),
    FlagKind("RESEARCH_USE_GENE", _N, "The kit's claim covers IKZF1 only.", "Confirm before use."),
    FlagKind("SYNTHETIC_PROBEMIX", _N, "The probemix sheet is invented.",
             "For demonstration, not for patients."),
)  # fmt: skip

_LEVELS = {kind.code: kind.level for kind in CODES}


def flag(code: str, message: str, level: Level | None = None) -> Flag:
    """Return a flag of `code` at its usual level unless another is given.

    Raises:
        KeyError: `code` is not one of `CODES`.
    """
    return Flag(code, _LEVELS[code] if level is None else level, message)
