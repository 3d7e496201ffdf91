"""The level of one sample and transcript."""

from __future__ import annotations

from der22.results.mrd import PlateLevelRow as Level
from der22.words import Category

__all__ = ["Category", "Level"]
