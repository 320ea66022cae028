"""Envelopes as a client takes them apart, and the numbers that their levels decode to."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np

from pacs.catalog.models import Instance
from viewer.imaging.types import Lut, Window
from viewer.imaging.voi import apply_voi_lut, apply_window
from viewer.rendering.stored_frame import address_frame
from viewer.rendering.streams import level_bytes

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Envelope:
    """One level as it was sent."""

    header: dict[str, Any]
    payload: bytes


def opened(envelope: bytes) -> Envelope:
    """Its parts; what it sums to is what it says."""
    length = int.from_bytes(envelope[:4], "little")
    header = json.loads(envelope[4 : 4 + length])
    payload = envelope[4 + length :]
    assert zlib.crc32(payload) == header["crc32"]
    return Envelope(header, payload)


def stream_of(instance: Instance, frame_index: int = 0) -> tuple[dict[str, Any], list[bytes]]:
    """What level 0 says of the stream, and the payloads of all of its levels."""
    address = address_frame(instance, frame_index)
    first = opened(level_bytes(address, 0))
    told: dict[str, Any] = first.header["stream"]
    rest = [opened(level_bytes(address, level)).payload for level in range(1, len(told["levels"]))]
    return told, [first.payload, *rest]


def decoded(payloads: list[bytes], levels: int) -> Array:
    """The numbers of these first levels of a stream that has so many in all."""
    decoded: Array = imagecodecs.htj2k_decode(
        b"".join(payloads), skipres=levels - len(payloads), resilient=True
    )
    return decoded


def shown_by_client(told: dict[str, Any], numbers: Array) -> Array:
    """The greys or colours of the exact level, of what the header tells and nothing else."""
    picture = numbers if told["samples"] == 3 else _greys(told, numbers)
    if told["overlay"]:
        bits = np.frombuffer(zlib.decompress(base64.b64decode(told["overlay"])), np.uint8)
        drawn = np.unpackbits(bits, bitorder="little")[: told["rows"] * told["columns"]]
        picture = picture.copy()
        picture[drawn.reshape(told["rows"], told["columns"]) == 1] = 255
    return picture


def _greys(told: dict[str, Any], stored: Array) -> Array:
    values = _modality_values(told["modality"], stored)
    look = told["look"]
    greys = apply_voi_lut(values, _lut(look["lut"])) if "lut" in look else apply_window(values, _window(look))
    if told["inverse"]:
        greys = 255 - greys
    if told["padding"]:
        low, high = told["padding"]
        greys = np.where((stored >= low) & (stored <= high), np.uint8(0), greys)
    return greys


def _modality_values(modality: dict[str, Any] | None, stored: Array) -> Array:
    if modality is None:
        return stored.astype(np.float64)
    if "lut" in modality:
        lut = _lut(modality["lut"])
        places: Array = np.clip(stored.astype(int) - lut.first, 0, len(lut.entries) - 1)
        return lut.entries.take(places)
    real = np.dtype(modality["real"]).type
    values: Array = stored.astype(real) * real(modality["slope"]) + real(modality["intercept"])
    return values


def _window(look: dict[str, Any]) -> Window:
    return Window(**look["window"])


def _lut(told: dict[str, Any]) -> Lut:
    entries = np.frombuffer(base64.b64decode(told["entries"]), np.dtype(told["number"]).newbyteorder("<"))
    return Lut(told["first"], entries, told["bits"])
