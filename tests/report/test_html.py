"""The markup builder: what comes from outside never becomes markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from der22.report.html import Markup, escape, join, page, safe_json, table, tag
from der22.report.plots.svg import drawing, text


class _Reader(HTMLParser):
    """Collects what a browser would see: elements, attributes, text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader


printable = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")))


@given(printable)
def test_any_text_comes_back_as_text_and_makes_no_element(words: str) -> None:
    """Whatever the text, a reader of the markup sees one element, its attribute and the text."""
    seen = _read(tag("p", words, title=words))
    assert seen.elements == [("p", {"title": words})]
    assert seen.text == words


@given(st.text())
def test_any_text_gives_well_formed_svg(words: str) -> None:
    """Control characters and surrogates included, a drawing stays well-formed XML."""
    clean = words.encode("utf-8", "replace").decode("utf-8")
    root = ElementTree.fromstring(drawing(10, 10, clean, text(1, 1, clean)))
    assert [child.tag.rpartition("}")[2] for child in root] == ["title", "text"]


@given(printable)
def test_json_in_a_script_cannot_end_the_script(words: str) -> None:
    """The JSON of a script element holds no < and reads back as it was."""
    content = safe_json({"key": [words]})
    assert "<" not in content
    assert json.loads(content) == {"key": [words]}


def test_markup_is_not_escaped_twice() -> None:
    """Markup passes through as it is, alone, joined and as a child."""
    bold = tag("b", "a & b")
    assert escape(bold) is bold
    assert join((bold, "<")) == "<b>a &amp; b</b>&lt;"
    assert tag("p", bold) == "<p><b>a &amp; b</b></p>"


def test_reading_direction_marks_are_replaced() -> None:
    """A character that would turn the following text round is shown as a replacement mark."""
    assert escape("a\u202eb") == "a\ufffdb"


def test_table_heads_columns_and_rows() -> None:
    """Column heads and the first cell of each row are header cells with their scope."""
    seen = _read(table(("gene", "call"), [("IKZF1", "<lost>")], caption="genes"))
    heads = [attributes for name, attributes in seen.elements if name == "th"]
    assert heads == [{"scope": "col"}, {"scope": "col"}, {"scope": "row"}]
    assert "<lost>" in seen.text


def test_page_allows_only_its_own_script() -> None:
    """The policy names the hash of the page's script; a page without one allows none."""
    with_script = page("t", Markup("<p>x</p>"), css="p{}", script="1")
    without = page("t", Markup("<p>x</p>"), css="p{}")
    assert "script-src 'sha256-" in _read(with_script).elements[3][1]["content"]
    assert "script-src" not in without
    assert "default-src &#x27;none&#x27;" in without
