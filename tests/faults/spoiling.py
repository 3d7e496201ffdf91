"""Readable files whose content is garbage: the container is sound, the signal is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from der22.formats.abif import TagKey, parse_abif
from der22.simulate.abif_writer import AbifTag, numbers_tag, write_abif

__all__ = ["SIGNALS", "Signal", "rewrite_abif", "rewrite_channels"]

Signal = NDArray[np.float64]
_ELEMENT_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 7: 4, 8: 8, 13: 1, 18: 1, 19: 1}
_CEILING = 32767.0


def rewrite_abif(source: Path, path: Path, changed: Mapping[TagKey, AbifTag | None]) -> None:
    """Write `source` again with some tags exchanged, added, or (None) left out."""
    abif = parse_abif(source.read_bytes(), source.name)
    tags: dict[TagKey, AbifTag | None] = {}
    for key, entry in abif.entries.items():
        size = _ELEMENT_BYTES.get(entry.element_type, 1)
        raw = abif.raw(*key) or b""
        tags[key] = AbifTag(*key, entry.element_type, size, entry.n_elements, raw)
    tags |= changed
    write_abif(path, [tag for tag in tags.values() if tag is not None])


def rewrite_channels(
    source: Path,
    path: Path,
    numbers: tuple[int, ...],
    spoil: Callable[[Signal, np.random.Generator], Signal],
    kind: str = "i2",
) -> None:
    """Write `source` again with its channels `numbers` spoiled and SCAN1 made to fit."""
    abif = parse_abif(source.read_bytes(), source.name)
    found = [abif.numbers("DATA", number) for number in numbers]
    channels = np.stack([values for values in found if values is not None]).astype(np.float64)
    spoiled = spoil(channels, np.random.default_rng(22))
    changed: dict[TagKey, AbifTag | None] = {
        ("DATA", number): numbers_tag("DATA", number, row, kind)
        for number, row in zip(numbers, spoiled, strict=True)
    }
    changed["SCAN", 1] = numbers_tag("SCAN", 1, [spoiled.shape[1]], "i4")
    rewrite_abif(source, path, changed)


def _zeros(channels: Signal, _random: np.random.Generator) -> Signal:
    return np.zeros_like(channels)


def _constant(channels: Signal, _random: np.random.Generator) -> Signal:
    return np.full_like(channels, 1200.0)


def _faint_noise(channels: Signal, random: np.random.Generator) -> Signal:
    return random.normal(0.0, 8.0, channels.shape)


def _strong_noise(channels: Signal, random: np.random.Generator) -> Signal:
    return random.uniform(0.0, 9000.0, channels.shape)


def _spikes(channels: Signal, random: np.random.Generator) -> Signal:
    noise = random.normal(0.0, 5.0, channels.shape)
    places = random.integers(channels.shape[1], size=80)
    noise[:, places] = random.uniform(500.0, 9000.0, (channels.shape[0], places.size))
    return noise


def _negative_spikes(channels: Signal, random: np.random.Generator) -> Signal:
    spoiled = _faint_noise(channels, random)
    spoiled[:, random.integers(channels.shape[1], size=200)] = -30000.0
    return spoiled


def _below_zero(channels: Signal, _random: np.random.Generator) -> Signal:
    return -np.abs(channels) - 100.0


def _saturated(channels: Signal, _random: np.random.Generator) -> Signal:
    return np.full_like(channels, _CEILING)


def _shuffled(channels: Signal, random: np.random.Generator) -> Signal:
    return channels[:, random.permutation(channels.shape[1])]


def _waves(channels: Signal, _random: np.random.Generator) -> Signal:
    wave = 800.0 * (1.0 + np.sin(np.arange(channels.shape[1]) / 4.0))
    return np.tile(wave, (channels.shape[0], 1))


def _one_scan(channels: Signal, _random: np.random.Generator) -> Signal:
    return channels[:, 1000:1001]


def _few_scans(channels: Signal, _random: np.random.Generator) -> Signal:
    return channels[:, 1000:1012]


def _steps(channels: Signal, _random: np.random.Generator) -> Signal:
    return np.tile(
        np.where(np.arange(channels.shape[1]) % 60 < 30, 0.0, 5000.0), (len(channels), 1)
    )


#: what every channel becomes, by name
SIGNALS: Mapping[str, Callable[[Signal, np.random.Generator], Signal]] = {
    "zeros": _zeros,
    "constant": _constant,
    "faint-noise": _faint_noise,
    "strong-noise": _strong_noise,
    "spikes": _spikes,
    "negative-spikes": _negative_spikes,
    "below-zero": _below_zero,
    "saturated": _saturated,
    "shuffled-scans": _shuffled,
    "waves": _waves,
    "steps": _steps,
    "one-scan": _one_scan,
    "few-scans": _few_scans,
}
