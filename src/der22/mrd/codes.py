"""The codes of the MRD analysis: what was seen, and what to do about it."""

from __future__ import annotations

from types import MappingProxyType

from der22.flags import Flag, FlagKind, Level

__all__ = ["CODES", "make_flag"]

_E, _W, _N = Level.ERROR, Level.WARNING, Level.NOTE

_TABLE: tuple[tuple[str, Level, str, str], ...] = (
    ("FILE_UNREADABLE", _E, "The file cannot be opened, is damaged, empty or unsafe.",
     "Copy or export it again."),
    ("FORMAT_UNKNOWN", _E, "The file is no known qPCR export.",
     "Export the run in one of the kinds listed in the message."),
    ("FILE_NOT_ANALYSED", _E, "The instrument document holds no analysis result.",
     "Analyse the run in the instrument software and save or export it."),
    ("RESULTS_MISSING", _E, "The export has no table of results with threshold cycles.",
     "Export again with the results of the quantification."),
    ("NUMBER_STYLE_MIXED", _E, "A column writes both decimal commas and decimal points.",
     "Export again with one number style."),
    ("NUMBER_STYLE_UNCLEAR", _E, "A column does not tell thousands from decimals.",
     "Export again with a decimal point and no thousands separator."),
    ("TARGET_NOT_FOUND", _E, "A target named in the sheet or config is not in the file.",
     "Write the name of the target as it stands in the file, or - when it is not in this file."),
    ("RUN_NOT_CHOSEN", _E, "The file holds several runs and the sheet does not say which one.",
     "Write the name of the run in column run of the plates sheet."),
    ("PLATE_REFUSED", _E, "The plate or one of its files could not be read.",
     "Mend the file named in the message and run again."),
    ("SAMPLE_NOT_ON_PLATE", _E, "The plate holds no well of the sample.",
     "Write the name that the sample has in the file in column plate_sample."),
    ("SAMPLE_NAME_DIFFERS", _E, "Wells of the plate have another spelling of the sample's name.",
     "Give all wells of a sample one name in the instrument software and export again."),
    ("TRANSCRIPT_UNKNOWN", _E, "Neither the plate nor the patient tells the transcript.",
     "Fill transcript in the plates sheet or fusion in the patients sheet."),
    ("NO_FUSION_WELLS", _E, "No well of the fusion is left for the sample.",
     "Measure the fusion again."),
    ("NO_CONTROL", _E, "No well of the control gene is left for the sample.",
     "Measure the control gene on the same plate."),
    ("CT_NOT_A_NUMBER", _E, "A threshold cycle is neither a number nor a word for not detected.",
     "Correct the cell named in the message or export again."),
    ("COPIES_IMPOSSIBLE", _E, "A number of copies is negative, infinite or no number.",
     "Correct the cell named in the message."),
    ("CURVE_FAILED", _E, "The standard curve of the fusion or of the control failed.",
     "Repeat the run; its samples are not evaluable."),
    ("NO_STANDARDS", _E, "The target has no usable standard in this run.",
     "Run standards on the plate, or give their quantities in the instrument software."),
    ("NTC_DETECTED", _E, "A no-template control is detected.",
     "Look for contamination and repeat the run."),
    ("CONTROL_BELOW_MINIMUM", _E, "Too few control copies to report anything.",
     "Repeat from new RNA."),
    ("CONTROL_TOO_LOW_FOR_NEGATIVE", _E, "Nothing found, but too few control copies to call it.",
     "Repeat with more cDNA or from new RNA."),
    ("CONFLICTING_DUPLICATES", _E, "The same moment was measured twice with different results.",
     "Remove one row of the mrd sheet, or set duplicates: last."),
    ("SLOPE_OUT_OF_RANGE", _W, "The slope of the standard curve lies outside its limits.",
     "Check the dilution of the standards and repeat the run."),
    ("R2_TOO_LOW", _W, "The standards scatter too much about their line.",
     "Check pipetting of the standards and repeat the run."),
    ("TOO_FEW_LEVELS", _W, "The standard curve has too few levels.",
     "Run more levels of the standard."),
    ("R2_LOW", _W, "The standards scatter more than they should.", "Look at the standards."),
    ("CURVE_SHORT", _W, "The standard curve spans fewer decades than asked for.",
     "Run standards over a wider range."),
    ("STANDARD_NOT_DETECTED", _W, "A standard well is not detected.",
     "Look at the lowest standards; the quantitative range begins above them."),
    ("STANDARD_WITHOUT_QUANTITY", _W, "A standard well has no quantity and is left out.",
     "Give the quantity in the instrument software."),
    ("STANDARD_NAME_DISAGREES", _W, "The number in a standard's name is not its quantity.",
     "Check which one is right; the quantity is used."),
    ("CURVE_DIFFERS_FROM_INSTRUMENT", _W, "The refitted curve and the instrument's differ.",
     "Look for excluded standards or another fit in the instrument software."),
    ("LIMITED_MATERIAL", _W, "Positive with few control copies: the level is uncertain.",
     "Repeat with more cDNA if there is any."),
    ("ABOVE_CURVE", _W, "The fusion lies above the highest standard: extrapolated.",
     "Dilute the sample if the exact level matters."),
    ("FEW_REPLICATES", _W, "Fewer wells than expected.", "Measure the missing replicates."),
    ("DUPLICATE_SAMPLE", _W, "The same moment was measured twice; another row counts.",
     "Remove the row that is not wanted."),
    ("MATERIAL_PB", _W, "Blood, not marrow: reported, but in no series and no table.",
     "Use marrow for the series."),
    ("TIMEPOINT_OUTSIDE_WINDOW", _W, "The label of the sheet and the day disagree.",
     "Check day and label; the label counts."),
    ("TRANSCRIPT_MISSING", _W, "A patient with both transcripts was measured for one only.",
     "Measure the other transcript."),
    ("NO_DAY", _W, "The sample has neither day nor label and cannot be placed.",
     "Fill day in the mrd sheet."),
    ("BELOW_QUANTITATIVE_RANGE", _N, "Detected below the quantitative range.", "None."),
    ("REPLICATES_DISAGREE", _N, "Detected wells lie too far apart to quantify.",
     "Repeat if the level matters."),
    ("SINGLE_POSITIVE_WELL", _N, "Too few detected wells to quantify.", "None."),
    ("CYCLES_DISAGREE", _W, "Sheet and file tell different numbers of cycles.",
     "Correct cycles in the plates sheet."),
    ("TARGET_NOT_READ", _W, "The sample is detected in a target that no row of the sheet names.",
     "Name the target in the plates sheet, or give its wells the name of the fusion."),
    ("VALUE_WITHOUT_NAME", _W, "The file gives a value without naming its sample or its target.",
     "Name sample and target in the instrument software and export again."),
    ("ROW_NOT_UNDERSTOOD", _W, "A row of the file is neither a well nor blank.",
     "Look whether a value stands there, and export again."),
    ("WELL_NOT_CLAIMED", _N, "Wells of the plate serve no row of the mrd sheet.",
     "Add a row when one is of a patient of this cohort; account.tsv lists the wells."),
    ("CYCLES_ASSUMED", _N, "Neither sheet nor file tells the number of cycles.",
     "Fill cycles in the plates sheet."),
    ("OUTSIDE_WINDOWS", _N, "The day lies in no window.", "None; the row is unscheduled."),
    ("NOT_CHOSEN", _N, "Another sample speaks for the time point.", "None."),
    ("NO_EARLIER_SAMPLE", _N, "Nothing earlier to compare with.", "None."),
    ("WELL_OMITTED", _N, "Wells were left out by the operator or have no Ct.", "None."),
)  # fmt: skip

#: every code of the MRD analysis
CODES: tuple[FlagKind, ...] = tuple(FlagKind(*row) for row in _TABLE)

_LEVELS = MappingProxyType({kind.code: kind.level for kind in CODES})


def make_flag(code: str, message: str, level: Level | None = None) -> Flag:
    """Return a flag with the usual level of its code unless another is given.

    Raises:
        KeyError: no such code.
    """
    usual = _LEVELS[code]
    return Flag(code, level or usual, message)
