"""The documentation says what the code does: generated pages, codes, columns, words, links."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from der22.cohort.settings import StatisticsSettings
from der22.inputs.schema import config_schema
from der22.manuals.config import render_manual
from der22.manuals.results import renew_page
from der22.manuals.troubleshooting import all_codes, render_page
from der22.mlpa.settings import MlpaSettings
from der22.mrd.settings import MrdSettings
from der22.sanger.settings import SangerSettings
from der22.settings import SettingsRecord, describe_settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(
        page
        for folder in ("config", "docs", "envs", "resources", "workflow")
        for page in (ROOT / folder).rglob("*.md")
    ),
]
#: what raises a flag; its first or only word in capitals is the code
RAISERS = {"flag", "make_flag", "Flag", "UnreadableFileError"}
WORDS = (
    *("homozygous_deletion", "heterozygous_deletion", "normal", "gain", "ambiguous"),
    *("not_evaluable", "not_done", "IKZF1plus", "IKZF1_deletion", "no_IKZF1_deletion"),
    *("undetermined", "detected", "possible", "single_strand", "mutated", "wild_type", "CMR"),
    *("PNQ", "POS", "missing", "high", "intermediate", "standard", "call", "ikzf1_class", "tier"),
    *("abl1_status", "category", "molecular_response", "genomic_risk"),
)


def _python_files() -> Iterator[Path]:
    return (ROOT / "src/der22").rglob("*.py")


def _codes_raised() -> Iterator[tuple[str, str]]:
    """Yield file and code of every flag whose code is written out where it is raised."""
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in RAISERS:
                for word in node.args[:1]:
                    if isinstance(word, ast.Constant) and isinstance(word.value, str):
                        yield path.name, word.value


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("config/README.md", render_manual()),
        ("docs/troubleshooting.md", render_page()),
        ("docs/results.md", renew_page((DOCS / "results.md").read_text(encoding="utf-8"))),
        ("workflow/schemas/config.schema.json", json.dumps(config_schema(), indent=2) + "\n"),
    ],
    ids=["manual", "troubleshooting", "results", "schema"],
)
def test_generated_pages_are_in_step(page: str, text: str) -> None:
    """The page is what the code prints today; its head or README says how to print it again."""
    assert (ROOT / page).read_text(encoding="utf-8") == text


def test_every_code_has_an_entry() -> None:
    """Each code of each part has a heading, a meaning and a remedy that end as sentences."""
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (\S+)$", text, re.MULTILINE)
    kinds = [kind for _, codes in all_codes() for kind in codes]
    assert sorted(headings) == sorted(kind.code for kind in kinds)
    for kind in kinds:
        assert kind.meaning.endswith("."), kind.code
        assert kind.remedy.endswith("."), kind.code


def test_every_code_raised_is_explained() -> None:
    """No flag is raised with a code that the lists do not hold."""
    known = {kind.code for _, codes in all_codes() for kind in codes}
    raised = list(_codes_raised())
    assert len(raised) > 100
    assert [(file, code) for file, code in raised if code not in known] == []


def test_glossary_knows_the_words_of_the_tables() -> None:
    """Each word that a cell or heading may hold stands in the glossary."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    assert [word for word in WORDS if not re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize(
    ("page", "settings"),
    [
        ("mlpa", MlpaSettings()),
        ("sanger", SangerSettings()),
        ("mrd", MrdSettings()),
        ("cohort", StatisticsSettings()),
    ],
)
def test_method_pages_name_every_setting(page: str, settings: SettingsRecord) -> None:
    """Each setting stands on its method page; where a default is printed it is the one in force."""
    text = (DOCS / f"methods/{page}.md").read_text(encoding="utf-8")
    printed = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE))
    for row in describe_settings(settings):
        key = row.key
        assert re.search(rf"\b{key}\b", text), key
        assert printed.get(key, str(row.value)) == str(row.value), key


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each link inside the project names a file that is there and, on a page, a heading of it."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_slug(heading) for heading in headings}, target


def _slug(heading: str) -> str:
    return re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def test_pages_of_the_menu() -> None:
    """Every page of the documentation is in the menu once, and none that is not there."""
    menu = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    named = list(_leaves(menu))
    assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def _leaves(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from _leaves(part)
    elif isinstance(node, dict):
        for part in node.values():
            yield from _leaves(part)


def test_pictures_are_small_used_and_called_synthetic() -> None:
    """The pictures weigh less than 1.5 MB, each is used, and each says that it is synthetic."""
    pictures = list((DOCS / "img").glob("*"))
    assert sum(picture.stat().st_size for picture in pictures) < 1_500_000
    used = re.findall(r"!\[(.*?)\]\(img/(.*?)\)", (DOCS / "tour.md").read_text(encoding="utf-8"))
    assert sorted(name for _, name in used) == sorted(picture.name for picture in pictures)
    assert all(text.startswith("Synthetic.") for text, _ in used)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/running.md"])
def test_make_targets_exist(page: str) -> None:
    """Each `make` that a page names is a target."""
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = re.findall(r"(?:`|\$ )make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert named
    assert set(named) <= set(targets)


def test_commands_of_der22_exist() -> None:
    """Each `der22` command that a page names is one of the command line's."""
    text = (ROOT / "src/der22/cli.py").read_text(encoding="utf-8")
    known = re.findall(r"add_parser\(\s*\"([a-z]+)\"", text)
    named = {
        command
        for page in PAGES
        for command in re.findall(r"(?:`|\$ )der22 ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= set(known)


def test_the_documentation_builds(tmp_path: Path) -> None:
    """The pages are built by mkdocs with warnings as errors."""
    program = Path(sys.executable).with_name("mkdocs")
    if not program.is_file() and shutil.which("mkdocs") is None:
        pytest.skip("mkdocs is not installed: pip install '.[docs]'")
    command = [str(program if program.is_file() else "mkdocs"), "build", "--strict"]
    result = subprocess.run(
        [*command, "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
