"""One figure of the MRD validation: what was called by true copies, and the error of the ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = ["draw_validation"]

_COLOURS = {
    "CMR": "#0072b2",
    "PNQ": "#56b4e9",
    "POS": "#e69f00",
    "POS_UNQUANTIFIED": "#f0e442",
    "not_evaluable": "#b5b5b5",
}


def draw_validation(
    path: Path,
    calls: Mapping[str, Mapping[float, Mapping[str, float]]],
    errors: Mapping[float, Sequence[float]],
) -> None:
    """Write the figure.

    Args:
        path: PNG.
        calls: setting -> true copies per well -> category -> per cent of samples.
        errors: true copies per well -> log10 of found over true ratio.
    """
    figure = Figure(figsize=(4.2 * (len(calls) + 1), 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(calls) + 1)
    for axes, (setting, by_copies) in zip(panels, calls.items(), strict=False):
        below = [0.0] * len(by_copies)
        names = [f"{copies:g}" for copies in by_copies]
        for category, colour in _COLOURS.items():
            share = [counts[category] for counts in by_copies.values()]
            axes.bar(names, share, bottom=below, color=colour, label=category)
            below = [a + b for a, b in zip(below, share, strict=True)]
        axes.set(title=setting, xlabel="true copies per well", ylabel="samples, per cent")
    panels[0].legend(fontsize=8)
    last = panels[-1]
    last.boxplot(list(errors.values()), tick_labels=[f"{copies:g}" for copies in errors])
    last.axhline(0, color="#b5b5b5", linewidth=0.8)
    last.set(title="ratio", xlabel="true copies per well", ylabel="log10 of found over true")
    figure.suptitle("Simulated plates, 30,000 control copies or more", fontsize=10)
    figure.savefig(path, dpi=110, metadata={"Software": None})
