"""Styles and the one script of the pages, as files of their own language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["asset_text"]


@cache
def asset_text(name: str) -> str:
    """Return the text of a style sheet or script, such as ``page.css``."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
