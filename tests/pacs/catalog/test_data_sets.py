"""The data set made from where a scan has found its elements is the one that pydicom finds when it looks for itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.data import get_testdata_file

from pacs.catalog import data_sets
from pacs.catalog.data_sets import DataSetPlace, read_data_set
from pacs.ingest import prescan
from pacs.ingest.scan.unreadable import Unreadable
from tests import builders

UNDEFINED = b"\xff\xff\xff\xff"


def place_of(path: Path) -> DataSetPlace | None:
    """Where the scan says that the data set is; None for a file that it refuses."""
    asked: list[DataSetPlace] = []

    def ask(_: str, place: DataSetPlace) -> dict[str, Any]:
        asked.append(place)
        return {}

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prescan, "read_identity", ask)
        try:
            prescan.examine(str(path))
        except Unreadable:
            return None
    return asked[0]


def raw(dataset: Dataset) -> list[Any]:
    """Its elements as they were read: tag, VR, length, value, where, how."""
    return [(int(tag), element) for tag, element in dataset.items()]


def made_of_places(paths: Iterable[Path], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that pydicom needed not look at, all of them the same as if it had."""
    quick: list[str] = []
    for path in paths:
        place = place_of(path)
        if place is None or place.is_deflated or place.end_offset > data_sets.LARGEST_READ_BYTES:
            continue
        with warnings.catch_warnings(), monkeypatch.context() as patched:
            warnings.simplefilter("ignore")
            by_place, pixels = read_data_set(str(path), place)
            patched.setattr(data_sets, "read_dataset", None)
            try:
                read_data_set(str(path), place)
                quick.append(path.name)
            except TypeError:
                pass  # it is pydicom's to look
            patched.undo()
            by_pydicom, same_pixels = read_data_set(str(path), replace(place, elements=()))
        assert raw(by_place) == raw(by_pydicom), path
        assert by_place.original_encoding == by_pydicom.original_encoding, path
        assert pixels == same_pixels, path
    return quick


def test_headers_of_pydicoms_files_are_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(Path(str(get_testdata_file("CT_small.dcm", download=False))).parent.glob("*.dcm"))
    quick = made_of_places(files, monkeypatch)
    assert {"CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_bigendian.dcm"} <= set(quick)


def test_real_headers_are_the_same_both_ways(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted(path for path in shared_data.rglob("*") if path.is_file())
    assert len(made_of_places(files, monkeypatch)) > len(files) // 3


def element(tag: int, vr: bytes, value: bytes, length: bytes | None = None) -> bytes:
    """Explicit VR Little Endian (PS3.5 7.1.2)."""
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + vr
    if vr in (b"SQ", b"UN", b"OB"):
        return head + b"\0\0" + (length or len(value).to_bytes(4, "little")) + value
    return head + len(value).to_bytes(2, "little") + value


ITEM = b"\xfe\xff\x00\xe0" + UNDEFINED + element(0x00080050, b"SH", b"A1") + b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
TWICE = element(0x00080060, b"CS", b"CT") + element(0x00080060, b"CS", b"MR")


@pytest.mark.parametrize(
    ("data", "is_quick"),
    [
        pytest.param(
            element(0x00081110, b"SQ", b"\xfe\xff\x00\xe0\0\0\0\0"), True, id="a sequence of a length"
        ),
        pytest.param(element(0x00081110, b"SQ", ITEM + SEQUENCE_END, UNDEFINED), False, id="one without"),
        pytest.param(element(0x00091001, b"UN", ITEM + SEQUENCE_END, UNDEFINED), False, id="one told as UN"),
        pytest.param(TWICE, False, id="an element twice"),
        pytest.param(
            element(0x00081040, b"LO", b"") + element(0x00100032, b"TM", b""), True, id="empty ones"
        ),
        pytest.param(element(0x00081040, b"ZZ", b"AB"), False, id="a VR that is none"),
        pytest.param(
            element(0x00200062, b"CS", b"R ") + element(0x00080070, b"LO", b"AB"), True, id="not in order"
        ),
    ],
)
def test_what_pydicom_would_do_more_with_is_left_to_it(
    data: bytes, is_quick: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.dcm"
    whole = builders.ct_slice()
    start = whole.index(element(0x00080016, b"UI", b"")[:6])
    path.write_bytes(whole[:start] + data + whole[start:])
    assert bool(made_of_places([path], monkeypatch)) is is_quick


def test_a_character_set_that_cannot_be_told_refuses_the_file_as_pydicom_does(tmp_path: Path) -> None:
    path = tmp_path / "made.dcm"
    whole, told = builders.ct_slice(), element(0x00080005, b"CS", b"ISO_IR 192")
    assert told in whole
    path.write_bytes(whole.replace(told, told.replace(b"CS", b"US")))
    place = place_of(path)
    assert place is not None
    for one in (place, replace(place, elements=())):
        with pytest.raises(TypeError):
            read_data_set(str(path), one)


def test_a_file_that_is_not_encoded_as_it_says_is_left_to_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.dcm"
    path.write_bytes(builders.ct_slice().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2\0\0\0"))
    assert place_of(path) is not None
    assert made_of_places([path], monkeypatch) == []
