"""What the name of a sample says about a well: nothing in it, a negative or a positive control.

Names are compared without case, accents, signs and the numbers behind them, and with a zero for an
O; the table ``qpcr/control_names.tsv`` holds them in the languages of laboratories.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from der22.formats.qpcr.record import Task
from der22.formats.tables import read_tsv
from der22.resources import resource_path

__all__ = ["control_of", "resembles_control"]

_KINDS = {
    "no_template": Task.NTC,
    "negative": Task.NEGATIVE_CONTROL,
    "positive": Task.POSITIVE_CONTROL,
}
_LONGEST = 60
_WORD = re.compile(r"[^\W_]+")
#: parts of words that controls are called by, for names that the table does not know
_RESEMBLING = (
    "neg", "blan", "bian", "bran", "leer", "wass", "wat", "acqu", "agua", "h2o", "h20", "ntc",
    "nrt", "nort", "ctrl", "contr", "kontr", "ktr", "temoin", "templ",
)  # fmt: skip


def control_of(name: str, more: Iterable[str] = ()) -> Task | None:
    """Return the task that a sample name tells, None when it tells none.

    Args:
        name: of a sample.
        more: names of the laboratory for a no-template control.

    >>> control_of("N.T.C. 2"), control_of("Negativ-Kontrolle"), control_of("Waterman")
    (<Task.NTC: 'ntc'>, <Task.NEGATIVE_CONTROL: 'negative_control'>, None)
    """
    words = [word for word in _words(name) if word not in _ASSAYS]
    if not words or len(name) > _LONGEST:
        return None
    known = {**_known(), **{"".join(_words(other)): Task.NTC for other in more}}
    whole = known.get("".join(words))
    if whole is not None or len(words) == 1:
        return whole
    parts = (words[a:b] for a in range(len(words)) for b in range(len(words), a, -1))
    named = ("".join(part) for part in parts if len(part) > 1 or part[0] in _ALONE)
    return next((known[name] for name in named if name in known and len(name) >= 3), None)


#: words that are nobody's name and mean a no-template control wherever they stand
_ALONE = frozenset({"ntc", "hoo", "nrt", "water", "wasser"})
#: words for what is measured in a well
_ASSAYS = frozenset({"bcr", "abl", "bcrabl", "p", "mbcr", "gus", "gusb", "pcr", "fusion"})


def resembles_control(name: str) -> bool:
    """Tell whether a name looks like that of a control, though the table does not know it."""
    folded = _fold(name)
    return any(part in folded for part in _RESEMBLING)


@functools.cache
def _known() -> dict[str, Task]:
    rows = read_tsv(resource_path("qpcr/control_names.tsv"))
    return {"".join(_words(row["name"])): _KINDS[row["kind"]] for row in rows}


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _words(name: str) -> list[str]:
    """Return the words of a name; a number at the end of one is left out, letters stand alone.

    Single letters in a row are one word: ``n.t.c.``. In H2O the O may be a zero.
    """
    folded = re.sub(r"h\s*2\s*[o0](?![a-z])", "hoo", _fold(name)[: 2 * _LONGEST])
    folded = re.sub(r"(?<![0-9])0(?=[a-z])", "o", folded)
    words = [re.sub(r"\d+$", "", word) for word in _WORD.findall(folded)]
    joined: list[str] = []
    was_letter = False
    for word in filter(None, words):
        is_letter = len(word) == 1
        if is_letter and was_letter:
            joined[-1] += word
        else:
            joined.append(word)
        was_letter = is_letter
    return joined
