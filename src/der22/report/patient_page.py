"""One patient on one page: the answer first, then the three analyses, then what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from der22.formats.records import Patient
from der22.report.assets import asset_text
from der22.report.certainty import abl1_test, ikzf1_doubts
from der22.report.html import Markup, join, page, tag
from der22.report.patient_mlpa import show_mlpa
from der22.report.patient_mrd import last_level, show_mrd
from der22.report.patient_sanger import show_abl1
from der22.report.plots.mrd import TimeWindow
from der22.report.results import PatientResults, Row, rank_problems
from der22.report.words import (
    NOT_A_TREATMENT_RULE,
    RISK_RULE,
    SYNTHETIC_COHORT,
    SYNTHETIC_PROBEMIX,
    explain_code,
    is_synthetic,
    say,
    setting_text,
)

__all__ = ["PageContext", "banners", "render_patient"]


_PROGRAMS = ("der22", "python")
_REASONS = {"mrd_increase": "MRD increase", "molecular_relapse": "molecular relapse"}


@dataclass(frozen=True, slots=True)
class PageContext:
    """What all pages of a cohort share.

    Attributes:
        cohort_name: name of the cohort.
        definition: IKZF1plus definition in force.
        risk_rule: name of the genomic risk rule.
        probemix_status: verified or synthetic; None without MLPA.
        probe_order: probe_id -> place along the chromosomes; empty = the order of the table.
        settings: analysis -> rows of `describe_settings`.
        versions: program -> version.
        windows: planned time points that have days.
    """

    cohort_name: str
    definition: str
    risk_rule: str = "default"
    probemix_status: str | None = None
    probe_order: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[TimeWindow, ...] = ()
    _settings_section: Markup | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Write the section that is the same on every page once."""
        object.__setattr__(self, "_settings_section", _settings(self.settings))

    @property
    def settings_section(self) -> Markup | None:
        """The settings in force, None when they are not known."""
        return self._settings_section

    def setting(self, analysis: str, key: str) -> object:
        """Return the value in force of one setting, None when it is not known."""
        for row in self.settings.get(analysis, ()):
            if row["key"] == key:
                return row["value"]
        return None


def render_patient(patient: Patient, results: PatientResults, context: PageContext) -> str:
    """Return the page of one patient as a whole document."""
    body = tag(
        "main",
        banners(context.cohort_name, context.probemix_status),
        _head(patient, context),
        _answer(patient, results, context),
        tag("p", NOT_A_TREATMENT_RULE, class_="rule"),
        _facts(patient, results.risk),
        _attention(results),
        show_mlpa(results, context.probe_order, _call_limits(context)),
        show_abl1(results),
        show_mrd(patient, results, context.windows),
        context.settings_section,
        _footer(context),
    )
    title = f"{patient.patient_id} - {context.cohort_name} - der22"
    return page(title, body, css=asset_text("page.css"))


def banners(cohort_name: str, probemix_status: str | None) -> Markup:
    """Return what must stand above everything else: invented patients, invented probemix."""
    lines = []
    if is_synthetic(cohort_name):
        lines.append(SYNTHETIC_COHORT)
    if probemix_status == "synthetic":
        lines.append(SYNTHETIC_PROBEMIX)
    return join(tag("p", line, class_="banner", role="note") for line in lines)


def _head(patient: Patient, context: PageContext) -> Markup:
    return tag(
        "header",
        tag("h1", patient.patient_id),
        tag(
            "div",
            context.cohort_name,
            tag("span", " · ", tag("a", "all patients", href="../index.html"), class_="screen"),
            class_="soft",
        ),
        class_="head",
    )


def _answer(patient: Patient, results: PatientResults, context: PageContext) -> Markup:
    risk = results.risk
    need = abl1_test(risk, results.abl1, patient.relapse_day)
    abl1, abl1_more = _abl1_words(risk, need)
    mrd_value, mrd_more, mrd_mood = last_level(results)
    return tag(
        "div",
        _tile(
            "Genomic risk",
            say(risk.get("genomic_risk", "")),
            risk.get("genomic_risk_reason", ""),
            {"high": "alarm", "undetermined": "unsure", "": "unsure"}.get(
                risk.get("genomic_risk", ""), "calm"
            ),
        ),
        _tile(
            "IKZF1",
            say(risk.get("ikzf1_class", "not_done")),
            _ikzf1_more(results, context),
            {"IKZF1plus": "alarm", "IKZF1_deletion": "alarm", "no_IKZF1_deletion": "calm"}.get(
                risk.get("ikzf1_class", ""), "unsure"
            ),
        ),
        _tile(
            "ABL1",
            abl1,
            abl1_more,
            _abl1_mood(risk, need),
        ),
        _tile("Last MRD", mrd_value, mrd_more, mrd_mood),
        class_="tiles",
    )


def _tile(name: str, value: str, more: str, mood: str) -> Markup:
    return tag(
        "div",
        tag("div", name, class_="name"),
        tag("div", value, class_="value"),
        tag("div", more, class_="more"),
        class_=f"tile {mood}",
    )


def _ikzf1_more(results: PatientResults, context: PageContext) -> str:
    pattern = results.risk.get("ikzf1_pattern", "")
    words = []
    if pattern == "none":
        words.append("no exon lost")
    elif pattern:
        words.append(f"exons {pattern} lost")
    effects = {row["ikzf1_effect"] for row in results.ikzf1 if row.get("ikzf1_effect")}
    words += [say(effect) for effect in sorted(effects)]
    words.append(f"definition {context.definition}")
    words += [doubt for row in results.ikzf1 for doubt in ikzf1_doubts(row, results.risk)]
    return "; ".join(dict.fromkeys(words))


def _abl1_mood(risk: Row, need: str) -> str:
    if need.startswith("due"):
        return "alarm"
    return {"mutated": "alarm", "wild_type": "calm"}.get(risk.get("abl1_status", ""), "unsure")


def _abl1_words(risk: Row, need: str) -> tuple[str, str]:
    status = risk.get("abl1_status", "not_done")
    names = risk.get("abl1_mutations", "").replace(";", ", ")
    due = risk.get("abl1_screening_indicated", "")
    value = names if status == "mutated" and names else say(status)
    more = [f"test {need}"] if need.startswith("due") else []
    if status == "mutated" and risk.get("abl1_first_detected_day"):
        more.append(f"first detected on day {risk['abl1_first_detected_day']}")
    if due:
        reasons = filter(None, risk.get("abl1_screening_reason", "").split(";"))
        reason = " and ".join(_REASONS.get(word, say(word)) for word in reasons)
        more.append(f"screening {'indicated' if due == 'yes' else 'not indicated'}")
        if reason and due == "yes":
            more[-1] += f" ({reason})"
        elif need == "not known":
            more[-1] = "not known whether a test is due: a rise of MRD could have been overlooked"
    return value, "; ".join(more)


def _facts(patient: Patient, risk: Row) -> Markup:
    facts: list[tuple[str, str]] = [
        ("sex", {"F": "female", "M": "male"}.get(patient.sex or "", "not known")),
        ("age", _with_unit(patient.age_years, "years")),
        ("white blood cells", _with_unit(patient.wbc_per_mm3, "per mm³")),
        ("fusion", f"BCR::ABL1 {patient.fusion}" if patient.fusion else "not known"),
        ("ERG deletion", say(patient.erg_deletion or "")),
        ("remission", _day(patient.chr_day)),
        ("relapse", _day(patient.relapse_day, patient.relapse_site)),
        ("transplantation", _day(patient.transplant_day)),
        ("death", _day(patient.death_day)),
        ("last contact", _day(patient.last_contact_day)),
        ("blinatumomab cycles", _with_unit(patient.cycles_started, "begun")),
    ]
    facts += [(name.removeprefix("x_"), value or "-") for name, value in patient.extra.items()]
    if risk.get("best_depth"):
        facts.append(("deepest response", risk["best_depth"]))
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
    """Return errors and warnings as sentences; notes follow in small print."""
    told = {(row["stage"], row["code"]) for row in results.problems}
    untold = [row for row in _flags_of_tables(results) if (row["stage"], row["code"]) not in told]
    rows = rank_problems([*results.problems, *untold])
    heavy = [row for row in rows if row["level"] != "note"]
    light = [row for row in rows if row["level"] == "note"]
    title = tag("h2", "Flags")
    if not rows:
        return join((title, tag("p", "No flag was raised for this patient.")))
    parts = [title]
    if heavy:
        parts.append(tag("ul", *(_flag(row) for row in heavy), class_="flags"))
    if light:
        parts.append(tag("ul", *(_flag(row) for row in light), class_="flags small"))
    return join(parts)


def _flag(row: Row) -> Markup:
    kind = explain_code(row["code"])
    remedy = kind.remedy if kind is not None and row["level"] != "note" else ""
    # the sentence of a flag often ends with its remedy already
    if remedy and remedy.rstrip(".").lower() in row["message"].lower():
        remedy = ""
    return tag(
        "li",
        tag("b", row["level"]),
        f"{row['stage']} {row['subject']}: {_sentence(row['message'])} ",
        f"{remedy} " if remedy else None,
        tag("code", row["code"]),
        class_=row["level"] if row["level"] in {"error", "warning", "note"} else None,
    )


def _sentence(message: str) -> str:
    """Return a message with an end, since its remedy follows it."""
    message = message.rstrip()
    return message if not message or message.endswith((".", "!", "?")) else f"{message}."


def _flags_of_tables(results: PatientResults) -> list[Row]:
    """Return the flags of the tables as problems; a page may be older than ``problems.tsv``."""
    sources = (
        ("mlpa", results.sample_qc, "sample_id"),
        ("mlpa", results.ikzf1, "sample_id"),
        ("sanger", results.abl1, "sample_id"),
        ("mrd", results.levels, "sample_id"),
        ("cohort", [results.risk] if results.risk else [], "patient_id"),
    )
    found: dict[tuple[str, str, str], Row] = {}
    for stage, rows, subject in sources:
        for row in rows:
            for code in filter(None, row.get("flags", "").split(";")):
                kind = explain_code(code)
                found[stage, row[subject], code] = {
                    "stage": stage,
                    "subject": row[subject],
                    "level": str(kind.level) if kind else "note",
                    "code": code,
                    "message": kind.meaning if kind else row.get("message", ""),
                }
    return list(found.values())


def _call_limits(context: PageContext) -> list[float]:
    """Return the dosage quotients at which a change is called, from the settings in force."""
    loss = context.setting("mlpa", "min_shift_loss")
    gain = context.setting("mlpa", "min_shift_gain")
    limits = []
    if isinstance(loss, int | float):
        limits.append(1 - loss)
    if isinstance(gain, int | float):
        limits.append(1 + gain)
    return limits


def _settings(settings: Mapping[str, Sequence[Mapping[str, object]]]) -> Markup | None:
    if not settings:
        return None
    parts = []
    for analysis, rows in settings.items():
        words = [
            tag(
                "span",
                f"{row['key']} = {setting_text(row['value'])}",
                "" if row.get("unit") in {"-", "", None} else f" {row['unit']}",
                class_="changed" if row.get("value") != row.get("default") else None,
            )
            for row in rows
        ]
        parts.append(tag("p", tag("b", f"{analysis}: "), join(words, "; ")))
    note = "Bold: changed from the default. Sources and meaning of each are in the MultiQC report."
    return join(
        (
            tag("h2", "Settings in force"),
            tag("p", note, class_="soft small"),
            tag("div", *parts, class_="settings"),
        )
    )


def _footer(context: PageContext) -> Markup:
    main = {name: context.versions[name] for name in _PROGRAMS if name in context.versions}
    versions = ", ".join(f"{name} {version}" for name, version in main.items())
    rule = (
        f"Cohort {context.cohort_name}; genomic risk by rule {context.risk_rule} ({RISK_RULE}), "
        f"IKZF1plus by definition {context.definition}. "
    )
    rows = [
        rule,
        f"Made with {versions}; libraries and inputs: provenance.json. " if versions else "",
        NOT_A_TREATMENT_RULE,
    ]
    return tag("footer", *(tag("p", row) for row in rows if row))
