"""Every way in which de-identified copies leave: nothing planted is in any of them (promise P19)."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from django.core.management import CommandError, call_command
from pydicom import Dataset
from pydicom.uid import ComputedRadiographyImageStorage, RLELossless, UltrasoundImageStorage

from pacs.access.models import AuditEvent
from pacs.catalog.kept_objects import kept_object
from pacs.deidentify.choices import Choices
from pacs.media.deidentified import CannotCopy, Edit, Wishes, copy_of, judged, key_of, project_id, unseen
from pacs.media.deidentified_set import members_of_copies
from pacs.media.zip_stream import zip_pieces
from tests import builders
from tests.pacs.deidentify.planted import KEY, MAC_UID, PLANTED, planted_file, planted_report
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
STUDY = MAC_UID + ".1"


def found_in(data: bytes) -> set[str]:
    return {name for name, word in PLANTED.items() if word.casefold().encode() in data.lower()}


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def exported(
    *files: bytes, seen: bool = True, edits: Any = None, choices: Choices | None = None
) -> dict[str, bytes]:
    """The files of a zip of copies of these."""
    found = list(judged([kept_object(instance) for instance in keep(*files)]))
    uids = frozenset(one.one.sop_instance_uid for one in found) if seen else frozenset[str]()
    wishes = Wishes(choices or Choices(), KEY, uids, edits(found) if edits else {})
    return unzipped(b"".join(zip_pieces(members_of_copies(found, wishes))))


def images_of(files: dict[str, bytes]) -> list[Dataset]:
    return [pydicom.dcmread(BytesIO(data)) for name, data in files.items() if name.startswith("DICOM/")]


def ultrasound(frames: int = 1, transfer_syntax: str = builders.LITTLE_ENDIAN, **attributes: Any) -> bytes:
    """As colour, of an ultrasound machine: what is written at its top is white."""
    stored = np.full((frames, 16, 24, 3), 7, "u1")
    stored[:, :4] = 255
    return builders.part10(
        transfer_syntax,
        **{
            "SOPClassUID": UltrasoundImageStorage,
            "Modality": "US",
            "Rows": 16,
            "Columns": 24,
            "SamplesPerPixel": 3,
            "PhotometricInterpretation": "RGB",
            "PlanarConfiguration": 0,
            "BitsAllocated": 8,
            "BitsStored": 8,
            "HighBit": 7,
            "PixelRepresentation": 0,
            "NumberOfFrames": frames if frames > 1 else None,
            "PixelData": stored.tobytes(),
            **attributes,
        },
    )


def test_a_zip_of_copies_holds_nothing_planted_and_names_no_original() -> None:
    files = exported(planted_file(), planted_report())
    assert found_in(b"".join(files.values())) == set()
    assert found_in("".join(files).encode()) == set()
    assert next(iter(files)) == "README.TXT"
    lines = [line.split("  ") for line in files["SHA256SUMS"].decode().splitlines()]
    assert {name: digest for digest, name in lines} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name.startswith("DICOM/")
    }


def test_its_directory_tells_of_the_copies() -> None:
    files = exported(planted_file())
    records = pydicom.dcmread(BytesIO(files["DICOMDIR"])).DirectoryRecordSequence
    (image,) = images_of(files)
    told = next(one for one in records if "ReferencedSOPInstanceUIDInFile" in one)
    assert told.ReferencedSOPInstanceUIDInFile == image.SOPInstanceUID
    patient = next(one for one in records if one.DirectoryRecordType == "PATIENT")
    assert patient.PatientID == image.PatientID


def test_nothing_leaves_at_which_nobody_has_looked() -> None:
    found = list(judged([kept_object(instance) for instance in keep(ultrasound(), builders.ct_slice())]))
    wishes = Wishes(Choices(), KEY)
    assert [one.reasons for one in unseen(found, wishes)] == [("ultrasound",)]
    with pytest.raises(CannotCopy) as refused:
        copy_of(found[0], wishes)
    assert refused.value.fields["reason"] == "not_looked_at"
    files = unzipped(b"".join(zip_pieces(members_of_copies(found, wishes))))
    assert len(images_of(files)) == 1
    assert b"nobody has looked" in files["LEFTOUT.TXT"]


def test_what_no_profile_covers_is_left_out_and_counted() -> None:
    pdf = builders.part10(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1",
        Modality="DOC",
        EncapsulatedDocument=b"%PDF Wilhelmsdottir ",
        MIMETypeOfEncapsulatedDocument="application/pdf",
    )
    files = exported(pdf, builders.ct_slice())
    assert files["LEFTOUT.TXT"].startswith(b"1 documents")
    assert found_in(b"".join(files.values())) == set()
    assert len(images_of(files)) == 1


def black_out(*regions: tuple[int, int, int, int], frames: frozenset[int] | None = None) -> Any:
    edit = Edit(regions, frames)
    return lambda found: {one.one.sop_instance_uid: (edit,) for one in found}


def test_a_region_is_black_in_the_stored_values_and_the_rest_is_as_it_was() -> None:
    original = ultrasound()
    (image,) = images_of(exported(original, edits=black_out((0, 0, 24, 4))))
    pixels = image.pixel_array
    assert (pixels[:4] == 0).all()
    assert (pixels[4:] == 7).all()
    assert image.file_meta.TransferSyntaxUID == builders.LITTLE_ENDIAN
    assert (image.BurnedInAnnotation, image.ImageType[0]) == ("NO", "DERIVED")
    assert "113101" in [one.CodeValue for one in image.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize("syntax", builders.NATIVE_SYNTAXES[:2])
def test_only_given_frames_are_blacked_out(syntax: str) -> None:
    original = ultrasound(frames=3, transfer_syntax=syntax)
    (image,) = images_of(exported(original, edits=black_out((2, 1, 3, 2), frames=frozenset({1}))))
    first, second, third = image.pixel_array
    assert (first == third).all()
    assert (second[1:3, 2:5] == 0).all()
    assert second.sum() < first.sum()


def test_compressed_frames_are_decoded_and_written_without_loss() -> None:
    frames = [np.full((16, 24), value, "u1") for value in (40, 90)]
    coded = [bytes(imagecodecs.jpeg8_encode(frame, 95)) for frame in frames]
    decoded = [imagecodecs.jpeg8_decode(one) for one in coded]
    original = builders.encapsulated(
        coded,
        "1.2.840.10008.1.2.4.50",
        SOPClassUID=UltrasoundImageStorage,
        Modality="US",
        Rows=16,
        Columns=24,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
    )
    (image,) = images_of(exported(original, edits=black_out((0, 0, 5, 5))))
    assert image.file_meta.TransferSyntaxUID == RLELossless
    for shown, before in zip(image.pixel_array, decoded, strict=True):
        assert (shown[:5, :5] == 0).all()
        assert (shown[5:] == before[5:]).all()
        assert (shown[:5, 5:] == before[:5, 5:]).all()


def test_an_overlay_hidden_in_unused_bits_is_taken_out() -> None:
    stored = np.full((16, 16), 0x8123, "<u2")  # the highest bit is the overlay's
    original = builders.image(
        stored,
        SOPClassUID=ComputedRadiographyImageStorage,
        Modality="CR",
        BurnedInAnnotation="NO",
        BitsStored=12,
        HighBit=11,
    )
    dataset = pydicom.dcmread(BytesIO(original))
    for tag, value in ((0x60000010, 16), (0x60000011, 16), (0x60000100, 16), (0x60000102, 15)):
        dataset.add_new(tag, "US", value)
    (image,) = images_of(exported(builders.write(dataset), seen=False))
    assert set(np.frombuffer(image.PixelData, "<u2")) == {0x123}


def test_a_project_has_one_key_and_no_project_a_new_one() -> None:
    assert key_of(project_id("Liver study")) == key_of(project_id(" liver  STUDY "))
    assert key_of(project_id("a")) != key_of(project_id("b"))
    assert key_of(project_id("")) != key_of(project_id(""))


def test_the_command_writes_copies_once_somebody_has_looked(tmp_path: Path) -> None:
    keep(planted_file(), planted_report())
    target = tmp_path / "copies.zip"
    with pytest.raises(CommandError) as refused:
        call_command("export_dicom", STUDY, to=target, deidentify=True)
    assert refused.value.returncode == 2
    assert not target.exists()
    options = ["clean_descriptors", "retain_modified_dates"]
    call_command(
        "export_dicom", STUDY, to=target, deidentify=True, looked_at=True, option=options, stdout=StringIO()
    )
    files = unzipped(target.read_bytes())
    assert len(images_of(files)) == 2
    assert found_in(b"".join(files.values())) == set()
    event = AuditEvent.objects.filter(action="objects exported").latest("pk")
    assert event.details["deidentified"] is True
    with pytest.raises(CommandError):
        call_command("export_dicom", STUDY, to=target)
    with pytest.raises(CommandError):
        call_command("export_dicom", "9.9.9", to=tmp_path / "other.zip")


def test_the_command_writes_a_study_as_it_is(tmp_path: Path) -> None:
    original = planted_file()
    keep(original)
    target = tmp_path / "study.zip"
    call_command("export_dicom", STUDY, to=target, stdout=StringIO())
    assert original in unzipped(target.read_bytes()).values()
