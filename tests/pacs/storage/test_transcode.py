"""Transcoding: what others decode of our codestreams is what was there, and what we decode is what others do."""

from __future__ import annotations

import csv
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames

from pacs.storage import transcode
from pacs.storage.transcode_decode import decode_frame
from pacs.storage.transcode_encode import CODERS
from pacs.storage.transcode_image import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    HTJ2K_LOSSLESS,
    IMPLICIT_LITTLE,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LS,
    NATIVE,
    RLE,
    CannotTranscode,
    Image,
)
from tests import builders

LOSSY_JPEG = (JPEG_BASELINE, JPEG_EXTENDED)  # their decoders may differ by a grey
LOSSLESS = [syntax for syntax, coder in CODERS.items() if not coder.lossy_method]
RAMP = np.arange(32 * 24)


def kinds() -> dict[str, bytes]:
    """Images of every kind of number that an encoder takes."""
    grey, rows = RAMP.reshape(32, 24), dict[str, Any]({"BitsStored": 12, "HighBit": 11})
    signed = (grey - 300).astype("<i2")
    return {
        "8 bits": builders.image((grey % 256).astype("u1")),
        "12 of 16": builders.image((grey * 5 % 4096).astype("<u2"), **rows),
        "12 of 16, signed": builders.image(signed, PixelRepresentation=1, **rows),
        "16 bits": builders.image((grey * 85).astype("<u2")),
        "16 bits, signed": builders.image((grey * 85 - 30000).astype("<i2"), PixelRepresentation=1),
        "RGB": builders.colour(32, 24),
        "RGB in planes": builders.colour(32, 24, PlanarConfiguration=1),
        "YBR": builders.colour(32, 24, PhotometricInterpretation="YBR_FULL"),
        "palette": builders.image((grey % 200).astype("u1"), PhotometricInterpretation="PALETTE COLOR"),
    }


def transcoded(file: bytes, target: str, folder: Path) -> pydicom.Dataset:
    """The file in the target syntax, put together as the door does, and read by pydicom."""
    path = folder / "file.dcm"
    path.write_bytes(file)
    source = pydicom.dcmread(BytesIO(file))
    offset = builders.find_tag(file, 0x7FE00010)
    frames = frames_of(source)
    told = transcode.rewrite_header(str(path), offset, target, frames[0])
    rest = [transcode.recode_frame(told["image"], frame, target) for frame in frames[1:]]
    pixels = b"".join([told["first"], *rest]) if target in NATIVE else encapsulate([told["first"], *rest])
    vr, length = (b"OW", len(pixels)) if target in NATIVE else (b"OB", 0xFFFFFFFF)
    end = b"" if target in NATIVE else b"\xfe\xff\xdd\xe0\0\0\0\0"
    whole = told["meta"] + told["data_set"] + builders.element(0x7FE00010, vr, pixels, length) + end
    return pydicom.dcmread(BytesIO(whole))


def frames_of(dataset: pydicom.Dataset) -> list[bytes]:
    count = int(dataset.get("NumberOfFrames", 1))
    if dataset.file_meta.TransferSyntaxUID in NATIVE:
        size = len(dataset.PixelData) // count
        return [dataset.PixelData[n * size : (n + 1) * size] for n in range(count)]
    return list(generate_frames(dataset.PixelData, number_of_frames=count))


def values_of(dataset: pydicom.Dataset) -> np.ndarray[Any, Any]:
    """Its frames by our decoder, which the corpus below holds against those of others."""
    return np.stack([decode_frame(image_of(dataset), frame).values for frame in frames_of(dataset)])


def image_of(dataset: pydicom.Dataset) -> Image:
    allocated = int(dataset.BitsAllocated)
    return Image(
        syntax=str(dataset.file_meta.TransferSyntaxUID),
        rows=dataset.Rows,
        columns=dataset.Columns,
        samples=dataset.SamplesPerPixel,
        bits_allocated=allocated,
        bits_stored=dataset.BitsStored,
        high_bit=dataset.HighBit,
        is_signed=dataset.PixelRepresentation == 1,
        photometric=dataset.PhotometricInterpretation,
        planar=int(dataset.get("PlanarConfiguration", 0)),
        frames=int(dataset.get("NumberOfFrames", 1)),
        is_float=False,
        word_bytes=1,
    )


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("target", LOSSLESS)
def test_lossless_is_lossless_there_and_back(kind: str, target: str, tmp_path: Path) -> None:
    file = kinds()[kind]
    before = pydicom.dcmread(BytesIO(file))
    there = transcoded(file, target, tmp_path)
    assert there.file_meta.TransferSyntaxUID == target
    assert np.array_equal(values_of(there), values_of(before))
    if target not in CODERS or str(target) in (RLE, JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS):
        theirs = there.pixel_array if there.SamplesPerPixel == 1 else None  # a decoder that is not ours
        assert theirs is None or np.array_equal(theirs, before.pixel_array)
    there.PixelData = encapsulate(frames_of(there))
    there["PixelData"].is_undefined_length = True
    buffer = BytesIO()
    there.save_as(buffer)
    back = transcoded(buffer.getvalue(), EXPLICIT_LITTLE, tmp_path)
    assert np.array_equal(values_of(back), values_of(before))
    assert back.PhotometricInterpretation == before.PhotometricInterpretation
    assert back.get("LossyImageCompression") is None


@pytest.mark.parametrize("target", [JPEG_BASELINE, JPEG_EXTENDED])
def test_what_is_lossy_says_so_and_is_close(target: str, tmp_path: Path) -> None:
    smooth = (np.add.outer(np.arange(32), np.arange(24)) * 4).astype("u1")
    there = transcoded(builders.image(smooth), target, tmp_path)
    assert there.LossyImageCompression == "01"
    assert there.LossyImageCompressionMethod == "ISO_10918_1"
    assert float(there.LossyImageCompressionRatio) > 1
    assert np.abs(values_of(there)[0].astype(int) - smooth).max() <= 4
    colours = transcoded(builders.colour(32, 24), JPEG_BASELINE, tmp_path)
    assert colours.PhotometricInterpretation == "YBR_FULL"


@pytest.mark.parametrize(
    ("file", "target"),
    [
        (builders.ct_slice(), JPEG_BASELINE),
        (builders.image(RAMP.reshape(32, 24).astype("<u2")), JPEG_EXTENDED),
        (builders.image(RAMP.reshape(32, 24).astype("<u4")), JPEG_LS),
        (builders.image(np.zeros((4, 4), "<u2"), BitsStored=12, HighBit=15), JPEG_2000_LOSSLESS),
        (builders.ct_slice(), "1.2.840.10008.1.2.4.81"),
        (builders.ct_slice(), "1.2.3"),
    ],
)
def test_what_a_syntax_cannot_hold_is_refused(file: bytes, target: str, tmp_path: Path) -> None:
    with pytest.raises(CannotTranscode) as refused:
        transcoded(file, target, tmp_path)
    assert refused.value.reason == "not_encodable"


def test_a_codestream_of_another_size_is_not_decoded() -> None:
    dataset = pydicom.dcmread(BytesIO(builders.ct_slice(rows=16, columns=16)))
    small = image_of(dataset)
    for target in (JPEG_2000_LOSSLESS, JPEG_LS, "1.2.840.10008.1.2.4.70"):
        stream = transcode.recode_frame(vars(small), dataset.PixelData, target)
        larger = Image(**{**vars(small), "rows": 17, "syntax": target})
        with pytest.raises(CannotTranscode):
            decode_frame(larger, stream)
        with pytest.raises(CannotTranscode):
            decode_frame(Image(**{**vars(small), "syntax": target}), stream[: len(stream) // 2])


@pytest.mark.parametrize("source", [IMPLICIT_LITTLE, EXPLICIT_BIG, EXPLICIT_LITTLE])
@pytest.mark.parametrize("target", [IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED])
def test_a_header_says_the_same_in_every_encoding(source: str, target: str, tmp_path: Path) -> None:
    inner = pydicom.Dataset()
    inner.LUTDescriptor = [3, 0, 16]
    words = np.array([1, 256, 513], ">u2" if source == EXPLICIT_BIG else "<u2").tobytes()
    inner.add_new("LUTData", "OW", words)
    file = builders.ct_slice(transfer_syntax=source, ModalityLUTSequence=[inner], WindowCenter=[40, 50.5])
    path = tmp_path / "file.dcm"
    path.write_bytes(file)
    offset = file.find(b"\x7f\xe0\0\x10" if source == EXPLICIT_BIG else b"\xe0\x7f\x10\0")
    told = transcode.rewrite_header(str(path), offset, target, b"")
    read_as = told["meta"].replace(b"1.2.1.99", b"1.2.1\0\0\0") if target == DEFLATED else told["meta"]
    whole = pydicom.dcmread(BytesIO(read_as + told["data_set"]))  # deflated it becomes on its way out
    before = pydicom.dcmread(BytesIO(file), stop_before_pixels=True)
    for keyword in ("PatientName", "WindowCenter", "Rows", "PixelSpacing", "SOPInstanceUID"):
        assert whole[keyword].value == before[keyword].value, keyword
    lut = whole.ModalityLUTSequence[0]["LUTData"].value
    assert list(np.frombuffer(lut, "<u2") if isinstance(lut, bytes) else lut) == [1, 256, 513]
    assert told["image"]["word_bytes"] == (2 if source == EXPLICIT_BIG else 1)


def corpus(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "MANIFEST.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_compressed_file_of_the_corpus_decodes_as_others_decode_it(shared_data: Path) -> None:
    checked, wrong = 0, []
    for row in corpus(shared_data):
        if not row["decode"].startswith("agree:") or row["decode"] == "agree:" or not row["px_sha256"]:
            continue
        dataset = pydicom.dcmread(shared_data / row["path"], force=True)
        syntax = dataset.file_meta.TransferSyntaxUID
        if syntax in {*NATIVE, *LOSSY_JPEG} or dataset.BitsAllocated % 8:
            continue
        checked += 1
        try:
            found = hashlib.sha256(values_of(dataset).tobytes()).hexdigest()
        except CannotTranscode as refused:
            found = refused.reason
        if found != row["px_sha256"]:
            wrong.append(f"{row['path']}: {found[:20]}")
    assert checked > 40
    assert not wrong, "\n".join(wrong)
