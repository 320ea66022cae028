"""One codestream a frame that serves every level: exact at its end, and at each cut what the whole gives there."""

from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from django.conf import settings
from PIL import Image
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian, JPEGBaseline8Bit

from pacs.catalog.models import Instance
from pacs.sandbox import pool
from pacs.storage.file_store import FileStore
from pacs.storage.keys import BlobKey
from tests import builders
from tests.viewer.kept import keep
from tests.viewer.streams import Array, decoded, opened, shown_by_client, stream_of
from viewer.imaging.errors import NoStream
from viewer.imaging.markers import jpeg_facts
from viewer.rendering import kept_streams, streams
from viewer.rendering.derive import Derived, derive
from viewer.rendering.descriptions import described
from viewer.rendering.frame_values import frame_at_hand
from viewer.rendering.kept_streams import decode_kept
from viewer.rendering.stored_frame import FrameAddress, address_frame
from viewer.rendering.streams import level_at_hand, level_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cold")]


def test_a_real_ct_is_exact_at_its_last_level_and_the_same_at_every_cut(shared_data: Path) -> None:
    from pydicom import dcmread

    path = sorted((shared_data / "ct-head-philips" / "S2020").iterdir())[70]
    truth = dcmread(path).pixel_array
    (instance,) = keep(path.read_bytes())
    told, payloads = stream_of(instance)
    levels = told["levels"]
    assert [(one["columns"], one["rows"]) for one in levels] == [(64, 64), (128, 128), (256, 256), (512, 512)]
    assert [len(payload) for payload in payloads] == [one["bytes"] for one in levels]
    for count in range(1, len(payloads) + 1):
        cut = decoded(payloads[:count], len(payloads))
        whole = decoded(payloads, len(payloads) + len(payloads) - count)
        assert cut.shape == (levels[count - 1]["rows"], levels[count - 1]["columns"])
        assert np.array_equal(cut, whole)
    assert np.array_equal(decoded(payloads, len(payloads)), truth)
    assert len(payloads[0]) < 0.05 * sum(map(len, payloads))


def test_the_header_says_what_turns_stored_values_into_greys() -> None:
    (instance,) = keep(builders.ct_slice(WindowCenter=[40, 300], WindowWidth=[400, 1500], PixelPaddingValue=0,
                                         WindowCenterWidthExplanation=["SOFT", "BONE"]))  # fmt: skip
    told, payloads = stream_of(instance)
    sizes = told.pop("levels")
    assert sizes == [{"columns": 16, "rows": 16, "bytes": len(payloads[0])}]
    assert told == {
        "codec": "htj2k",
        "rows": 16,
        "columns": 16,
        "samples": 1,
        "signed": False,
        "bits": 12,
        "number": "int16",
        "modality": {"slope": 1, "intercept": -1024, "real": "float64"},
        "padding": [0, 0],
        "inverse": False,
        "look": {"window": {"center": 40, "width": 400, "function": "LINEAR"}},
        "windows": [
            {"center": 40, "width": 400, "function": "LINEAR", "name": "SOFT"},
            {"center": 300, "width": 1500, "function": "LINEAR", "name": "BONE"},
        ],
        "luts": [],
        "overlay": None,
    }


def test_only_the_first_level_says_what_the_stream_is() -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    address = address_frame(instance, 0)
    first, second = (opened(level_bytes(address, level)) for level in (0, 1))
    named = {"instance": instance.sop_instance_uid, "frame": 1}
    assert {**named, "level": 0}.items() <= first.header.items()
    assert second.header == {**named, "level": 1, "crc32": second.header["crc32"]}


def test_a_level_is_at_hand_once_the_stream_was_made() -> None:
    (instance,) = keep(builders.ct_slice())
    address = address_frame(instance, 0)
    assert level_at_hand(address, 0) is None
    made = level_bytes(address, 0)
    assert level_at_hand(address, 0) == made
    kept_streams.forget()  # from the disk alone, as after a restart
    assert level_at_hand(address, 0) == made


def test_floats_have_no_stream() -> None:
    pixels = np.ones((4, 4), "<f4").tobytes()
    file = builders.part10(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.30", Rows=4, Columns=4, SamplesPerPixel=1, BitsAllocated=32,
        PhotometricInterpretation="MONOCHROME2", NumberOfFrames=1, FloatPixelData=pixels,
    )  # fmt: skip
    (instance,) = keep(file)
    with pytest.raises(NoStream) as refused:
        level_bytes(address_frame(instance, 0), 0)
    assert refused.value.reason == "float"


@pytest.mark.parametrize(
    ("stored", "attributes", "number"),
    [
        (np.array([[0, 65535], [32768, 1]], "<u2"), {}, "uint16"),
        (np.array([[0, 32767], [5, 1]], "<u2"), {"BitsStored": 15, "HighBit": 14}, "int16"),
        (np.array([[-32768, 32767], [0, -1]], "<i2").view("<u2"), {"PixelRepresentation": 1}, "int16"),
        (np.array([[0, 255], [128, 1]], "u1"), {}, "int16"),
    ],
)
@pytest.mark.parametrize("syntax", [builders.LITTLE_ENDIAN, ExplicitVRBigEndian])
def test_numbers_of_every_kind_come_back(
    stored: Array, attributes: dict[str, Any], number: str, syntax: str
) -> None:
    stored = np.kron(stored, np.ones((40, 40), stored.dtype))
    (instance,) = keep(builders.image(stored, syntax, **attributes))
    told, payloads = stream_of(instance)
    truth = stored.view("<i2") if told["signed"] else stored
    assert told["number"] == number
    assert np.array_equal(decoded(payloads, len(payloads)), truth)


def test_a_bit_a_pixel_comes_back_frame_by_frame() -> None:
    masks = np.random.default_rng(3).random((3, 9, 9)) < 0.5  # frames that begin within a byte
    pixels = np.packbits(masks.reshape(-1), bitorder="little").tobytes()
    file = builders.image(
        masks.astype("u1"), NumberOfFrames=3, BitsAllocated=1, BitsStored=1, HighBit=0,
        PixelData=pixels + b"\0" * (len(pixels) % 2),
    )  # fmt: skip
    (instance,) = keep(file)
    for index in range(3):
        told, payloads = stream_of(instance, index)
        assert (told["bits"], told["look"]["window"]["width"]) == (1, 2)
        assert np.array_equal(decoded(payloads, len(payloads)), masks[index])


def test_each_frame_of_an_enhanced_object_tells_its_own_rescale_and_window() -> None:
    def group(slope: float, center: float) -> Dataset:
        item, voi, transformation = Dataset(), Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth = center, 20
        transformation.RescaleSlope, transformation.RescaleIntercept = slope, 0
        item.FrameVOILUTSequence, item.PixelValueTransformationSequence = [voi], [transformation]
        return item

    groups = [group(slope, center) for slope, center in ((1, 10), (0.5, 20), (2, 30))]
    (instance,) = keep(builders.multiframe(3, PerFrameFunctionalGroupsSequence=groups))
    told = [stream_of(instance, index)[0] for index in range(3)]
    assert [one["look"]["window"]["center"] for one in told] == [10, 20, 30]
    assert [len(one["windows"]) for one in told] == [1, 1, 1]
    assert [one["modality"] for one in told] == [
        None,
        {"slope": 0.5, "intercept": 0, "real": "float32"},
        {"slope": 2, "intercept": 0, "real": "float64"},
    ]


def test_an_overlay_in_the_unused_bits_is_told_beside_the_stored_ones() -> None:
    """Retired, PS3.5 8.1.2: the numbers are sent without it."""
    words = np.arange(64, dtype="<u2").reshape(8, 8)
    stored = words.copy()
    words[2, 3] |= 1 << 12
    file = builders.image(words, BitsStored=12, HighBit=11)
    group = b"".join(
        builders.element(0x60000000 | element, b"US", value.to_bytes(2, "little"))
        for element, value in ((0x10, 8), (0x11, 8), (0x100, 16), (0x102, 12))
    )
    at = builders.find_tag(file, 0x7FE00010)
    (instance,) = keep(file[:at] + group + file[at:])
    told, payloads = stream_of(instance)
    numbers = decoded(payloads, len(payloads))
    assert np.array_equal(numbers, stored)
    drawn = {**told, "look": {"window": {"center": 1e4, "width": 1, "function": "LINEAR"}}}
    assert np.argwhere(shown_by_client(drawn, numbers)).tolist() == [[2, 3]]


def test_colours_are_sent_as_they_are_shown() -> None:
    red = np.zeros((70, 70, 3), "u1")
    red[..., 0], red[..., 1], red[..., 2] = 76, 85, 255  # YBR_FULL of pure red (PS3.3 C.7.6.3.1.2)
    (instance,) = keep(
        builders.image(red, SamplesPerPixel=3, PlanarConfiguration=0, PhotometricInterpretation="YBR_FULL")
    )
    told, payloads = stream_of(instance)
    assert (told["samples"], told["bits"], told["look"], told["modality"]) == (3, 8, None, None)
    assert np.abs(decoded(payloads, len(payloads)).astype(int) - (255, 0, 0)).max() <= 1


def test_p22_one_frame_of_many_is_one_read_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.multiframe(50))
    described(address_frame(instance, 0).source)  # its header was read before
    reads: list[int] = []
    read = FileStore.read_range

    def counted(store: FileStore, key: BlobKey, offset: int, length: int) -> bytes:
        reads.append(length)
        return read(store, key, offset, length)

    monkeypatch.setattr(FileStore, "read_range", counted)
    assert np.unique(decoded(stream_of(instance, 41)[1], 1)).tolist() == [42]
    assert reads == [8 * 8 * 2]


def jpeg(colours: Array, **options: Any) -> bytes:
    data = bytes(imagecodecs.jpeg8_encode(colours, level=95, **options))
    secret = b"Patient: Jane Doe"
    told = b"\xff\xfe" + (len(secret) + 2).to_bytes(2, "big") + secret
    exif = b"\xff\xe1" + (len(secret) + 8).to_bytes(2, "big") + b"Exif\0\0" + secret
    return data[:2] + told + exif + data[2:]


def kept_jpeg(data: bytes, size: int, **attributes: Any) -> Instance:
    eight = {"Rows": size, "Columns": size, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    (instance,) = keep(builders.encapsulated([data], JPEGBaseline8Bit, **{**eight, **attributes}))
    return instance


def test_p16_a_lossy_jpeg_is_sent_as_it_came_without_what_stands_beside_its_picture() -> None:
    flat = np.full((64, 64, 3), (220, 30, 60), np.uint8)
    colours = {"SamplesPerPixel": 3, "PlanarConfiguration": 0, "PhotometricInterpretation": "YBR_FULL_422"}
    instance = kept_jpeg(jpeg(flat, subsampling="422"), 64, **colours)
    told, payloads = stream_of(instance)
    assert (told["codec"], told["samples"], told["number"]) == ("jpeg", 3, "uint8")
    assert told["levels"] == [{"columns": 64, "rows": 64, "bytes": len(payloads[0])}]
    assert b"Jane" not in payloads[0]
    assert b"Exif" not in payloads[0]
    shown = np.asarray(Image.open(io.BytesIO(payloads[0])))
    assert np.abs(shown.astype(int) - flat).max() <= 3


def test_the_jpeg_says_what_its_components_are_where_a_browser_would_guess_wrong() -> None:
    flat = np.full((64, 64, 3), (220, 30, 60), np.uint8)
    as_rgb = jpeg(flat, colorspace="RGB", outcolorspace="RGB", subsampling="444")
    facts = jpeg_facts(as_rgb)
    assert facts is not None
    adobe = as_rgb.find(b"\xff\xee")
    silent = as_rgb[:adobe] + as_rgb[adobe + 16 :] if adobe >= 0 else as_rgb
    silent = silent.replace(
        b"R\x11\0G\x11\0B\x11\0", b"\1\x11\0\2\x11\0\3\x11\0"
    )  # ids that mean YCbCr to browsers
    silent = silent.replace(b"\x03R\0G\0B\0", b"\x03\1\0\2\0\3\0")
    colours = {"SamplesPerPixel": 3, "PlanarConfiguration": 0, "PhotometricInterpretation": "RGB"}
    told, payloads = stream_of(kept_jpeg(silent, 64, **colours))
    assert told["codec"] == "jpeg"
    shown = np.asarray(Image.open(io.BytesIO(payloads[0])))
    assert np.abs(shown.astype(int) - flat).max() <= 3


def test_a_grey_jpeg_is_windowed_by_the_client_as_any_grey() -> None:
    grey = np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))
    told, payloads = stream_of(kept_jpeg(jpeg(grey), 64, WindowCenter=100, WindowWidth=50))
    assert (told["codec"], told["samples"], told["bits"]) == ("jpeg", 1, 8)
    assert told["look"] == {"window": {"center": 100, "width": 50, "function": "LINEAR"}}
    assert np.asarray(Image.open(io.BytesIO(payloads[0]))).shape == (64, 64)


def test_p8_requests_read_our_own_stream_and_ask_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = np.random.default_rng(5).integers(0, 4096, (70, 70)).astype("<u2")
    data = bytes(imagecodecs.jpeg2k_encode(stored, level=0, codecformat="j2k", reversible=True))
    size: dict[str, Any] = {"Rows": 70, "Columns": 70, "BitsStored": 12, "HighBit": 11}
    (instance,) = keep(builders.encapsulated([data], **size))
    address = address_frame(instance, 0)
    assert frame_at_hand(address) is None
    level_bytes(address, 0)
    monkeypatch.setattr(pool, "run", None)
    frame = frame_at_hand(address)
    assert frame is not None
    assert np.array_equal(frame.level(0).values, stored)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_damaged_stream_is_dropped_and_made_again_and_never_given(place: int) -> None:
    (instance,) = keep(builders.ct_slice(128, 128))
    address = address_frame(instance, 0)
    truth = [level_bytes(address, level) for level in (0, 1)]
    kept = next(path for path in (Path(settings.DERIVED_ROOT) / "stream").rglob("*") if path.is_file())
    damaged = bytearray(kept.read_bytes())
    damaged[place] ^= 1
    kept.write_bytes(damaged)
    kept_streams.forget()
    assert decode_kept(address) is None
    assert not kept.exists()
    assert level_at_hand(address, 0) is None
    assert [level_bytes(address, level) for level in (0, 1)] == truth


def test_p21_all_who_want_a_stream_wait_for_one_making_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.ct_slice(512, 512))
    address = address_frame(instance, 0)
    made: list[FrameAddress] = []

    def counted(address: FrameAddress) -> Derived:
        made.append(address)
        time.sleep(0.1)
        return derive(address)

    described(address.source)
    monkeypatch.setattr(streams, "derive", counted)
    with ThreadPoolExecutor(4) as threads:
        given = set(threads.map(lambda level: level_bytes(address, level), [0] * 4))
    assert (len(made), len(given)) == (1, 1)


def test_a_frame_that_would_fill_the_memory_has_no_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    grey, colours = keep(builders.ct_slice(20, 20), builders.colour(20, 20))
    monkeypatch.setattr("viewer.rendering.derive.MOST_SAMPLES", 400)
    assert stream_of(grey)[0]["rows"] == 20
    with pytest.raises(NoStream) as refused:
        level_bytes(address_frame(colours, 0), 0)
    assert refused.value.reason == "large"
