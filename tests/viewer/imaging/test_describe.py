"""What a header says comes out as it is; what a child answers is not believed (promise P9)."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests import builders
from tests.viewer.imaging.described import wire
from tests.viewer.imaging.files import describe, first_frame
from viewer.imaging.describe import describe_header, description_from_wire
from viewer.imaging.errors import CannotShow
from viewer.imaging.types import Overlay, Padding, Rescale, Window

SYNTAXES = (
    builders.LITTLE_ENDIAN,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
RAMP = np.arange(24).reshape(4, 6).astype("<u2")


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def lut(entries: list[int], first: int, bits: int, **told: Any) -> Dataset:
    made = item(LUTDescriptor=[len(entries), first, bits], LUTData=entries, ModalityLUTType="US", **told)
    made["LUTDescriptor"].VR = "SS" if first < 0 else "US"
    made["LUTData"].VR = "US"
    return made


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_header_is_described_in_every_native_syntax(syntax: str) -> None:
    file = builders.ct_slice(
        4, 6, slope=2, transfer_syntax=syntax, WindowCenter=[40, 1], WindowWidth=[400, 2], PixelSpacing=[2, 0.5],
        PixelPaddingValue=0, PhotometricInterpretation="MONOCHROME1",
    )  # fmt: skip
    told = describe(file)
    assert (told.rows, told.columns, told.number_of_frames) == (4, 6, 1)
    assert (told.bits_allocated, told.bits_stored, told.high_bit, told.is_signed) == (16, 12, 11, False)
    assert (told.photometric_interpretation, told.samples_per_pixel) == ("MONOCHROME1", 1)
    assert (told.transfer_syntax_uid, told.pixel_aspect) == (syntax, 4.0)
    assert (told.window_of(0), told.rescales) == (Window(40, 400), (Rescale(2, -1024),))
    assert told.padding == Padding(0, 0)
    assert np.array_equal(first_frame(file), np.arange(24).reshape(4, 6))


def test_the_bytes_before_the_pixels_are_enough() -> None:
    file = builders.ct_slice(4, 6)
    until = builders.find_tag(file, 0x7FE00010)
    assert describe(file[:until]) == describe(file)


@pytest.mark.parametrize(
    ("attributes", "window"),
    [
        ({"WindowCenter": 5, "WindowWidth": 0.5}, None),  # PS3.3 C.11.2.1.2.1: a LINEAR width is at least 1
        ({"WindowCenter": 5, "WindowWidth": 0.5, "VOILUTFunction": "SIGMOID"}, Window(5, 0.5, "SIGMOID")),
        ({"WindowCenter": [1, 2], "WindowWidth": [-3, 4]}, Window(2, 4)),
        ({"WindowCenter": 5}, None),
        ({"WindowCenter": 5, "WindowWidth": 7, "VOILUTFunction": "CUBIC"}, Window(5, 7)),
    ],
)
def test_the_first_window_that_can_be_applied_is_the_files_own(
    attributes: dict[str, Any], window: Window | None
) -> None:
    assert describe(builders.image(RAMP, **attributes)).window_of(0) == window


def test_all_windows_and_tables_are_told_with_their_names() -> None:
    """PS3.3 C.11.2.1: an image may bring several of both; which is shown is the reader's choice."""
    file = builders.image(
        RAMP,
        WindowCenter=[1, 2, 3],
        WindowWidth=[10, 0, 30],
        WindowCenterWidthExplanation=["WIDE", "NONE", "BONE"],
        VOILUTSequence=[
            lut([0, 1], 0, 8, LUTExplanation="NORMAL"),
            lut([0, 2], 0, 8),
            lut([0, 1], 0, 8, LUTExplanation="AGAIN"),
        ],
    )
    told = describe(file)
    assert [(one.window, one.name) for one in told.windows_for(0)] == [
        (Window(1, 10), "WIDE"),
        (Window(3, 30), "BONE"),
    ]
    luts = told.voi_luts_for(0)
    assert [(one.lut.entries.tolist(), one.name) for one in luts] == [
        ([0, 1], "NORMAL"),
        ([0, 2], ""),
        ([0, 1], "AGAIN"),
    ]
    assert luts[0].lut is luts[2].lut


@pytest.mark.parametrize(("width", "function"), [(1, "LINEAR_EXACT"), (0.25, "LINEAR_EXACT"), (2, "LINEAR")])
def test_narrow_windows_of_floats_are_no_thresholds(width: float, function: str) -> None:
    """PS3.3 C.11.2.1.2.1 would make a LINEAR one of width 1 black and white."""
    file = builders.image(RAMP, WindowCenter=0.5, WindowWidth=width, BitsAllocated=32, PixelData=None,
                          BitsStored=None, HighBit=None, PixelRepresentation=None)  # fmt: skip
    pixels = builders.element(0x7FE00008, b"OF", bytes(96))
    window = describe(file + pixels).window_of(0)
    assert window is not None
    assert (window.width, window.function) == (width, function)


def test_frames_of_an_enhanced_object_say_their_own() -> None:
    """PS3.3 C.7.6.16.2.9 and .10: shared by all, or of each frame."""
    shared = item(
        PixelValueTransformationSequence=[item(RescaleSlope=3, RescaleIntercept=1)],
        PixelMeasuresSequence=[item(PixelSpacing=[1, 2])],
        FrameVOILUTSequence=[item(WindowCenter=9, WindowWidth=10)],
    )
    frames = [
        item(FrameVOILUTSequence=[item(WindowCenter=center, WindowWidth=20, VOILUTFunction="LINEAR_EXACT")])
        for center in (1, 2)
    ]
    file = builders.multiframe(
        3, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[*frames, item()]
    )
    told = describe(file)
    assert told.rescales == (Rescale(3, 1),)
    assert told.pixel_aspect == 0.5
    exact = [Window(center, 20, "LINEAR_EXACT") for center in (1, 2)]
    assert [told.window_of(index) for index in range(3)] == [*exact, Window(9, 10)]


def test_tables_are_read_with_their_first_value_and_bits() -> None:
    file = builders.image(
        RAMP, ModalityLUTSequence=[lut([7, 8, 9], -2, 16)], VOILUTSequence=[lut([0, 4095], 5, 12)]
    )
    told = describe(file)
    assert told.modality_lut is not None
    assert (told.modality_lut.first, told.modality_lut.entries.tolist(), told.modality_lut.bits) == (
        -2,
        [7, 8, 9],
        16,
    )
    voi_lut = told.voi_lut_of(0)
    assert voi_lut is not None
    assert (voi_lut.first, voi_lut.entries.tolist(), voi_lut.bits) == (5, [0, 4095], 12)


def test_frames_have_tables_of_their_own() -> None:
    """PS3.3 C.7.6.16.2.10; and their first values are of what the frames' rescale gives."""
    shared = item(
        FrameVOILUTSequence=[item(VOILUTSequence=[lut([0, 9], 3, 8)])],
        PixelValueTransformationSequence=[item(RescaleSlope=1, RescaleIntercept=-9)],
    )
    frames = [
        item(FrameVOILUTSequence=[item(VOILUTSequence=[lut(entries, 64512, 8)])])
        for entries in ([0, 1], [0, 2], [0, 1])
    ]
    groups: dict[str, Any] = {
        "SharedFunctionalGroupsSequence": [shared],
        "PerFrameFunctionalGroupsSequence": [*frames, item()],
    }
    told = describe(builders.multiframe(4, **groups))
    tables = [told.voi_lut_of(index) for index in range(4)]
    assert [None if one is None else (one.first, one.entries.tolist()) for one in tables] == [
        (-1024, [0, 1]),
        (-1024, [0, 2]),
        (-1024, [0, 1]),
        (3, [0, 9]),
    ]
    assert tables[0] is tables[2]


def test_more_tables_than_can_be_held_are_the_first_frames() -> None:
    frames = [
        item(FrameVOILUTSequence=[item(VOILUTSequence=[lut([number] * (1 << 15), 0, 8)])])
        for number in range(40)
    ]
    told = describe(builders.multiframe(40, PerFrameFunctionalGroupsSequence=frames))
    ((table,),) = ([one.lut for one in named] for named in told.voi_luts)
    assert int(table.entries[0]) == 0


@pytest.mark.parametrize(("attributes", "first"), [({"RescaleIntercept": -1024}, -1024), ({}, 64512)])
def test_the_first_value_of_a_voi_lut_has_the_sign_of_what_it_maps(
    attributes: dict[str, Any], first: int
) -> None:
    """PS3.3 C.11.2.1.1: of modality values, though the VR may say unsigned."""
    file = builders.image(RAMP, RescaleSlope=1, VOILUTSequence=[lut([0, 1], 64512, 8)], **attributes)
    table = describe(file).voi_lut_of(0)
    assert table is not None
    assert table.first == first


def test_a_table_of_65536_entries_says_0_of_itself() -> None:
    """PS3.3 C.11.1.1."""
    made = item(LUTDescriptor=[0, 0, 16], LUTData=np.arange(1 << 16, dtype="<u2").tobytes())
    made["LUTDescriptor"].VR, made["LUTData"].VR = "US", "OW"
    table = describe(builders.image(RAMP, VOILUTSequence=[made])).voi_lut_of(0)
    assert table is not None
    assert (len(table.entries), int(table.entries[-1])) == (1 << 16, 65535)


@pytest.mark.parametrize(
    ("value", "limit", "is_signed", "padding"),
    [
        (63536, None, 1, Padding(-2000, -2000)),  # written in the other representation
        (0, 10, 0, Padding(0, 10)),
        (10, 0, 0, Padding(0, 10)),
    ],
)
def test_padding_values(value: int, limit: int | None, is_signed: int, padding: Padding) -> None:
    """PS3.3 C.7.5.1.1.2."""
    file = builders.element(0x00280120, b"US", value.to_bytes(2, "little"))
    if limit is not None:
        file += builders.element(0x00280121, b"US", limit.to_bytes(2, "little"))
    whole = builders.image(RAMP, PixelRepresentation=is_signed)
    at = builders.find_tag(whole, 0x7FE00010)
    assert describe(whole[:at] + file + whole[at:]).padding == padding


def test_overlay_planes_are_found() -> None:
    """PS3.3 C.9.2, C.9.3: origin counted from 1, and of several frames from the Image Frame Origin on."""
    whole = builders.image(RAMP)
    at = builders.find_tag(whole, 0x7FE00010)
    group = b"".join(
        builders.element(0x60020000 | element, vr, value)
        for element, vr, value in (
            (0x10, b"US", b"\3\0"),
            (0x11, b"US", b"\5\0"),
            (0x15, b"IS", b"2 "),
            (0x50, b"SS", b"\xff\xff\2\0"),
            (0x51, b"US", b"\4\0"),
            (0x3000, b"OW", b"\x01\0\0\x80"),
        )
    )
    # Groups stand in ascending order: an overlay comes before the pixels.
    told = describe(whole[:at] + group + whole[at:])
    assert told.overlays == (Overlay(3, 5, -2, 1, 3, 2, b"\x01\0\0\x80"),)


def test_an_object_without_pixels_has_no_description() -> None:
    for header in (builders.report(), b"", b"\0" * 200, b"no dicom at all"):
        with pytest.raises(CannotShow):
            describe_header(header)


def voi_lut(entries: np.ndarray[Any, Any], bits: int) -> dict[str, Any]:
    return {"voi_luts": [{"first": 0, "entries": entries, "bits": bits}], "voi_lut_lists": [[[0, ""]]]}


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"rows": 65535, "columns": 65535}, "too_large"),
        ({"rows": 65535, "columns": 65535, "bits_allocated": 64, "bits_stored": 64}, "too_large"),
        ({"rows": 1 << 40}, "decode_failed"),
        ({"rows": 0}, "decode_failed"),
        ({"rows": -4}, "decode_failed"),
        ({"rows": 4.0}, "decode_failed"),
        ({"rows": True}, "decode_failed"),
        ({"rows": "4"}, "decode_failed"),
        ({"number_of_frames": 0}, "decode_failed"),
        ({"number_of_frames": 1 << 60}, "decode_failed"),
        ({"bits_allocated": 24}, "decode_failed"),
        ({"bits_stored": 17}, "decode_failed"),
        ({"bits_stored": 0}, "decode_failed"),
        ({"samples_per_pixel": 3}, "unsupported_photometric"),
        ({"samples_per_pixel": 60000, "photometric_interpretation": "RGB"}, "unsupported_photometric"),
        ({"photometric_interpretation": "CMYK"}, "unsupported_photometric"),
        ({"photometric_interpretation": "PALETTE COLOR"}, "unsupported_photometric"),
        ({"photometric_interpretation": 7}, "unsupported_photometric"),
        ({"is_float": True}, "decode_failed"),
        ({"is_signed": 1}, "decode_failed"),
        ({"rescales": np.ones((2, 2))}, "decode_failed"),
        ({"rescales": np.full((1, 2), np.nan)}, "decode_failed"),
        ({"rescales": np.ones((1, 2), np.float32)}, "decode_failed"),
        ({"windows": [[[0.0, np.inf, "LINEAR", ""]]]}, "decode_failed"),
        ({"windows": [[[0.0, 0.5, "LINEAR", ""]]]}, "decode_failed"),
        ({"windows": [[0, 1]]}, "decode_failed"),
        ({"windows": [[[0.0, 1.0, "EVAL", ""]]]}, "decode_failed"),
        ({"windows": [[[0.0, 1.0, "LINEAR", "long" * 20]]]}, "decode_failed"),
        ({"window_places": []}, "decode_failed"),
        ({"window_places": [1]}, "decode_failed"),
        ({"padding": [1]}, "decode_failed"),
        ({"padding": ["a", "b"]}, "decode_failed"),
        ({"voi_lut_lists": [[[0, ""]]]}, "decode_failed"),
        ({"voi_lut_places": [0, 0]}, "decode_failed"),
        ({"planes": np.zeros((2, 11))}, "decode_failed"),
        ({"planes": np.zeros((1, 9))}, "decode_failed"),
        ({"suv_factor": -1.0}, "decode_failed"),
        (voi_lut(np.zeros(0, np.uint16), 16), "decode_failed"),
        (voi_lut(np.zeros(70_000, np.uint16), 16), "decode_failed"),
        (voi_lut(np.zeros(4, np.uint16), 64), "decode_failed"),
        ({"modality_lut": {"first": 1 << 70, "entries": np.zeros(4, np.uint16), "bits": 16}}, "decode_failed"),
        ({"palette": {"first": 0, "colours": np.zeros((4, 4), np.uint8)}}, "decode_failed"),
        ({"overlays": [{}]}, "decode_failed"),
        ({"overlays": [{"rows": 60_000, "columns": 60_000, "top": 0, "left": 0, "first_frame": None,
                        "number_of_frames": 1, "bits": b"", "bit_position": 0}]}, "decode_failed"),
        ({"transfer_syntax_uid": None}, "decode_failed"),
        ({"pixel_aspect": 0}, "decode_failed"),
    ],
)  # fmt: skip
def test_lies_are_refused_at_once(lie: dict[str, Any], reason: str) -> None:
    """Promise P9: Python integers, before anything is allocated."""
    began = time.monotonic()
    with pytest.raises(CannotShow) as refused:
        description_from_wire(wire(**lie))
    assert refused.value.reason == reason
    assert time.monotonic() - began < 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(wire())), ANYTHING)
def test_whatever_a_child_answers_is_a_description_or_a_reason(name: str, value: Any) -> None:
    try:
        told = description_from_wire(wire(**{name: value}))
    except CannotShow:
        return
    assert told.rows * told.columns <= 1 << 30


@given(st.dictionaries(st.text(max_size=8), ANYTHING, max_size=4))
def test_an_answer_of_another_shape_is_no_description(answer: dict[str, Any]) -> None:
    with pytest.raises(CannotShow):
        description_from_wire(answer)
