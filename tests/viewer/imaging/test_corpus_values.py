"""Stored values of every file of ../shared/data that other decoders agree on, held against those (PS3.5 8.2, A.4)."""

from __future__ import annotations

import csv
import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from tests.viewer.imaging.files import Array, frames_of
from viewer.imaging.codestreams import DECODERS

Row = dict[str, str]
NATIVE = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)
LOSSY = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.91")
ROUNDING = 1  # of two right inverse transforms of one lossy codestream


@pytest.mark.parametrize("syntax", [*NATIVE, *DECODERS])
def test_stored_values_are_those_that_other_decoders_found(syntax: str, shared_data: Path) -> None:
    rows = [row for row in _rows(shared_data) if row["ts"] == syntax and row["px_sha256"]]
    wrong = [row["path"] for row in rows if not _is_right(row, (shared_data / row["path"]).read_bytes())]
    assert wrong == []


def test_no_file_with_known_values_is_left_out(shared_data: Path) -> None:
    rows = [row for row in _rows(shared_data) if row["px_sha256"]]
    assert {row["ts"] for row in rows} <= {*NATIVE, *DECODERS}
    assert len(rows) > 800


@pytest.mark.parametrize(
    ("path", "same_as"),
    [
        ("pydicom-data/liver_rle.dcm", "pydicom-data/liver.dcm"),
        ("pydicom-data/liver_nonbyte_aligned_rle.dcm", "pydicom-data/liver_nonbyte_aligned.dcm"),
        ("pydicom-data/liver_deflate.dcm", "pydicom-data/liver.dcm"),
        ("pydicom-data/liver_nonbyte_aligned_deflate.dcm", "pydicom-data/liver_nonbyte_aligned.dcm"),
    ],
)
def test_what_no_other_decoder_reads_is_what_it_was_made_of(
    path: str, same_as: str, shared_data: Path
) -> None:
    """1-bit RLE, and deflated image frames (PS3.5 A.4.11)."""
    hashes = {row["path"]: row["px_sha256"] for row in _rows(shared_data)}
    assert _hash(frames_of((shared_data / path).read_bytes())) == hashes[same_as]


def _is_right(row: Row, file: bytes) -> bool:
    frames = [stored for stored, _ in frames_of(file)]
    if _hash((stored, "") for stored in frames) == row["px_sha256"]:
        return True
    return row["ts"] in LOSSY and _differs_little(row, file, frames)


def _differs_little(row: Row, file: bytes, frames: list[Array]) -> bool:
    """Lossy ones may differ from the second decoder by a rounding, or as far as the manifest saw decoders differ.

    No second decoder for 12 bits is at hand: of those the extremes are compared.
    """
    allowed = int(row["decode"].split()[1].split(":")[0]) if row["decode"].startswith("maxdiff") else ROUNDING
    if row["ts"].endswith(".51"):
        low, high = min(int(stored.min()) for stored in frames), max(int(stored.max()) for stored in frames)
        return abs(low - int(row["min"])) <= ROUNDING and abs(high - int(row["max"])) <= ROUNDING
    dataset = dcmread(BytesIO(file))
    decoder = get_decoder(UID(row["ts"]))
    others = [decoder.as_array(dataset, index=index, raw=True)[0] for index in range(len(frames))]
    return all(
        np.abs(ours.astype(int) - other).max() <= allowed for ours, other in zip(frames, others, strict=True)
    )


def _rows(shared_data: Path) -> list[Row]:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        return list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))


def _hash(frames: object) -> str:
    """As MANIFEST.tsv makes it: all frames, little endian, C order."""
    digest = hashlib.sha256()
    for stored, _ in frames:  # type: ignore[attr-defined]
        digest.update(np.ascontiguousarray(stored).tobytes())
    return digest.hexdigest()
