"""What the cohort step can notice about a patient or a comparison."""

from __future__ import annotations

from der22.flags import FlagKind, FlagMaker, Severity

__all__ = ["CODES", "make_flag"]

CODES: tuple[FlagKind, ...] = (
    FlagKind(
        "MLPA_CONFLICT",
        Severity.WARNING,
        "Two called MLPA samples of the same day give different IKZF1 classes.",
        "Repeat the MLPA or drop the weaker sample from the mlpa sheet; the class stays "
        "undetermined until then.",
    ),
    FlagKind(
        "NO_MRD_SERIES",
        Severity.NOTE,
        "The patient has no assessable follow-up sample, so a rise of MRD could not be seen.",
        "Add the follow-up samples to the mrd sheet; read 'ABL1 screening not indicated' as "
        "'not known to be indicated'.",
    ),
    FlagKind(
        "ABL1_SCREENING_DUE",
        Severity.WARNING,
        "ABL1 screening is indicated and no ABL1 sample was analysed.",
        "Sequence the ABL1 kinase domain of a sample at or after the rise of MRD or the relapse.",
    ),
    FlagKind(
        "NO_FOLLOW_UP",
        Severity.WARNING,
        "Neither a last contact nor a death is given, so the patient is in no survival table.",
        "Fill last_contact_day or death_day in the patients sheet.",
    ),
    FlagKind(
        "NOT_ESTIMABLE",
        Severity.NOTE,
        "A hazard ratio or a test cannot be estimated from these data.",
        "Read the curves and counts instead; the note of the row says why.",
    ),
    FlagKind(
        "GROUP_WITHOUT_EVENT",
        Severity.NOTE,
        "A group of a comparison has no event.",
        "Do not read its interval of 1-1 or 0-0 as certainty.",
    ),
    FlagKind(
        "GROUP_TOO_SMALL",
        Severity.NOTE,
        "A group of a comparison has fewer than 5 patients.",
        "Read its estimate as a description of these patients only.",
    ),
)

#: makes a flag of one of the codes above
make_flag = FlagMaker(CODES)
