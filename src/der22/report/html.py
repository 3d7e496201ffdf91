"""HTML that escapes by itself: text of sheets and files never becomes markup.

`tag` escapes every child and attribute that is not `Markup`. A page carries its style inside, and a
content security policy that forbids every request and every script but its own.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

__all__ = ["Markup", "Node", "escape", "is_our_page", "join", "page", "safe_json", "table", "tag"]


class Markup(str):
    """Text that is already HTML or SVG."""

    __slots__ = ()


#: what `tag` takes as a child: text to escape, markup, a number, or None for nothing
Node = str | int | float | None

# Characters no HTML or SVG document may hold, and the marks that turn the reading direction round.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
# Most text is plain; one look spares it the whole treatment.
_SPECIAL = re.compile(f"[&<>\"'{_FORBIDDEN.pattern[1:-1]}]")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


def escape(value: Node) -> Markup:
    """Return `value` as text safe inside elements and quoted attributes.

    >>> escape('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup()
    text = str(value)
    if _SPECIAL.search(text) is None:
        return Markup(text)
    return Markup(html.escape(_FORBIDDEN.sub("\ufffd", text), quote=True))


def join(children: Iterable[Node], separator: str = "") -> Markup:
    """Return the children, each escaped unless it is markup, as one piece of markup."""
    return Markup(separator.join(escape(child) for child in children))


def tag(name: str, /, *children: Node, **attributes: Node) -> Markup:
    """Return one element.

    Args:
        name: element name.
        children: text (escaped), markup (as it is), numbers, None (nothing).
        attributes: ``class_`` becomes class, ``_`` becomes ``-``; None leaves the attribute out.

    >>> tag("td", "a & b", class_="note", data_x=None)
    '<td class="note">a &amp; b</td>'
    """
    head = name
    for key, value in attributes.items():
        if value is not None:
            head += f' {_attribute_name(key)}="{escape(value)}"'
    if name in _VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}>{''.join(map(escape, children))}</{name}>")


@cache
def _attribute_name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def table(
    columns: Sequence[Node],
    rows: Iterable[Sequence[Node]],
    *,
    class_: str | None = None,
    id_: str | None = None,
    caption: str | None = None,
) -> Markup:
    """Return a table with a header row; the first cell of each row heads that row.

    Args:
        columns: header cells.
        rows: cells of each row, as many as columns.
        class_: class of the table.
        id_: id of the table.
        caption: what the table shows, for readers of any kind.
    """
    head = tag("tr", *(tag("th", cell, scope="col") for cell in columns))
    body = join(
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    )
    title = tag("caption", caption) if caption else None
    return tag("table", title, tag("thead", head), tag("tbody", body), class_=class_, id_=id_)


def safe_json(value: object) -> Markup:
    """Return `value` as JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(_FORBIDDEN.sub("\ufffd", text))


def is_our_page(text: str) -> bool:
    """Tell whether `text` is a document that `page` wrote."""
    return '<meta name="generator" content="der22">' in text


def page(
    title: str,
    body: Markup,
    *,
    css: str,
    script: str | None = None,
    data: Mapping[str, object] | None = None,
) -> str:
    """Return a whole document that needs nothing but itself.

    Args:
        title: title of the window.
        body: content of the page.
        css: style rules, ours alone.
        script: one inline script, ours alone; None for a page without any.
        data: JSON values for the script, by element id.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    if script is not None:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    head = join(
        (
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=policy),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="generator", content="der22"),
            tag("title", title),
            tag("link", rel="icon", href="data:,"),
            tag("style", Markup(css)),
        ),
        "\n",
    )
    blocks = [
        tag("script", safe_json(value), type="application/json", id=key)
        for key, value in (data or {}).items()
    ]
    if script is not None:
        blocks.append(tag("script", Markup(script)))
    content = tag("body", body, "\n", join(blocks, "\n"))
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n{content}\n</html>\n'
