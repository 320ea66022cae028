"""All sample studies: the same bytes each time, whole objects, and loaded as everything else is."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import replace

import pytest
from django.core.management import call_command
from pydicom.uid import UID

from pacs.catalog.models import Instance, Patient, Study
from pacs.ingest.models import QuarantinedObject
from pacs.samples.cast import SAMPLE_PATIENT_ID, SAMPLE_REFERRER_NAME
from pacs.samples.makers import made_by_processes
from pacs.samples.objects import SampleFile
from pacs.samples.pydicom_files import NAMES, pydicom_file
from pacs.samples.studies import BODY_SCANS, CHEST_VIEWS, ECHO, HEAD_SCANS, MAMMOGRAMS, Batch, all_batches
from tests.pacs.samples.reading import read

ONE_OF_EACH = (
    Batch(BODY_SCANS[0].file, range(40, 42)),
    Batch(BODY_SCANS[1].file, range(30, 31)),
    Batch(replace(CHEST_VIEWS[0], rows=500).file, range(1, 2)),
    Batch(ECHO.file, range(1, 2)),
    Batch(MAMMOGRAMS[3].file, range(1, 2)),
    *(Batch(scan.file, range(9, 10)) for scan in HEAD_SCANS),
)
PRESENT = """
    PatientName PatientID PatientBirthDate PatientSex StudyInstanceUID StudyDate StudyTime ReferringPhysicianName
    StudyID AccessionNumber Modality SeriesInstanceUID SeriesNumber Manufacturer InstanceNumber ImageType
    SOPClassUID SOPInstanceUID SpecificCharacterSet Rows Columns BitsAllocated BitsStored HighBit
    PixelRepresentation PhotometricInterpretation SamplesPerPixel StudyDescription SeriesDescription BodyPartExamined
"""  # type 1 and 2 of the patient, study, series, equipment, image pixel and SOP common modules


def digests(files: list[SampleFile]) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.data).hexdigest() for file in files}


@pytest.fixture(scope="module")
def made() -> list[SampleFile]:
    """One object of each kind, made in processes of their own, as load_samples does."""
    return list(made_by_processes(ONE_OF_EACH, processes=2))


@pytest.mark.slow
def test_making_them_again_gives_the_same_bytes(made: list[SampleFile]) -> None:
    again = [file for batch in reversed(ONE_OF_EACH) for file in batch.files()]
    assert digests(again) == digests(made)


@pytest.mark.slow
def test_every_kind_of_object_has_what_its_kind_must_have(made: list[SampleFile]) -> None:
    for dataset in map(read, made):
        for keyword in PRESENT.split():
            assert keyword in dataset, (dataset.Modality, keyword)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID"):
            assert UID(dataset[keyword].value).is_valid
        assert dataset.StudyDate.startswith("2026")
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
        assert dataset.HighBit == dataset.BitsStored - 1


def test_names_in_several_scripts_are_read_as_they_were_meant() -> None:
    name = read(HEAD_SCANS[0].file(1)).PatientName
    assert (name.family_name, name.ideographic, name.phonetic) == ("Maboroshi", "幻^光", "まぼろし^ひかり")


@pytest.mark.filterwarnings("ignore:Expected explicit VR")  # one of them is so
def test_pydicoms_files_are_taken_unchanged_and_each_object_once() -> None:
    datasets = [read(pydicom_file(number)) for number in range(1, len(NAMES) + 1)]
    assert len({dataset.SOPInstanceUID for dataset in datasets}) == len(NAMES)


def load() -> str:
    out, errors = io.StringIO(), io.StringIO()
    call_command("load_samples", stdout=out, stderr=errors)
    assert errors.getvalue() == ""
    return out.getvalue().strip()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_are_loaded_without_a_refusal() -> None:
    started = time.monotonic()
    said = load()
    print(f"load_samples: {time.monotonic() - started:.1f} s")  # noqa: T201  # for whoever runs it with -s
    count = sum(len(batch.numbers) for batch in all_batches())
    assert said == f"Sample studies: {count} new objects, 0 known."
    assert Instance.objects.count() == count
    assert not QuarantinedObject.objects.exists()
    paula = Patient.objects.get(patient_id=SAMPLE_PATIENT_ID)
    modalities = [each.strip("\\") for each in paula.studies.values_list("modalities_in_study", flat=True)]
    assert sorted(modalities) == ["CT", "CT", "DX"]
    assert Study.objects.filter(referring_physician_name=SAMPLE_REFERRER_NAME).count() >= 3


@pytest.mark.django_db(transaction=True)
def test_loading_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [Batch(BODY_SCANS[0].file, range(1, 4)), Batch(pydicom_file, range(1, 6))]  # all take a minute
    monkeypatch.setattr("pacs.samples.management.commands.load_samples.all_batches", lambda: few)
    assert load() == "Sample studies: 8 new objects, 0 known."
    before = list(Instance.objects.order_by("pk").values())
    assert load() == "Sample studies: 0 new objects, 8 known."
    assert list(Instance.objects.order_by("pk").values()) == before
