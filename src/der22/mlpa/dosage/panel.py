"""The probes of a mix as arrays: lengths, roles, and which pairs should have the same copies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from der22.arrays import Floats, Ints, Mask
from der22.formats.probemix import Probemix, ProbeRole

__all__ = ["Panel"]

_NO_GROUP = -1


@dataclass(frozen=True, slots=True)
class Panel:
    """The probes of a mix; arrays of shape (n_probes,), read-only.

    Attributes:
        length_nt: expected length.
        is_reference: reference probes.
        is_target: target probes.
        group: 0 for reference probes, from 1 on one number per gene, -1 for all other fragments.
        pairs: probes of one group and different lengths, shape (2, n_pairs).
    """

    length_nt: Floats
    is_reference: Mask
    is_target: Mask
    group: Ints
    pairs: Ints

    @classmethod
    def of(cls, probemix: Probemix) -> Panel:
        """Return the panel of a sheet."""
        genes = {gene: number for number, gene in enumerate(
            dict.fromkeys(p.gene for p in probemix.of_role(ProbeRole.TARGET) if p.gene), 1
        )}  # fmt: skip
        group = [
            0 if probe.role == ProbeRole.REFERENCE
            else genes.get(probe.gene, _NO_GROUP) if probe.role == ProbeRole.TARGET
            else _NO_GROUP
            for probe in probemix.probes
        ]  # fmt: skip
        is_target = [probe.role == ProbeRole.TARGET for probe in probemix.probes]
        return cls.of_arrays(
            np.array([probe.length_nt for probe in probemix.probes]),
            np.array(group, dtype=np.int64),
            np.array(is_target, dtype=np.bool_),
        )

    @classmethod
    def of_arrays(cls, length_nt: Floats, group: Ints, is_target: Mask) -> Panel:
        """Return the panel of probes of these lengths and groups."""
        first, second = np.triu_indices(group.size, 1)
        together = (group[first] == group[second]) & (group[first] != _NO_GROUP)
        together &= length_nt[first] != length_nt[second]
        pairs = np.stack([first[together], second[together]])
        panel = cls(length_nt.copy(), group == 0, is_target.copy(), group.copy(), pairs)
        for array in (panel.length_nt, panel.is_reference, panel.is_target, panel.group, pairs):
            array.flags.writeable = False
        return panel

    @property
    def is_dosed(self) -> Mask:
        """Return the probes whose copies are counted."""
        return self.is_reference | self.is_target

    @property
    def span_share(self) -> float:
        """Return which share of the target probes' range of lengths the reference probes span."""
        target, reference = self.length_nt[self.is_target], self.length_nt[self.is_reference]
        if target.size == 0 or reference.size == 0 or np.ptp(target) == 0.0:
            return 1.0
        shared = min(target.max(), reference.max()) - max(target.min(), reference.min())
        return float(max(shared, 0.0) / np.ptp(target))
