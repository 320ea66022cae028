"""STOW-RS of metadata and bulkdata (PS3.18 10.5.1.4): an object is made of its parts, and is taken in as any other."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from asgiref.sync import sync_to_async
from pydicom.encaps import generate_frames

from pacs.catalog.models import Instance
from pacs.dicomweb.native_xml import to_native_xml
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from tests import builders
from tests.pacs.dicomweb.composing import PIXELS, coded, in_parts, without_pixel_description
from tests.pacs.dicomweb.stow_client import (
    STUDIES,
    Body,
    Bulk,
    composed,
    kept,
    module,
    staged,
    store,
)

pytestmark = pytest.mark.django_db(transaction=True)  # objects are taken in by threads
JPEG = "1.2.840.10008.1.2.4."
GREY = np.add.outer(np.arange(48), 2 * np.arange(64)).astype("u1")
COLOUR = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=-1)
# A stream of each kind, its media type, and the syntax it is kept in (Table 8.7.3-5).
STREAMS = {
    "JPEG baseline": (coded(imagecodecs.jpeg8_encode, GREY, level=90), "image/jpeg", f"{JPEG}50"),
    "JPEG lossless": (coded(imagecodecs.ljpeg_encode, GREY), "image/jpeg", f"{JPEG}57"),
    "JPEG-LS": (coded(imagecodecs.jpegls_encode, GREY), "image/jls", f"{JPEG}80"),
    "JPEG-LS near": (coded(imagecodecs.jpegls_encode, GREY, level=2), "image/jls", f"{JPEG}81"),
    "JPEG 2000": (
        coded(imagecodecs.jpeg2k_encode, GREY, level=0, codecformat="j2k"),
        "image/jp2",
        f"{JPEG}90",
    ),
    "JPEG 2000 lossy": (
        coded(imagecodecs.jpeg2k_encode, GREY, level=30, codecformat="j2k"),
        "image/jp2",
        f"{JPEG}91",
    ),
    "HTJ2K": (coded(imagecodecs.htj2k_encode, GREY), "image/jphc", f"{JPEG}201"),
}


@sync_to_async
def only_file() -> pydicom.Dataset:
    """The one file that is kept, read by the library."""
    instance = Instance.objects.get()
    with blob_store().open(BlobKey(instance.blob)) as file:
        return pydicom.dcmread(BytesIO(file.read()))


DECODERS = {
    f"{JPEG}57": imagecodecs.ljpeg_decode,
    f"{JPEG}80": imagecodecs.jpegls_decode,
    f"{JPEG}81": imagecodecs.jpegls_decode,
}


def values_of(made: pydicom.Dataset) -> np.ndarray[Any, Any]:
    """Its pixels, by a decoder that is not ours."""
    decode = DECODERS.get(made.file_meta.TransferSyntaxUID)
    if decode is None:
        return made.pixel_array
    count = int(made.get("NumberOfFrames", 1))
    frames = [decode(one) for one in generate_frames(made.PixelData, number_of_frames=count)]
    return np.asarray(frames if count > 1 else frames[0])


def grey_metadata(**attributes: Any) -> dict[str, Any]:
    metadata, _ = in_parts(builders.image(GREY, **attributes))
    return metadata


async def test_metadata_and_native_pixels_become_the_object_they_are() -> None:
    sent = builders.ct_slice(rows=20, columns=30, PatientName="Äther^Änne", RescaleSlope="0.1234567890123")
    metadata, pixels = in_parts(sent)
    told = module(await store(composed([metadata], pixels)), 200)
    made, before = await only_file(), pydicom.dcmread(BytesIO(sent))
    assert told.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == before.SOPInstanceUID
    assert made.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert made.to_json_dict() == before.to_json_dict()
    assert np.array_equal(made.pixel_array, before.pixel_array)
    assert staged() == []


async def test_objects_of_several_studies_share_a_request_and_a_part() -> None:
    """One part may be named by several objects, and is kept for each."""
    first, pixels = in_parts(builders.ct_slice())
    second, _ = in_parts(builders.ct_slice())
    report = pydicom.dcmread(BytesIO(builders.report())).to_json_dict()
    told = module(await store(composed([first, report, second], pixels)), 200)
    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [
        one["00080018"]["Value"][0] for one in (first, report, second)
    ]
    assert len(await kept()) == 3
    assert staged() == []


async def test_the_same_parts_again_are_a_success_and_one_row() -> None:
    body = composed([in_parts(builders.ct_slice())[0]], Bulk("pixels", bytes(512)))
    for _ in range(2):
        assert "FailedSOPSequence" not in module(await store(body), 200)
    assert len(await kept()) == 1


async def test_metadata_alone_need_no_envelope() -> None:
    report = pydicom.dcmread(BytesIO(builders.report())).to_json_dict()
    for told in (report, [report]):
        body = Body("application/dicom+json", json.dumps(told).encode())
        module(await store(body, chunk_bytes=7), 200)
    assert (await only_file()).ContentSequence[0].TextValue == "Normal."


@pytest.mark.parametrize("kind", STREAMS)
async def test_a_compressed_frame_is_kept_as_it_came_in_the_syntax_it_is_in(kind: str) -> None:
    stream, media_type, syntax = STREAMS[kind]
    module(await store(composed([grey_metadata()], Bulk("pixels", stream, media_type))), 200)
    made = await only_file()
    assert made.file_meta.TransferSyntaxUID == syntax
    (frame,) = generate_frames(made.PixelData, number_of_frames=1)
    assert frame.removesuffix(b"\0" * (len(stream) % 2)) == stream
    assert made.get("LossyImageCompression", "00") == ("01" if syntax[-2:] in ("50", "81", "91") else "00")


@pytest.mark.parametrize("kind", STREAMS)
async def test_what_the_sender_leaves_out_of_the_image_is_taken_from_its_stream(kind: str) -> None:
    stream, media_type, syntax = STREAMS[kind]
    metadata = without_pixel_description(grey_metadata())
    assert "00280010" not in metadata
    module(await store(composed([metadata], Bulk("pixels", stream, media_type))), 200)
    made = await only_file()
    assert (made.Rows, made.Columns, made.SamplesPerPixel) == (48, 64, 1)
    assert (made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation) == (8, 8, 7, 0)
    assert made.PhotometricInterpretation == "MONOCHROME2"
    off = np.abs(values_of(made).astype(int) - GREY).max()
    assert off <= (0 if syntax[-2:] in ("57", "80", "90", "01") else 40)


@pytest.mark.parametrize(
    ("stream", "media_type", "photometric"),
    [
        (coded(imagecodecs.jpeg8_encode, COLOUR, subsampling="444"), "image/jpeg", "YBR_FULL"),
        (coded(imagecodecs.jpeg8_encode, COLOUR, subsampling="422"), "image/jpeg", "YBR_FULL_422"),
        (coded(imagecodecs.jpeg2k_encode, COLOUR, level=0, codecformat="j2k", mct=False), "image/jp2", "RGB"),
        (coded(imagecodecs.jpeg2k_encode, COLOUR, level=0, codecformat="jp2"), "image/jp2", "YBR_RCT"),
        (coded(imagecodecs.jpegls_encode, COLOUR), "image/jls", "RGB"),
    ],
)
async def test_colours_are_told_as_the_stream_has_them(
    stream: bytes, media_type: str, photometric: str
) -> None:
    metadata = without_pixel_description(grey_metadata())
    module(await store(composed([metadata], Bulk("pixels", stream, media_type))), 200)
    made = await only_file()
    assert (made.PhotometricInterpretation, made.SamplesPerPixel, made.PlanarConfiguration) == (
        photometric,
        3,
        0,
    )


async def test_a_jp2_file_is_kept_without_its_boxes() -> None:
    """PS3.5 A.4.4: the codestream alone."""
    boxed = coded(imagecodecs.jpeg2k_encode, GREY, level=0, codecformat="jp2")
    module(await store(composed([grey_metadata()], Bulk("pixels", boxed, "image/jp2"))), 200)
    (frame,) = generate_frames((await only_file()).PixelData, number_of_frames=1)
    assert frame.startswith(b"\xff\x4f\xff\x51")
    assert frame.rstrip(b"\0") in boxed


@pytest.mark.parametrize(
    "locations",
    [
        ("pixels", "pixels", "pixels"),
        ("pixels/frames/1", "pixels/frames/2", "pixels/frames/3"),
        ("pixels/frames/3", "pixels/frames/1", "pixels/frames/2"),
    ],
)
async def test_compressed_frames_come_a_part_each(locations: tuple[str, ...]) -> None:
    """8.7.3.3.2: all under the address of the pixels, in their order, or each under its own."""
    frames = [coded(imagecodecs.jpegls_encode, GREY + n) for n in range(3)]
    in_order = [frames[int(one[-1]) - 1] if "/" in one else frames[n] for n, one in enumerate(locations)]
    parts = [Bulk(one, frame, "image/jls") for one, frame in zip(locations, in_order, strict=True)]
    module(await store(composed([grey_metadata(NumberOfFrames=3)], *parts)), 200)
    made = await only_file()
    assert np.array_equal(values_of(made), [GREY, GREY + 1, GREY + 2])


async def test_our_own_addresses_of_frames_are_understood() -> None:
    """Metadata name …/bulkdata/7FE00010, and frames are retrieved with …/frames/1 beside it."""
    instance = "http://127.0.0.1:8000/dicom-web/studies/1/series/2/instances/3"
    metadata = grey_metadata(NumberOfFrames=2)
    metadata[PIXELS] = {"vr": "OB", "BulkDataURI": f"{instance}/bulkdata/{PIXELS}"}
    stream = coded(imagecodecs.jpegls_encode, GREY)
    parts = [Bulk(f"{instance}/frames/{n}", stream, "image/jls") for n in (1, 2)]
    module(await store(composed([metadata], *parts)), 200)
    assert values_of(await only_file()).shape == (2, 48, 64)


async def test_addresses_may_be_relative_or_whole() -> None:
    metadata, pixels = in_parts(builders.ct_slice(), "../bulk/1")
    whole = Bulk("http://127.0.0.1:8000/dicom-web/bulk/1", pixels.content)
    module(await store(composed([metadata], whole)), 200)


async def test_a_stream_in_octets_says_its_syntax() -> None:
    stream = coded(imagecodecs.jpegls_encode, GREY)
    octets = Bulk("pixels", stream, f"application/octet-stream; transfer-syntax={JPEG}80")
    module(await store(composed([grey_metadata()], octets)), 200)
    assert np.array_equal(values_of(await only_file()), GREY)


async def test_a_video_is_one_part_of_many_frames() -> None:
    stream = b"\0\0\0\x18ftypmp42" + bytes(5001)
    syntax = f"{JPEG}102"
    part = Bulk("pixels", stream, f"video/mp4; transfer-syntax={syntax}")
    module(await store(composed([grey_metadata(NumberOfFrames=25)], part)), 200)
    made = await only_file()
    assert made.file_meta.TransferSyntaxUID == syntax
    assert stream in made.PixelData


async def test_a_document_comes_in_its_own_media_type() -> None:
    """10.5.1.4: by (0042,0012) MIME Type of Encapsulated Document."""
    pdf = b"%PDF-1.7 odd" + b"."
    metadata = pydicom.dcmread(
        BytesIO(
            builders.part10(
                SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1",
                Modality="DOC",
                MIMETypeOfEncapsulatedDocument="application/pdf",
            )
        )
    ).to_json_dict()
    metadata["00420011"] = {"vr": "OB", "BulkDataURI": "document"}
    module(await store(composed([metadata], Bulk("document", pdf, "application/pdf"))), 200)
    assert (await only_file()).EncapsulatedDocument == pdf + b"\0"


async def test_a_value_within_a_sequence_may_come_apart() -> None:
    samples = np.arange(1000, dtype="<i2").tobytes()
    group = {"5400100A": {"vr": "OW"}, "54001010": {"vr": "OW", "BulkDataURI": "ecg"}}
    metadata = pydicom.dcmread(
        BytesIO(builders.part10(SOPClassUID="1.2.840.10008.5.1.4.1.1.9.1.1", Modality="ECG"))
    ).to_json_dict()
    metadata["54000100"] = {"vr": "SQ", "Value": [group]}
    module(await store(composed([metadata], Bulk("ecg", samples))), 200)
    assert (await only_file()).WaveformSequence[0].WaveformData == samples


async def test_short_pixels_may_be_within_the_metadata() -> None:
    sent = builders.ct_slice(rows=4, columns=4)
    metadata = pydicom.dcmread(BytesIO(sent)).to_json_dict()
    assert "InlineBinary" in metadata[PIXELS]
    module(await store(composed([metadata])), 200)
    assert np.array_equal((await only_file()).pixel_array, pydicom.dcmread(BytesIO(sent)).pixel_array)


@pytest.mark.parametrize("chunk_bytes", [1, 100, 1 << 22])
async def test_however_the_body_is_cut_the_object_is_the_same(chunk_bytes: int) -> None:
    metadata, pixels = in_parts(builders.ct_slice(rows=8, columns=8))
    module(await store(composed([metadata], pixels), chunk_bytes=chunk_bytes), 200)
    assert (await only_file()).PixelData == pixels.content


async def test_only_objects_of_the_addressed_study_are_taken() -> None:
    uids = builders.fresh_uids()
    here, pixels = in_parts(builders.ct_slice(**uids))
    elsewhere, _ = in_parts(builders.ct_slice())
    told = module(
        await store(composed([here, elsewhere], pixels), f"{STUDIES}/{uids['StudyInstanceUID']}"), 202
    )
    assert [item.FailureReason for item in told.FailedSOPSequence] == [43265]
    assert len(await kept()) == 1


async def test_metadata_may_be_xml() -> None:
    """10.5.1.4: a document for each object, each before its bulkdata."""
    sent = [builders.ct_slice(PatientName="Äther^Änne"), builders.ct_slice()]
    parts = []
    for number, file in enumerate(sent):
        metadata, pixels = in_parts(file, f"pixels/{number}")
        document = Bulk("metadata", to_native_xml(metadata), "application/dicom+xml")
        parts += [document, pixels]
    written = b"".join(b"--b\r\n" + part.written() + b"\r\n" for part in parts) + b"--b--"
    body = Body('multipart/related; type="application/dicom+xml"; boundary=b', written)
    told = module(await store(body), 200)
    assert len(told.ReferencedSOPSequence) == 2
    made = await sync_to_async(files_kept)()
    assert sorted(str(one.to_json_dict()) for one in made) == sorted(
        str(pydicom.dcmread(BytesIO(one)).to_json_dict()) for one in sent
    )


def files_kept() -> list[pydicom.Dataset]:
    keys = list(blob_store().keys())
    return [pydicom.dcmread(blob_store().open(key)) for key in keys]
