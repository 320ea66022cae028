"""The scan that comes before any library: it finds the pixels, and it finds out lies (P3, P7, P9)."""

from __future__ import annotations

import os
import random
import resource
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from pacs.ingest.receipts import Reason
from pacs.ingest.scan import limits, source
from pacs.ingest.scan.pixels import PixelFacts
from pacs.ingest.scan.source import FileSource, MemorySource, Source
from pacs.ingest.scan.unreadable import Unreadable
from pacs.ingest.scan.walk import Walk
from pacs.ingest.scan.whole import Scanned, scan_file, scan_source
from pacs.storage.frame_offsets import FRAGMENTED
from tests import builders
from tests.pacs.ingest.mutations import mutations, seeds

J2K = b"\xff\x4f\xff\x51"
END = builders.element(0x7FE00010, b"OW", b"")[:4]
MPEG4 = "1.2.840.10008.1.2.4.102"


def scanned(data: bytes) -> PixelFacts:
    return scan_source(MemorySource(data)).pixels


def reason_of(data: bytes) -> str | None:
    """The reason of refusal, None when the file is taken."""
    try:
        scanned(data)
    except Unreadable as refused:
        return Reason(refused.reason).value
    return None


def frames_of(data: bytes) -> list[tuple[int, int]]:
    table = scanned(data).frame_table
    assert table is not None
    return [(offset, length) for offset, length in struct.iter_unpack("<QQ", table)]


@pytest.mark.parametrize(
    "transfer_syntax", [ImplicitVRLittleEndian, builders.LITTLE_ENDIAN, ExplicitVRBigEndian], ids=str
)
def test_native_pixels_are_found_in_every_encoding(transfer_syntax: str) -> None:
    data = builders.multiframe(frames=3, rows=4, columns=5, transfer_syntax=transfer_syntax)
    facts = scanned(data)
    assert replace(facts, pixel_offset=0, frame_offset=0) == PixelFacts(
        "native", 0, frame_bytes=40, number_of_frames=3, rows=4, columns=5, bits_allocated=16
    )
    order: Literal["big", "little"] = "big" if transfer_syntax == ExplicitVRBigEndian else "little"
    second = facts.frame_offset + facts.frame_bytes
    assert data[second : second + 2] == (2).to_bytes(2, order)
    header_end = data[facts.pixel_offset : facts.pixel_offset + 4]
    assert header_end == (b"\x7f\xe0\x00\x10" if order == "big" else b"\xe0\x7f\x10\x00")


def test_pixels_of_a_deflated_file_lie_nowhere_in_it() -> None:
    data = builders.ct_slice(rows=4, columns=5, transfer_syntax=DeflatedExplicitVRLittleEndian)
    assert scanned(data) == PixelFacts(
        "deflated", len(data), frame_bytes=40, number_of_frames=1, rows=4, columns=5, bits_allocated=16
    )


def test_a_document_has_no_pixels() -> None:
    data = builders.report()
    assert scanned(data) == PixelFacts("none", len(data))


@pytest.mark.parametrize("offset_table", ["basic", "empty", "extended"])
def test_encapsulated_frames_are_found_with_and_without_a_table(offset_table: str) -> None:
    streams = [J2K + b"1" * 20, J2K + b"2" * 7 + b"\0", J2K + b"3" * 100]
    data = builders.encapsulated(streams, JPEG2000Lossless, offset_table)
    assert [data[offset : offset + length] for offset, length in frames_of(data)] == streams
    assert scanned(data).layout == "encapsulated"


@pytest.mark.parametrize("offset_table", ["basic", "empty"])
def test_frames_of_several_fragments_are_marked(offset_table: str) -> None:
    streams = [J2K + b"1" * 20, J2K + b"2" * 40]
    data = builders.encapsulated(streams, JPEG2000Lossless, offset_table, fragments_per_frame=3)
    for (offset, length), stream in zip(frames_of(data), streams, strict=True):
        assert length & FRAGMENTED
        assert data[offset : offset + 4] == b"\xfe\xff\x00\xe0"
        assert data[offset : offset + (length ^ FRAGMENTED)].endswith(stream[-4:])


def test_a_video_is_one_stream_whatever_its_frames() -> None:
    data = builders.encapsulated([b"\0\0\1\xb3" * 10], MPEG4, NumberOfFrames=250)
    facts = scanned(data)
    assert (facts.layout, facts.number_of_frames, len(frames_of(data))) == ("video", 250, 1)


@pytest.mark.parametrize(("bits", "pixels", "frame_bytes"), [(1, 2, 2), (8, 9, 9), (32, 36, 36)])
def test_frame_sizes_follow_bits_allocated(bits: int, pixels: int, frame_bytes: int) -> None:
    data = builders.part10(
        Rows=3, Columns=3, BitsAllocated=bits, SamplesPerPixel=1, PixelData=b"\1" * (pixels + pixels % 2)
    )
    assert scanned(data).frame_bytes == frame_bytes


def test_half_the_chroma_of_ybr_422_is_not_missing() -> None:
    data = builders.colour(8, 8, PhotometricInterpretation="YBR_FULL_422", PixelData=b"\x80" * 128)
    assert scanned(data).frame_bytes == 128


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", "not_dicom"),
        (lambda: b"Dear doctor, attached is the CT." * 100, "not_dicom"),
        (lambda: b"\0" * 200, "not_dicom"),
        (lambda: b"\0" * 128 + b"DICM", "truncated"),
        (lambda: builders.ct_slice()[132 + 200 :], "not_dicom"),
        (lambda: without_meta(builders.ct_slice()), "no_transfer_syntax"),
        (
            lambda: builders.ct_slice().replace(b"1.2.840.10008.1.2.1\0", b"999.888.777.666.5.1\0"),
            "unknown_transfer_syntax",
        ),
        (lambda: builders.ct_slice(PixelData=None), "pixels_missing"),
        (lambda: builders.ct_slice(PixelData=None, Rows=None), "pixels_missing"),
        (lambda: builders.part10(Rows=4), "pixels_missing"),
        (lambda: builders.report(ContentSequence=None), "content_missing"),
        (lambda: builders.ct_slice(Rows=17), "pixels_too_short"),
        (lambda: builders.ct_slice(NumberOfFrames=2), "pixels_too_short"),
        (lambda: builders.ct_slice(Rows=65535, Columns=65535, NumberOfFrames=2147483647), "pixels_too_short"),
        (lambda: builders.ct_slice(Rows=0), "pixels_unclear"),
        (lambda: builders.ct_slice(BitsAllocated=0), "pixels_unclear"),
        (
            lambda: builders.ct_slice(rows=1, columns=1, BitsAllocated=128, PixelData=b"0" * 16),
            "pixels_unclear",
        ),
        (lambda: builders.ct_slice(NumberOfFrames=-1), "pixels_unclear"),
        (lambda: builders.ct_slice(NumberOfFrames=99999999999), "pixels_unclear"),
        (lambda: builders.encapsulated([J2K], NumberOfFrames=2), "frames_missing"),
        (lambda: builders.encapsulated([b"no marks" * 4] * 2, RLELossless, "empty", 2), "frames_unclear"),
    ],
)
def test_p3_what_is_not_whole_is_refused_with_a_reason(make: Callable[[], bytes], reason: str) -> None:
    assert reason_of(make()) == reason


def with_syntax(uid: bytes) -> bytes:
    return builders.ct_slice().replace(b"1.2.840.10008.1.2.1\0", uid + b"\0")


def without_meta(data: bytes) -> bytes:
    return data[data.index(b"\x08\x00\x05\x00CS") :]


def test_spectroscopy_is_no_image_and_a_provider_url_stands_for_pixels() -> None:
    assert scanned(builders.part10(SOPClassUID="1.2.840.10008.5.1.4.1.1.4.2")).layout == "none"
    assert reason_of(builders.ct_slice(PixelData=None, PixelDataProviderURL="http://a")) is None


def test_p3_a_cut_between_two_elements_shows_by_what_the_sop_class_requires() -> None:
    data = builders.ct_slice()
    elements = [
        builders.find_tag(data, tag) for tag in (0x00100010, 0x0020000D, 0x00280002, 0x00280010, 0x7FE00010)
    ]
    assert min(elements) > 0
    assert {reason_of(data[:cut]) for cut in elements} == {"pixels_missing"}


def test_file_meta_without_a_preamble_is_enough() -> None:
    assert scanned(builders.ct_slice()[132:]).layout == "native"


@pytest.mark.parametrize(
    "tail", [b"\0", b"\0" * 7, b"\0" * 512, b"PK\x03\x04" + b"inner.txt" * 9], ids=["1", "7", "512", "zip"]
)
def test_what_is_appended_after_the_data_set_is_left_alone(tail: bytes) -> None:
    data = builders.ct_slice()
    assert scanned(data + tail) == scanned(data)


def test_p3_what_follows_the_pixels_is_read_to_its_end() -> None:
    padding = builders.element(0xFFFCFFFC, b"OB", b"\0" * 40)
    data = builders.ct_slice() + padding
    assert reason_of(data) is None
    for cut in range(1, len(padding) - 1):
        assert reason_of(data[:-cut]) == "truncated"


def nested(depth: int, undefined_length: bool) -> bytes:
    dataset = Dataset()
    dataset.PatientID = "deepest"
    for _ in range(depth):
        outer = Dataset()
        outer.ContentSequence = [dataset]
        if undefined_length:
            outer["ContentSequence"].is_undefined_length = True
            dataset.is_undefined_length_sequence_item = True
        dataset = outer
    return builders.report(ContentSequence=dataset.ContentSequence)


def in_items(vr: bytes, depth: int) -> bytes:
    """Sequences in a sequence, explicit outside and implicit inside, as UN holds them (PS3.5 6.2.2)."""
    value = b""
    for _ in range(depth):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(value)) + value
        value = struct.pack("<HHI", 0x0040, 0xA730, len(item)) + item
    return builders.element(0x00091010, vr, value[8:])


@pytest.mark.parametrize("undefined_length", [True, False])
def test_p7_nesting_is_counted_and_not_followed_too_deep(undefined_length: bool) -> None:
    assert reason_of(nested(limits.DEEPEST_NESTING, undefined_length)) is None
    assert reason_of(nested(limits.DEEPEST_NESTING + 1, undefined_length)) == "nested_too_deep"


@pytest.mark.parametrize("depth", [limits.DEEPEST_NESTING + 1, 5000])
def test_p7_nesting_that_only_a_dictionary_would_see_is_counted_too(depth: int) -> None:
    data = builders.report(PatientID=None)
    at = builders.find_tag(data, 0x00100030)
    assert reason_of(data[:at] + in_items(b"UN", depth) + data[at:]) == "nested_too_deep"
    assert reason_of(data[:at] + in_items(b"UN", 60) + data[at:]) is None


def test_a_private_value_that_merely_begins_as_an_item_does_is_left_closed() -> None:
    data = builders.report(PatientID=None)
    at = builders.find_tag(data, 0x00100030)
    private = builders.element(0x00091010, b"UN", b"\xfe\xff\x00\xe0" + b"\x99" * 60)
    assert reason_of(data[:at] + private + data[at:]) is None


def test_p7_elements_are_counted() -> None:
    many = b"".join(builders.element(0x00090000 + number, b"LO", b"") for number in range(0x10, 0x8000))
    data = builders.report()
    at = builders.find_tag(data, 0x00100010)
    assert reason_of(data[:at] + many + data[at:]) is None
    assert reason_of(data[:at] + many * 7 + data[at:]) == "too_many_elements"


def test_p7_a_deflated_file_inflates_within_its_limits() -> None:
    blank = builders.multiframe(
        frames=64,
        rows=512,
        columns=512,
        transfer_syntax=DeflatedExplicitVRLittleEndian,
        PixelData=b"\0" * (32 << 20),
    )
    assert reason_of(blank) == "inflates_too_far"
    assert reason_of(builders.ct_slice(transfer_syntax=DeflatedExplicitVRLittleEndian)) is None


def test_p3_a_deflated_file_that_does_not_end_is_truncated() -> None:
    data = builders.ct_slice(rows=64, columns=64, transfer_syntax=DeflatedExplicitVRLittleEndian)
    for cut in (2, 10, 100, 500):
        assert reason_of(data[:-cut]) == "truncated"


def test_a_deflated_stream_without_its_padding_byte_is_whole() -> None:
    padded = (builders.ct_slice(3, 3 + n, transfer_syntax=DeflatedExplicitVRLittleEndian) for n in range(200))
    data = next(data for data in padded if reason_of(data[:-1]) is None)
    assert data.endswith(b"\0")
    assert reason_of(data[:-2]) == "truncated"


def test_a_damaged_deflated_stream_is_malformed() -> None:
    data = builders.ct_slice(transfer_syntax=DeflatedExplicitVRLittleEndian)
    start = data.index(b"1.2.840.10008.1.2.1.99")
    garbage = bytes(random.Random(1).randrange(256) for _ in range(400))
    with pytest.raises(zlib.error):
        zlib.decompress(garbage, -zlib.MAX_WBITS)
    assert reason_of(data[: start + 300] + garbage) in ("malformed", "truncated")


def told_of(data: Source) -> Scanned | str:
    try:
        return scan_source(data)
    except Unreadable as refused:
        return refused.reason


def test_what_is_passed_over_at_once_is_what_single_steps_would_find(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whole files and damaged ones, in one piece and behind a window that ends anywhere."""
    plain = builders.ct_slice()
    place = plain.index(builders.element(0x00280010, b"US", b"")[:6])
    twice = b"".join(builders.element(0x00280009, b"LO", value) for value in (b"once", b"twice "))
    # In implicit VR a length whose bytes read as a VR.
    length = "x" * int.from_bytes(b"DT", "little")
    as_a_vr = builders.ct_slice(transfer_syntax=ImplicitVRLittleEndian, ImageComments=length)
    files = [plain[:place] + twice + plain[place:], as_a_vr, *seeds(), *mutations(1500, seed=11)]
    path = tmp_path / "file"
    in_one, behind_a_window = [], []
    for data in files:
        in_one.append(told_of(MemorySource(data)))
        path.write_bytes(data)
        with path.open("rb") as file, monkeypatch.context() as patched:
            patched.setattr(source, "WINDOW_BYTES", 61)
            behind_a_window.append(told_of(FileSource(file.fileno())))
    monkeypatch.setattr(Walk, "_pass_plain", lambda _: False)
    step_by_step = [told_of(MemorySource(data)) for data in files]
    assert in_one == step_by_step
    assert behind_a_window == step_by_step
    assert sum(isinstance(one, Scanned) for one in step_by_step) > len(files) // 8


def test_p7_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_SCAN_S", 0.0)
    many = b"".join(builders.element(0x00090000 + number, b"LO", b"") for number in range(0x10, 0x810))
    data = builders.report()
    at = builders.find_tag(data, 0x00100010)
    assert reason_of(data[:at] + many + data[at:]) == "too_slow"


def test_p22_a_file_of_three_gigabytes_is_scanned_without_reading_it(tmp_path: Path) -> None:
    frame_bytes, frames = 4096 * 4096 * 2, 96
    small = builders.multiframe(frames=1, rows=4096, columns=4096, NumberOfFrames=frames, PixelData=b"\0\0")
    header = small[: builders.find_tag(small, 0x7FE00010)]
    path = tmp_path / "sparse.dcm"
    path.write_bytes(header + builders.element(0x7FE00010, b"OW", b"", length=frame_bytes * frames))
    size = path.stat().st_size + frame_bytes * frames
    os.truncate(path, size)
    before_kb, started_s = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    facts = scan_file(path).pixels
    assert (facts.frame_bytes, facts.number_of_frames) == (frame_bytes, frames)
    assert time.monotonic() - started_s < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 10 << 10
    os.truncate(path, size - 1)
    with pytest.raises(Unreadable, match="truncated"):
        scan_file(path)
