"""Compare a demo result folder with the numbers the D-ALBA paper printed, and write the page.

    python benchmarks/cohort/reproduce.py --results demo/results --out docs/reproduction.md

The demo cohort is invented so that its margins are those of the paper; agreement says that the
tables and statistics are computed as the paper's were, nothing about any real patient. Exit status
1 when a number differs that is not explained by a named inconsistency of the paper.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from inconsistencies import INCONSISTENCIES  # beside this script

from der22.formats.tables import read_tsv, write_text
from der22.resources import resource_path

TABLES = (
    *("genomic_risk", "baseline", "response_by_timepoint", "genomics"),
    *("survival", "tests", "hazard_ratios"),
)
CLASSES = {
    "IKZF1plus": "IKZF1plus",
    "IKZF1_only": "IKZF1_deletion",
    "no_IKZF1": "no_IKZF1_deletion",
}


@dataclass(frozen=True, slots=True)
class Results:
    """The tables of a result folder by name."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]

    def pick(self, table: str, **keys: str) -> Mapping[str, str]:
        """Return the one row with these values."""
        (row,) = (
            row
            for row in self.tables[table]
            if all(row[key] == value for key, value in keys.items())
        )
        return row

    def share(self, table: str, **keys: str) -> str:
        """Return ``n/N (percent)`` of a row."""
        row = self.pick(table, **keys)
        return f"{row['n']}/{row['N']} ({row['percent']})"

    def where(self, **keys: str) -> list[Mapping[str, str]]:
        """Return the patients with these values."""
        rows = self.tables["genomic_risk"]
        return [row for row in rows if all(row[key] == value for key, value in keys.items())]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page."""

    item: str
    printed: str
    computed: str
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both numbers are written alike."""
        return self.printed == self.computed


def read_results(folder: Path) -> Results:
    """Read the cohort tables of a result folder."""
    return Results({name: read_tsv(folder / f"cohort/{name}.tsv") for name in TABLES})


def printed_lines(results: Results) -> tuple[list[Line], list[str]]:
    """Return a line per printed number that der22 computes, and the items it does not."""
    with resource_path("demo/dalba_reported.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    lines, known = [], set()
    for row in rows:
        computed = compute(row, results)
        if computed is None:
            continue
        known.add(row["item"])
        name = f"{row['item']}, {row['group']}".replace("_", " ")
        lines.append(Line(name, printed(row), computed, explain(row)))
    return lines, [name for name in dict.fromkeys(row["item"] for row in rows) if name not in known]


def printed(row: Mapping[str, str]) -> str:
    """Return a printed number in the form that `compute` gives."""
    if row["kind"] == "rate":
        return f"{row['percent']} ({row['ci']})" if row["ci"] else row["percent"]
    if row["percent"]:
        return f"{row['n']}/{row['N']} ({row['percent']})"
    return row["n"]


def explain(row: Mapping[str, str]) -> str:
    """Return why a number is printed otherwise, for the rows known to differ."""
    if row["item"] == "cir" and row["ci"] not in ("", "0-0"):
        return "CIR confidence intervals"
    if (row["item"], row["group"]) == ("dfs", "IKZF1plus"):
        return "rounding"
    if (row["item"], row["group"]) == ("abl1_mutated", "abstract"):
        return "mutated patients"
    return ""


def compute(row: Mapping[str, str], results: Results) -> str | None:
    """Return our value for a printed number, None where der22 has none."""
    if row["kind"] == "rate":
        return rate(row, results)
    if row["item"].startswith("mrd_"):
        return response(row, results)
    found = counts(results).get((row["item"], row["group"]))
    return None if found is None else found()


def rate(row: Mapping[str, str], results: Results) -> str | None:
    """Return estimate and interval at 12 months, rounded half to even."""
    endpoint, group = row["item"].upper(), row["group"]
    names = {"all": "all", "p190": "fusion=p190", "p210": "fusion=p210"}
    names |= {
        "MR_at_d85": "molecular_response_d85=yes",
        "no_MR_at_d85": "molecular_response_d85=no",
    }
    names |= {word: f"ikzf1_class={name}" for word, name in CLASSES.items()}
    found = results.pick("survival", endpoint=endpoint, group=names[group], time_months="12")
    value, low, high = (round(100 * float(found[key])) for key in ("estimate", "lower", "upper"))
    return f"{value} ({low}-{high})" if row["ci"] else str(value)


def response(row: Mapping[str, str], results: Results) -> str:
    """Return one cell of Table 2."""
    columns = {
        "no_MR": "no_molecular_response",
        "CMR": "cmr",
        "PNQ": "pnq",
        "MR": "molecular_response",
    }
    column = columns[row["group"]]
    timepoint = row["item"].removeprefix("mrd_")
    found = results.pick("response_by_timepoint", timepoint=timepoint)
    return f"{found[column]}/{found['evaluable']} ({found[f'{column}_percent']})"


def counts(results: Results) -> dict[tuple[str, str], Callable[[], str]]:
    """Return (item, group) -> how to compute the printed count or value."""

    def base(item: str, level: str) -> Callable[[], str]:
        return lambda: results.share("baseline", item=item, level=level)

    def only(item: str, level: str, key: str = "n") -> Callable[[], str]:
        return lambda: results.pick("baseline", item=item, level=level)[key]

    def lesion(item: str) -> Callable[[], str]:
        return lambda: results.share("genomics", item=item)

    def cycle(number: int) -> Callable[[], str]:
        row = {"timepoint": f"blina_c{number}"}
        return lambda: results.pick("response_by_timepoint", **row)["treated"]

    table: dict[tuple[str, str], Callable[[], str]] = {
        ("enrolled", "all"): only("patients", "all"),
        ("age_median_years", "all"): only("age_years", "all", "median"),
        ("age_min_years", "all"): only("age_years", "all", "minimum"),
        ("age_max_years", "all"): only("age_years", "all", "maximum"),
        ("wbc_median_per_mm3", "all"): only("wbc_per_mm3", "all", "median"),
        ("wbc_min_per_mm3", "all"): only("wbc_per_mm3", "all", "minimum"),
        ("wbc_max_per_mm3", "all"): only("wbc_per_mm3", "all", "maximum"),
        ("sex", "male"): base("sex", "M"),
        ("sex", "female"): base("sex", "F"),
        ("mlpa_available", "all"): only("mlpa", "available"),
        ("chr_day85", "all"): base("remission", "all"),
        ("relapse", "all"): only("relapse", "all"),
        ("relapse_site", "hematologic"): only("relapse", "hematologic"),
        ("relapse_site", "CNS"): only("relapse", "cns"),
        ("relapse_site", "nodal"): only("relapse", "nodal"),
        ("death", "all"): only("death", "all"),
        ("allo_hsct", "all"): only("transplant", "all"),
        ("mr_after_c2_itt", "all"): lambda: intention_to_treat(results),
        ("mr_d85", "all"): lambda: landmark(results.where()),
        ("mr_d85", "p190"): lambda: landmark(results.where(fusion="p190")),
        ("mr_d85", "p210"): lambda: landmark(
            [row for row in results.where() if "p210" in row["fusion"]]
        ),
        ("followup_months_median", "all"): lambda: str(
            round(float(results.pick("survival", endpoint="follow_up")["time_months"]))
        ),
        ("abl1_screened", "MRD increase during induction"): lambda: str(len(by_mrd(results))),
        ("abl1_screened", "overt relapse"): lambda: str(
            len(results.where(abl1_screening_reason="relapse"))
        ),
        ("abl1_wildtype", "MRD increase"): lambda: mutated(results, ""),
        ("abl1_mutated", "MRD increase"): lambda: mutated(results, "any"),
        ("abl1_mutated", "abstract"): lambda: mutated(results, "any"),
        ("abl1_mutation", "T315I, MRD increase"): lambda: mutated(results, "T315I"),
        ("abl1_mutation", "E255K, MRD increase"): lambda: mutated(results, "E255K"),
        ("abl1_T315I", "IKZF1plus"): lesion("abl1:T315I in IKZF1plus"),
        ("relapse_T315I", "all"): lambda: relapsed(results, abl1_mutations="T315I"),
    }
    table |= {("fusion", name): base("fusion", name) for name in ("p190", "p210", "p190+p210")}
    table |= {
        ("cna_deletion", gene): lesion(f"gene:{gene}") for gene in ("IKZF1", "PAX5", "RB1", "EBF1")
    }
    table["cna_deletion", "CDKN2A/B"] = lesion("genes:CDKN2A/CDKN2B")
    table |= {("ikzf1_group", word): lesion(f"class:{name}") for word, name in CLASSES.items()}
    table |= {("received_blina_cycle", str(i)): cycle(i) for i in range(1, 6)}
    table["mr_d85", "IKZF1plus"] = lambda: landmark(results.where(ikzf1_class="IKZF1plus"))
    table["mr_d85", "IKZF1_only+no_IKZF1"] = lambda: landmark(
        [row for row in results.where() if row["ikzf1_class"] in list(CLASSES.values())[1:]],
    )
    table["mr_d85", "no_MLPA"] = lambda: landmark(results.where(ikzf1_class="not_done"))
    for word in ("IKZF1plus", "IKZF1_only"):
        table["relapse_baseline_mlpa", word] = partial(relapsed, results, ikzf1_class=CLASSES[word])
    return table


def intention_to_treat(results: Results) -> str:
    """Return the response after the second cycle among all patients."""
    row = results.pick("response_by_timepoint", timepoint="blina_c2")
    everyone = len(results.where())
    return f"{row['molecular_response']}/{everyone} ({row['molecular_response_itt_percent']})"


def landmark(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the response at day 85 among the evaluable of `rows`."""
    words = [row["molecular_response_d85"] for row in rows]
    yes, evaluable = words.count("yes"), words.count("yes") + words.count("no")
    return f"{yes}/{evaluable} ({round(100 * yes / evaluable)})"


def by_mrd(results: Results) -> list[Mapping[str, str]]:
    """Return the patients whose screening is indicated by an MRD increase."""
    rows = results.where(abl1_screening_indicated="yes")
    return [row for row in rows if "mrd_increase" in row["abl1_screening_reason"]]


def mutated(results: Results, name: str) -> str:
    """Return the patients screened for an MRD increase with a mutation, '' for none."""
    words = [row["abl1_mutations"] for row in by_mrd(results)]
    return str(sum(bool(word) if name == "any" else word == name for word in words))


def relapsed(results: Results, **keys: str) -> str:
    """Return how many of the relapsed patients have these values."""
    rows = results.where(**keys)
    return str(sum("relapse" in row["abl1_screening_reason"].split(";") for row in rows))


def own_lines(results: Results) -> list[Line]:
    """Return the statistics that the paper does not print, against R's values for this cohort."""
    tests = {(row["endpoint"], row["groups"].split(":")[0]): row for row in results.tables["tests"]}
    cox = results.pick("hazard_ratios", endpoint="DFS", reference="rest")
    ratio = " ".join(f"{float(cox[name]):.4g}" for name in ("hazard_ratio", "lower", "upper"))
    risk = [row["genomic_risk"] for row in results.where()]
    labels = "/".join(
        str(risk.count(word)) for word in ("high", "intermediate", "standard", "undetermined")
    )

    def test(endpoint: str, digits: int = 4) -> str:
        row = tests[endpoint, "ikzf1_class"]
        return f"{float(row['statistic']):.{digits}g}, p {float(row['p_value']):.3g}"

    model = [r for r in results.tables["hazard_ratios"] if r["reference"] == "no_IKZF1_deletion"]
    return [
        Line("genomic risk: high/intermediate/standard/undetermined", "15/13/20/15", labels),
        Line("log-rank by IKZF1 class, DFS", "9.832, p 0.00733", test("DFS")),
        Line("log-rank by IKZF1 class, OS", "3.569, p 0.168", test("OS")),
        Line("Gray by IKZF1 class, CIR", "6.387, p 0.041", test("CIR")),
        Line("Cox DFS, IKZF1plus against all others", "13.68 1.527 122.5", ratio),
        Line(
            "Cox by class, rows not estimable",
            "4 of 4",
            f"{sum(r['note'].startswith('not estimable') for r in model)} of {len(model)}",
        ),
    ]


def page(lines: Sequence[Line], own: Sequence[Line], others: Sequence[str]) -> str:
    """Return the page as Markdown."""
    with resource_path("demo/dalba_inconsistencies.csv").open(encoding="utf-8", newline="") as file:
        topics = [row["topic"] for row in csv.DictReader(file)]
    agreeing = sum(line.agrees for line in lines)
    differing = sorted({line.note for line in lines if not line.agrees and line.note})
    text = [
        "# The paper's tables from the demo cohort",
        "",
        "Written by `benchmarks/cohort/reproduce.py` from a demo result folder. Every person-level",
        "value of the demo is **synthetic**; only the margins are those printed by Foà et al.,",
        "N Engl J Med 2020;383:1613-23 (D-ALBA). The table shows that counts, percentages and",
        "statistics are computed as the paper's were. It says nothing about real patients.",
        "",
        f"{agreeing} of {len(lines)} printed numbers are equal. The others differ for a named "
        f"reason: {', '.join(differing) or 'none'}.",
        "",
        "| item | printed | computed | equal |",
        "| --- | --- | --- | --- |",
        *(_row(line) for line in lines),
        "",
        "## Statistics the paper does not print",
        "",
        "Expected values: R 4.2.2, survival 3.5-3, cmprsk 2.2-11 on the same cohort.",
        "",
        "| item | expected | computed | equal |",
        "| --- | --- | --- | --- |",
        *(_row(line) for line in own),
        "",
        "## Where the paper disagrees with itself, and what der22 does",
        "",
        *(f"- **{topic}**: {words}" for topic, words in INCONSISTENCIES.items()),
        "",
        "The shipped list `resources/demo/dalba_inconsistencies.csv` has "
        f"{len(topics)} topics; those without a sentence here concern the trial's conduct and no "
        "number of der22.",
        "",
        "## Printed numbers outside der22",
        "",
        "Design, toxicity, donors, graft-versus-host disease, immune compartment and later",
        f"follow-up are not computed: {', '.join(name.replace('_', ' ') for name in others)}.",
        "",
    ]
    return "\n".join(text)


def _row(line: Line) -> str:
    equal = "yes" if line.agrees else f"no: {line.note or 'unexplained'}"
    return f"| {line.item} | {line.printed} | {line.computed} | {equal} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; 1 when an unexplained difference is found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    results = read_results(options.results)
    lines, others = printed_lines(results)
    own = own_lines(results)
    write_text(options.out, page(lines, own, others))
    unexplained = [line for line in (*lines, *own) if not line.agrees and not line.note]
    for line in unexplained:
        print(f"differs: {line.item}: printed {line.printed}, computed {line.computed}")
    print(f"{sum(line.agrees for line in lines)} of {len(lines)} printed numbers equal")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
