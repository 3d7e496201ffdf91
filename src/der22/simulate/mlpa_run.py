"""A whole MLPA run: samples with known copies -> one .fsa each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from der22.arrays import Floats
from der22.formats.probemix import Probemix
from der22.simulate.abif_writer import write_abif
from der22.simulate.fragment_file import FileHeader, fragment_tags
from der22.simulate.instruments import INSTRUMENTS, Instrument, RunDraw, draw_run
from der22.simulate.mlpa_injection import Injection, draw_injection, inject
from der22.simulate.mlpa_product import (
    Lot,
    Product,
    RunProfile,
    draw_lot,
    draw_product,
    draw_run_profile,
    random_stream,
)  # fmt: skip
from der22.simulate.mlpa_truth import MlpaSampleTruth, dose_of

__all__ = ["MlpaRun", "begin_mlpa_run", "write_mlpa_run"]

_ROWS = "ABCDEFGH"
_LANES = 4


@dataclass(frozen=True, slots=True)
class MlpaRun:
    """What all samples of one run share, and the stations that each of them passes.

    Attributes:
        run_id: safe as part of a file name.
        seed: same seed, same bytes.
        probemix: the mix in the tube.
        instrument: the machine.
        lot: of the probemix.
        draw: what the capillaries share.
        profile: what the reactions share.
        dq_sd: root mean square over probes of the SD of a dosage quotient.
    """

    run_id: str
    seed: int
    probemix: Probemix
    instrument: Instrument
    lot: Lot
    draw: RunDraw
    profile: RunProfile
    dq_sd: float

    def react(self, sample_id: str, dose: Floats | None) -> Product:
        """Return the product of one reaction.

        Args:
            sample_id: fixes the randomness.
            dose: mean copies per cell per probe in sheet order; None = no DNA given.
        """
        rng = random_stream("product", self.run_id, self.seed, sample_id)
        return draw_product(self.lot, self.profile, self.probemix, dose, self.dq_sd, rng)

    def load(self, sample_id: str, product: Product) -> Injection:
        """Return what is injected of a product."""
        rng = random_stream("injection", self.run_id, self.seed, sample_id, self.instrument.name)
        return draw_injection(product, self.instrument, self.draw, rng)

    def capillary_rng(self, sample_id: str) -> np.random.Generator:
        """Return the randomness of the capillary of one sample."""
        return random_stream("capillary", self.run_id, self.seed, sample_id, self.instrument.name)

    def header(self, sample_id: str, index: int) -> FileHeader:
        """Return what the file of the sample says of itself; `index` is its place on the plate."""
        return FileHeader(
            sample_name=sample_id,
            well=f"{_ROWS[index % 8]}{1 + index // 8 % 12:02d}",
            run_name=f"Run_{self.run_id}",
            lane=1 + index % _LANES,
            standard_text=self.instrument.standard_text,
            dyes=self.instrument.dyes,
        )


def begin_mlpa_run(
    run_id: str, probemix: Probemix, instrument: str, seed: int, lot_seed: int = 0,
    dq_sd: float = 0.05,
) -> MlpaRun:  # fmt: skip
    """Draw what all samples of one run share.

    Args:
        run_id: safe as part of a file name.
        probemix: the mix in the tube.
        instrument: 3130, 3500 or 3730.
        seed: same seed, same bytes.
        lot_seed: lot of the probemix, which fixes offsets and efficiencies.
        dq_sd: root mean square over probes of the SD of a dosage quotient.

    Raises:
        KeyError: unknown instrument.
    """
    machine = INSTRUMENTS[instrument]
    lot = draw_lot(probemix, lot_seed)
    draw = draw_run(machine, random_stream("run", run_id, seed, instrument))
    profile = draw_run_profile(lot, random_stream("chemistry", run_id, seed))
    return MlpaRun(run_id, seed, probemix, machine, lot, draw, profile, dq_sd)


def write_mlpa_run(run: MlpaRun, samples: Sequence[MlpaSampleTruth], outdir: Path) -> None:
    """Write ``{outdir}/{run_id}_{sample_id}.fsa`` for every sample, in plate order.

    A sample's file depends on the run, the seed and the sample alone, not on its neighbours (its
    well and lane apart).
    """
    for index, truth in enumerate(samples):
        name = truth.sample_id
        dose = None if truth.role == "no_dna" else dose_of(truth, run.probemix)
        injection = run.load(name, run.react(name, dose))
        signal = inject(injection, run.draw, run.capillary_rng(name))
        tags = fragment_tags(signal, run.header(name, index), run.instrument)
        write_abif(outdir / f"{run.run_id}_{name}.fsa", tags)
