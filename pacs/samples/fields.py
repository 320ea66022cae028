"""Random fields, the same on every machine: smooth ones that bend outlines, rough ones that look like noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pacs.samples.shapes import Array, Patch


class SmoothField:
    """A field over space that wanders gently, of standard deviation about 1; knots every knot_mm (cubic B-spline)."""

    def __init__(self, seed: int, knot_mm: float, reach_mm: float = 320) -> None:
        self._knot_mm = knot_mm
        self._count = int(2 * reach_mm / knot_mm) + 5
        self._origin = -reach_mm - 2 * knot_mm
        knots = np.random.default_rng(seed).standard_normal((self._count,) * 3, dtype=np.float32)
        self._knots = knots * np.float32(2.9)  # the spline averages its knots: this makes up for it

    def on(self, patch: Patch) -> Array:
        """(rows, columns) values on the plane."""
        down, across = self._taps(patch.y[:, 0]), self._taps(patch.x[0])
        layer = self._taps(np.array([patch.z], np.float32)).blended(self._knots)[0]
        return across.blended(down.blended(layer).T).T

    def _taps(self, places: Array) -> _Taps:
        return _taps((places - np.float32(self._origin)) / np.float32(self._knot_mm), self._count)


class Waves:
    """An isotropic random field of one wavelength, evaluated anywhere; standard deviation 1 (sum of plane waves)."""

    def __init__(self, seed: int, wavelength: float, count: int = 48, spread: float = 0.25) -> None:
        random = np.random.default_rng(seed)
        directions = random.standard_normal((count, 3))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        lengths = 2 * np.pi / (wavelength * (1 + spread * random.uniform(-1, 1, (count, 1))))
        self._vectors = (directions * lengths).astype(np.float32)
        self._phases = random.uniform(0, 2 * np.pi, count).astype(np.float32)

    def at(self, x: Array, y: Array, z: Array) -> Array:
        """The field at points; the three broadcast against each other."""
        total = np.zeros(np.broadcast_shapes(x.shape, y.shape, z.shape), np.float32)
        for (kx, ky, kz), phase in zip(self._vectors, self._phases, strict=True):
            total += np.cos(x * kx + y * ky + z * kz + phase)
        return np.asarray(total * np.float32(np.sqrt(2 / len(self._phases))), np.float32)


def shaped_noise(seed: int, rows: int, columns: int, low: float, high: float, power: float = 0) -> Array:
    """(rows, columns) noise of standard deviation 1 with its spatial frequencies (cycles a pixel) between low and high.

    power tilts the spectrum: amplitude falls as frequency ** -power.
    """
    white = np.random.default_rng(seed).standard_normal((rows, columns), dtype=np.float32)
    down, across = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    frequency = np.hypot(down, across).astype(np.float32)
    passed = np.exp(-((frequency / high) ** 4)) * (1 - np.exp(-((frequency / low) ** 2)))
    if power:
        passed = passed * np.maximum(frequency, 1 / max(rows, columns)) ** -power
    noise = np.fft.irfft2(np.fft.rfft2(white) * passed.astype(np.float32), s=(rows, columns))
    return np.asarray(noise / noise.std(), np.float32)


def enlarged(image: Array, rows: int, columns: int) -> Array:
    """The image stretched to (rows, columns) by cubic B-spline weights: smooth, slightly soft."""
    tall = _taps(_stretched(image.shape[0], rows), image.shape[0]).blended(image)
    return _taps(_stretched(image.shape[1], columns), image.shape[1]).blended(tall.T).T


def _stretched(source: int, target: int) -> Array:
    """Where the middles of target pixels lie among source pixels."""
    return np.asarray((np.arange(target, dtype=np.float32) + 0.5) * source / target - 0.5, np.float32)


class _Taps(NamedTuple):
    """Cubic B-spline weights: each of n places takes from four neighbours. (4, n) each.

    Four sums in a fixed order rather than a product of matrices, whose last digits change with the number of threads.
    """

    indices: npt.NDArray[np.intp]
    weights: Array

    def blended(self, along_first: Array) -> Array:
        """(n, ...) from (count, ...)."""
        shape = (-1,) + (1,) * (along_first.ndim - 1)
        total = along_first[self.indices[0]] * self.weights[0].reshape(shape)
        for index, weight in zip(self.indices[1:], self.weights[1:], strict=True):
            total += along_first[index] * weight.reshape(shape)
        return np.asarray(total, np.float32)


def _taps(places: Array, count: int) -> _Taps:
    """For places in units of the knots, whose number is count; at the ends the weights that are left share all."""
    indices = np.floor(places).astype(np.intp) + np.arange(-1, 3)[:, None]
    distance = np.abs(places - indices).astype(np.float32)
    near = 2 / 3 - distance**2 + distance**3 / 2
    weights = np.where(distance < 1, near, np.maximum(2 - distance, 0) ** 3 / 6)
    weights *= (indices >= 0) & (indices < count)
    return _Taps(np.clip(indices, 0, count - 1), (weights / weights.sum(axis=0)).astype(np.float32))
