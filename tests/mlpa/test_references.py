"""How noisy a probe is: what the references and the other samples of the run say of it."""

from __future__ import annotations

import numpy as np
import pytest

from der22.mlpa.dosage.noise import probe_sd
from der22.mlpa.settings import MlpaSettings

N_REFERENCES, N_SAMPLES, N_PROBES = 5, 21, 12
USE = np.ones(N_PROBES, dtype=np.bool_)


def sd_of_last_probe(quotient: np.ndarray) -> float:
    """Return the SD given to the last probe when its references look quiet: 0.05."""
    quiet = np.full(N_PROBES, 0.05)
    return float(probe_sd(quiet, N_REFERENCES, quotient, USE, MlpaSettings())[-1])


def test_noise_that_the_references_do_not_show_is_seen_in_the_run() -> None:
    """Five quiet references by chance: the other samples tell that the probe scatters by 0.3."""
    rng = np.random.default_rng(1)
    quotient = 1.0 + rng.normal(0.0, 0.05, (N_SAMPLES, N_PROBES))
    quiet = sd_of_last_probe(quotient)
    quotient[:, -1] = 1.0 + 0.3 * rng.permutation(np.linspace(-2.0, 2.0, N_SAMPLES))
    assert quiet == pytest.approx(0.05, abs=0.02)
    assert sd_of_last_probe(quotient) > 0.15


def test_a_frequent_loss_is_no_noise() -> None:
    """Two patients of three have lost the probe: its SD stays that of a quiet probe."""
    rng = np.random.default_rng(2)
    quotient = 1.0 + rng.normal(0.0, 0.05, (N_SAMPLES, N_PROBES))
    quotient[N_REFERENCES + 5 :, -1] -= 0.45
    assert sd_of_last_probe(quotient) < 0.08
