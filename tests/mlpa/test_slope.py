"""The slope of a sample: what tells it, what does not move it, and how well it knows itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from der22.mlpa.dosage.panel import Panel
from der22.mlpa.dosage.slope import Slope, fit_slope, shrink

Floats = NDArray[np.float64]
GENE_LENGTHS = [np.linspace(120.0 + 3 * i, 460.0 + 3 * i, 8) for i in range(4)]
SD, TRUE = 0.05, 0.15


def panel(last_nt: float) -> Panel:
    """Return ten reference probes from 125 to `last_nt` and four genes over all lengths."""
    length = np.concatenate([np.linspace(125.0, last_nt, 10), *GENE_LENGTHS])
    group = np.repeat(np.arange(5), [10, 8, 8, 8, 8])
    return Panel.of_arrays(length, group, group > 0)


def values(probes: Panel, seed: int) -> Floats:
    """Return ln heights over the profile: a slope, and scatter."""
    rng = np.random.default_rng(seed)
    return TRUE * probes.length_nt / 100.0 + rng.normal(0.0, SD, probes.length_nt.size)


@pytest.mark.parametrize("last_nt", [200.0, 460.0])
def test_the_standard_error_is_what_slopes_stray(last_nt: float) -> None:
    """Over 200 samples the SD of the slope is its mean error within a quarter, and no bias."""
    probes = panel(last_nt)
    found = [fit_slope(values(probes, seed), probes) for seed in range(200)]
    slopes = np.array([one.per_100_nt for one in found])
    errors = np.array([one.se for one in found])
    assert np.mean(slopes) == pytest.approx(TRUE, abs=3.0 * np.std(slopes) / np.sqrt(200))
    assert np.mean(errors) == pytest.approx(np.std(slopes), rel=0.25)


def test_genes_tell_the_slope_where_reference_probes_lie_at_one_end() -> None:
    """With pairs inside genes it is known within 0.02; without them three times worse."""
    probes, with_genes, without = panel(200.0), [], []
    for seed in range(50):
        full = values(probes, seed)
        with_genes.append(fit_slope(full, probes).per_100_nt)
        full[10:] = np.nan
        without.append(fit_slope(full, probes).per_100_nt)
    assert np.std(with_genes) < 0.02
    assert np.std(without) > 3.0 * np.std(with_genes)


def test_whole_genes_lost_or_gained_do_not_move_it() -> None:
    """All pairs lie within one group, so what a group has lost says nothing."""
    probes, lost = panel(460.0), values(panel(460.0), 2)
    before = fit_slope(lost, probes)
    for gene, copies in ((1, 0.5), (2, 0.05), (3, 1.5)):
        lost[probes.group == gene] += np.log(copies)
    after = fit_slope(lost, probes)
    assert after.per_100_nt == pytest.approx(before.per_100_nt, abs=1e-12)
    assert after.se == pytest.approx(before.se)


@pytest.mark.parametrize("part", [slice(10, 14), slice(14, 18)])
def test_a_loss_inside_a_gene_moves_it_little(part: slice) -> None:
    """Half of a gene's probes lost, the short or the long ones: the slope moves by 0.02 at most."""
    probes, lost = panel(460.0), values(panel(460.0), 3)
    before = fit_slope(lost, probes).per_100_nt
    lost[part] += np.log(0.5)
    assert fit_slope(lost, probes).per_100_nt == pytest.approx(before, abs=0.02)


def test_genes_weigh_no_more_than_the_reference_probes() -> None:
    """Half of every gene lost, always the long one: the reference probes still hold the slope."""
    probes, lost = panel(460.0), values(panel(460.0), 4)
    for gene in range(1, 5):
        lost[np.flatnonzero(probes.group == gene)[4:]] += np.log(0.5)
    assert fit_slope(lost, probes).per_100_nt == pytest.approx(TRUE, abs=0.08)


def test_nothing_tells_a_slope_without_reference_probes() -> None:
    """With two reference probes it is 0, and all of the prior is left as its error."""
    probes, few = panel(460.0), values(panel(460.0), 5)
    few[2:10] = np.nan
    found = fit_slope(few, probes)
    assert (found.per_100_nt, np.isinf(found.se)) == (0.0, True)
    assert shrink(found, 0.1) == Slope(0.0, 0.1)


@pytest.mark.parametrize(("se", "share"), [(0.0, 1.0), (0.01, 0.995), (0.1, 0.667), (1.0, 0.02)])
def test_a_slope_shrinks_by_its_error(se: float, share: float) -> None:
    """What is left is prior / (prior + error), the prior that of usual slopes and of this one."""
    left = shrink(Slope(0.1, se), 0.1)
    assert left.per_100_nt / 0.1 == pytest.approx(share, abs=0.002)
    assert left.se <= se
