"""The catalogue of scenario kinds: each draws a whole run, with its own parameters, from a seed."""

from __future__ import annotations

from mlpa.bench import kinds_clones, kinds_inputs, kinds_signal
from mlpa.bench.catalogue import KINDS, Kind

__all__ = ["KINDS", "Kind", "kinds_clones", "kinds_inputs", "kinds_signal"]
