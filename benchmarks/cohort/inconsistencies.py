"""Where the paper disagrees with itself, and what der22 does about it."""

from __future__ import annotations

__all__ = ["INCONSISTENCIES"]

#: topic of the list of inconsistencies -> what der22 does about it, one sentence
INCONSISTENCIES = {
    "CIR confidence intervals": (
        "The printed intervals of relapse incidence (8-8, 23-31, 6-9) are estimate ± 1.96 x "
        "variance instead of the standard error and are not copied: the proper ones are 3-17, "
        "6-55 and 0-30."
    ),
    "DFS definition": (
        "Methods let disease-free survival end with haematologic relapse only, but its numbers "
        "count relapse at any site and death in remission, and so does der22."
    ),
    "mutated patients": (
        "The abstract counts 6 mutated patients (T315I only), the text 7 (with one E255K); both "
        "follow from the table of mutations."
    ),
    "T315I bookkeeping": (
        "T315I was found in 6 patients during induction and in 1 at relapse, and 5 of 6 relapses "
        "carried it; one patient key over both screens keeps the books."
    ),
    "percent rounding": (
        "Percentages are rounded half to even (7 of 56 is printed 12), which reproduces all of "
        "them; half up would not."
    ),
    "rounding": (
        "The upper bound of disease-free survival with IKZF1plus is printed 100 and computed 99 "
        "(0.9947, rounded twice in the paper)."
    ),
    "reverse Kaplan-Meier": (
        "Methods name the reverse Kaplan-Meier for median survival; it estimates follow-up and is "
        "used for that alone."
    ),
    "day count": (
        "Day 31 of the steroid and day 85 of the TKI run on clocks 7 days apart; day 0 is the "
        "start of the TKI throughout."
    ),
    "CMR not monotone": (
        "Response is not monotone (CMR 11 of 56 at day 57, 6 of 59 at day 85) and is never "
        "carried forward."
    ),
    "DFS population": (
        "Disease-free survival starts with 62 patients in remission although 59 have a day-85 "
        "sample; the curves by response have these 59."
    ),
    "relapse during therapy": (
        '"No relapse during induction and consolidation" stands against one after the second '
        "cycle; days are kept and phases are derived from them."
    ),
    "IKZF1plus definition": (
        "The trial used two definitions of IKZF1plus (2020, and 2024 with PAR1 and without ERG "
        "deletion); both are computed and the config names the one in force."
    ),
    "increase in MRD": (
        'No number is given for an "increase in MRD"; half a log, or positive after a response, '
        "finds exactly the 15 screened patients of the invented cohort."
    ),
}
