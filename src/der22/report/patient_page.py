"""One patient on one page: the answer first, then the three analyses, then what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from der22.flags import Severity
from der22.formats.records import Patient
from der22.report.assets import asset_text
from der22.report.certainty import abl1_test, ikzf1_doubts
from der22.report.html import Markup, join, page, tag
from der22.report.patient_mlpa import show_mlpa
from der22.report.patient_mrd import last_level, show_mrd
from der22.report.patient_sanger import show_abl1
from der22.report.plots.mrd import TimeWindow
from der22.report.words import (
    NOT_A_TREATMENT_RULE,
    RISK_RULE,
    SYNTHETIC_COHORT,
    SYNTHETIC_PROBEMIX,
    explain_code,
    is_synthetic,
    mood,
    say,
    setting_text,
    usual_level,
)
from der22.results.cohort import ProblemRow
from der22.results.mlpa import Ikzf1Row, SampleQcRow
from der22.results.mrd import LevelRow
from der22.results.patients import PatientResults, rank_problems
from der22.results.provenance import CohortLabels, Provenance
from der22.results.sanger import Abl1Row
from der22.words import Abl1Status, Ikzf1Class

__all__ = ["PageContext", "banners", "render_patient"]


_PROGRAMS = ("der22", "python")


@dataclass(frozen=True)
class PageContext:
    """What all pages of a cohort share; what is the same on each of them is written once.

    Attributes:
        cohort: what every page says of it.
        probemix_status: verified or synthetic; None without MLPA.
        probe_order: probe_id -> place along the chromosomes; empty = the order of the table.
        provenance: settings in force and versions.
    """

    cohort: CohortLabels
    probemix_status: str | None = None
    probe_order: Mapping[str, int] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    @cached_property
    def windows(self) -> tuple[TimeWindow, ...]:
        """The planned time points that have days."""
        return tuple(
            TimeWindow(point.name, float(point.first_day), float(point.last_day))
            for point in self.provenance.timepoints
            if point.first_day is not None and point.last_day is not None
        )

    @cached_property
    def call_limits(self) -> list[float]:
        """The dosage quotients at which a change is called, from the settings in force."""
        shifts = (("min_shift_loss", -1), ("min_shift_gain", 1))
        known = [(self.provenance.setting("mlpa", key), sign) for key, sign in shifts]
        return [1 + sign * value for value, sign in known if isinstance(value, int | float)]

    @cached_property
    def settings_section(self) -> Markup | None:
        """The settings in force, None when they are not known."""
        if not self.provenance.settings:
            return None
        parts, changed = [], []
        for analysis, rows in self.provenance.settings.items():
            words = []
            for row in rows:
                is_changed = row.value != row.default
                unit = "" if row.unit in {"-", ""} else f" {row.unit}"
                text = f"{row.key} = {setting_text(row.value)}{unit}"
                words.append(tag("span", text, class_="changed" if is_changed else None))
                if is_changed:
                    changed.append(f"{analysis}: {text}")
            parts.append(tag("p", tag("b", f"{analysis}: "), join(words, "; ")))
        count = sum(len(rows) for rows in self.provenance.settings.values())
        note = "; ".join(changed) or "none"
        return join(
            (
                tag("h2", "Settings in force"),
                tag("p", f"Changed from the default: {note}.", class_="settings"),
                tag(
                    "details",
                    tag("summary", f"all {count} settings; source and meaning: MultiQC report"),
                    *parts,
                    class_="settings",
                ),
            )
        )

    @cached_property
    def footer(self) -> Markup:
        """Cohort, rule, definition and versions in small print."""
        cohort, versions = self.cohort, self.provenance.versions
        rule = (
            f"Cohort {cohort.name}; genomic risk by rule {cohort.genomic_risk} ({RISK_RULE}), "
            f"IKZF1plus by definition {cohort.ikzf1plus_definition}. "
        )
        made = ", ".join(f"{name} {versions[name]}" for name in _PROGRAMS if name in versions)
        if made:
            made = f"Made with {made}; libraries and inputs: provenance.json. "
        rows = (rule, made, NOT_A_TREATMENT_RULE)
        return tag("footer", *(tag("p", row) for row in rows if row))


def render_patient(patient: Patient, results: PatientResults, context: PageContext) -> str:
    """Return the page of one patient as a whole document."""
    name = context.cohort.name
    others = tag("span", " · ", tag("a", "all patients", href="../index.html"), class_="screen")
    body = tag(
        "main",
        banners(name, context.probemix_status),
        tag(
            "header",
            tag("h1", patient.patient_id),
            tag("div", name, others, class_="soft"),
            class_="head",
        ),
        _answer(patient, results, context.cohort),
        tag("p", NOT_A_TREATMENT_RULE, class_="rule"),
        _facts(patient, results),
        _attention(results),
        show_mlpa(results, context.probe_order, context.call_limits),
        show_abl1(results),
        show_mrd(patient, results, context.windows),
        context.settings_section,
        context.footer,
    )
    return page(f"{patient.patient_id} - {name} - der22", body, css=asset_text("page.css"))


def banners(cohort_name: str, probemix_status: str | None) -> Markup:
    """Return what must stand above everything else: invented patients, invented probemix."""
    lines = []
    if is_synthetic(cohort_name):
        lines.append(SYNTHETIC_COHORT)
    if probemix_status == "synthetic":
        lines.append(SYNTHETIC_PROBEMIX)
    return join(tag("p", line, class_="banner", role="note") for line in lines)


def _answer(patient: Patient, results: PatientResults, cohort: CohortLabels) -> Markup:
    """Return the tiles: risk, IKZF1, ABL1 and last MRD, each with what explains it."""
    risk = results.risk
    label = risk.genomic_risk if risk else None
    ikzf1 = risk.ikzf1_class if risk else Ikzf1Class.NOT_DONE
    abl1 = risk.abl1_status if risk else Abl1Status.NOT_DONE
    need = abl1_test(risk, results.abl1, patient.relapse_day, cohort.at_diagnosis)

    class_words = []
    if risk and risk.ikzf1_pattern:
        lost = "no exon" if risk.ikzf1_pattern == "none" else f"exons {risk.ikzf1_pattern}"
        class_words.append(f"{lost} lost")
    effects = {row.ikzf1_effect for row in results.ikzf1 if row.ikzf1_effect}
    class_words += [say(effect) for effect in sorted(effects)]
    class_words.append(f"definition {cohort.ikzf1plus_definition}")
    class_words += [doubt for row in results.ikzf1 for doubt in ikzf1_doubts(row, risk)]

    names = ""
    test_words = [f"test {need}"] if need.startswith("due") else []
    if risk and abl1 is Abl1Status.MUTATED:
        names = ", ".join(risk.abl1_mutations)
        if risk.abl1_first_detected_day is not None:
            test_words.append(f"first detected on day {risk.abl1_first_detected_day}")
    if risk and risk.abl1_screening_indicated:
        reason = " and ".join(map(say, risk.abl1_screening_reasons))
        test_words.append(f"screening indicated ({reason})" if reason else "screening indicated")
    elif risk and risk.abl1_screening_indicated is False:
        unseen = "not known whether a test is due: a rise of MRD could have been overlooked"
        test_words.append(unseen if need == "not known" else "screening not indicated")

    tiles = [
        ("Genomic risk", say(label), risk.genomic_risk_reason if risk else "", mood(label)),
        ("IKZF1", say(ikzf1), "; ".join(dict.fromkeys(class_words)), mood(ikzf1)),
        (
            "ABL1",
            names or say(abl1),
            "; ".join(test_words),
            "alarm" if need.startswith("due") else mood(abl1),
        ),
        ("Last MRD", *last_level(results)),
    ]
    return tag(
        "div",
        *(
            tag(
                "div",
                tag("div", name, class_="name"),
                tag("div", value, class_="value"),
                tag("div", more, class_="more"),
                class_=f"tile {feeling}",
            )
            for name, value, more, feeling in tiles
        ),
        class_="tiles",
    )


def _facts(patient: Patient, results: PatientResults) -> Markup:
    facts: list[tuple[str, str]] = [
        ("sex", {"F": "female", "M": "male"}.get(patient.sex or "", "not known")),
        ("age", _with_unit(patient.age_years, "years")),
        ("white blood cells", _with_unit(patient.wbc_per_mm3, "per mm³")),
        ("fusion", f"BCR::ABL1 {patient.fusion}" if patient.fusion else "not known"),
        ("ERG deletion", say(patient.erg_deletion)),
        ("remission", _day(patient.chr_day)),
        ("relapse", _day(patient.relapse_day, patient.relapse_site)),
        ("transplantation", _day(patient.transplant_day)),
        ("death", _day(patient.death_day)),
        ("last contact", _day(patient.last_contact_day)),
        ("blinatumomab cycles", _with_unit(patient.cycles_started, "begun")),
    ]
    facts += [(name.removeprefix("x_"), value or "-") for name, value in patient.extra.items()]
    if results.risk and results.risk.best_depth:
        facts.append(("deepest response", results.risk.best_depth))
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value)) for name, value in facts),
        class_="facts",
    )


def _with_unit(value: float | None, unit: str) -> str:
    return "not known" if value is None else f"{value:g} {unit}"


def _day(day: int | None, what: str | None = None) -> str:
    if day is None:
        return "-"
    return f"day {day}" + (f" ({say(what)})" if what else "")


def _attention(results: PatientResults) -> Markup:
    """Return errors and warnings as sentences; notes follow in small print.

    The flags of the tables are told too: a page may be older than ``problems.tsv``.
    """
    told = {(row.stage, row.code) for row in results.problems}
    carriers: list[tuple[str, Sequence[SampleQcRow | Ikzf1Row | Abl1Row | LevelRow]]] = [
        ("mlpa", results.sample_qc),
        ("mlpa", results.ikzf1),
        ("sanger", results.abl1),
        ("mrd", results.levels),
    ]
    flagged = [(s, row.sample_id, row.codes, row.message) for s, rows in carriers for row in rows]
    if results.risk:
        flagged.append(("cohort", results.risk.patient_id, results.risk.codes, ""))
    untold: dict[tuple[str, str, str], ProblemRow] = {}
    for stage, subject, codes, message in flagged:
        for code in codes:
            kind = explain_code(code)
            if (stage, code) not in told:
                untold[stage, subject, code] = ProblemRow(
                    stage=stage,
                    subject=subject,
                    level=usual_level(code),
                    code=code,
                    message=kind.meaning if kind else message,
                )
    heavy: list[Markup] = []
    light: list[Markup] = []
    for row in rank_problems([*results.problems, *untold.values()]):
        # a remedy follows the message, so the message has an end
        sentence = row.message.rstrip()
        if sentence and not sentence.endswith((".", "!", "?")):
            sentence += "."
        kind = explain_code(row.code)
        remedy = kind.remedy if kind is not None and row.level is not Severity.NOTE else ""
        # the sentence of a flag often ends with its remedy already
        if remedy.rstrip(".").lower() in row.message.lower():
            remedy = ""
        item = tag(
            "li",
            tag("b", row.level),
            f"{row.stage} {row.subject}: {sentence} ",
            f"{remedy} " if remedy else None,
            tag("code", row.code),
            class_=row.level,
        )
        (light if row.level is Severity.NOTE else heavy).append(item)
    parts = [tag("h2", "Flags")]
    if heavy:
        parts.append(tag("ul", *heavy, class_="flags"))
    if light:
        parts.append(tag("ul", *light, class_="flags small"))
    if not heavy and not light:
        parts.append(tag("p", "No flag was raised for this patient."))
    return join(parts)
