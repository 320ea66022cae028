"""Copies without identities by the API: asked for, looked at, fetched (promise P19)."""

from __future__ import annotations

import asyncio
import zipfile
from io import BytesIO
from typing import Any

import pydicom
import pytest
from django.core import signing
from django.test import Client
from pydicom import Dataset

from pacs.access.models import AuditEvent
from pacs.api.deidentified import SALT
from tests import builders
from tests.pacs.deidentify.planted import MAC_UID, PLANTED, planted_file, planted_report
from tests.pacs.media.test_deidentified import ultrasound
from tests.people import alice, bearer, charlie, signed_in, tess
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
STUDY = MAC_UID + ".1"
ADDRESS = f"/api/studies/{STUDY}/deidentified"


def post(address: str = ADDRESS, who: Any = None, **wanted: Any) -> Any:
    return Client().post(address, wanted, content_type="application/json", headers=bearer(who or alice()))


def fetched(told: Any, who: Any = None) -> dict[str, bytes]:
    """The files of the zip."""
    answer: Any = Client().get(told.json()["download"], headers=bearer(who or alice()))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="deidentified.zip"'
    assert "no-store" in answer["Cache-Control"]
    assert STUDY not in str(answer.headers)

    async def gathered() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    with zipfile.ZipFile(BytesIO(asyncio.run(gathered()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def images_of(files: dict[str, bytes]) -> list[Dataset]:
    return [pydicom.dcmread(BytesIO(data)) for name, data in files.items() if name.startswith("DICOM/")]


def uids_to_look_at() -> list[str]:
    told = Client().get(ADDRESS, headers=bearer(alice())).json()
    return [image["uid"] for look in told["to_look_at"] for image in look["images"]]


def test_copies_hold_nothing_planted_and_the_export_is_written_down() -> None:
    keep(planted_file(), planted_report())
    told = post(seen=uids_to_look_at(), options=["clean_descriptors"])
    assert told.status_code == 201
    files = fetched(told)
    whole = b"".join(files.values()).lower()
    assert [name for name, word in PLANTED.items() if word.casefold().encode() in whole] == []
    assert len(images_of(files)) == 2
    event = AuditEvent.objects.get(action="objects exported")
    assert event.study_instance_uid == STUDY
    assert (event.details["deidentified"], event.details["options"]) == (True, "clean_descriptors")


def test_what_may_show_an_identity_is_named_with_why() -> None:
    keep(planted_file(), ultrasound(frames=2, **_same_study()), _pdf())
    told = Client().get(ADDRESS, headers=bearer(alice())).json()
    assert (told["objects"], told["left_out"]) == (3, {"document": 1})
    (look,) = told["to_look_at"]
    assert (look["modality"], look["reasons"]) == ("US", ["ultrasound"])
    assert look["images"][0]["frames"] == 2


def test_nothing_is_given_until_somebody_has_looked_at_all_of_it() -> None:
    keep(planted_file(), ultrasound(**_same_study()), ultrasound(**_same_study()))
    refused = post()
    assert (refused.status_code, refused.json()["error"]["fields"]["to_look_at"]) == (409, 2)
    one, other = uids_to_look_at()
    assert post(seen=[one]).status_code == 409
    assert post(seen=[one, other]).status_code == 201


def test_what_comes_after_the_look_makes_the_ticket_void() -> None:
    keep(planted_file())
    told = post()
    keep(ultrasound(**_same_study()))
    assert Client().get(told.json()["download"], headers=bearer(alice())).status_code == 409


def test_regions_are_black_in_the_images_of_a_series_that_have_that_size() -> None:
    series = builders.new_uid()
    keep(
        ultrasound(SeriesInstanceUID=series, **_same_study()),
        ultrasound(SeriesInstanceUID=series, Rows=8, Columns=48, **_same_study()),
    )
    edit = {"series": series, "rows": 16, "columns": 24, "regions": [[0, 0, 24, 4]]}
    images = images_of(fetched(post(seen=uids_to_look_at(), edits=[edit])))
    black, other = sorted(images, key=lambda image: -int(image.Rows))
    assert black.pixel_array[:4].max() == 0
    assert other.pixel_array.max() == 255


def test_a_project_lets_copies_of_two_days_fit_together() -> None:
    keep(planted_file())
    one, again = (images_of(fetched(post(project="Liver")))[0] for _ in range(2))
    alone = images_of(fetched(post()))[0]
    assert one.StudyInstanceUID == again.StudyInstanceUID != alone.StudyInstanceUID
    assert "Liver" not in post(project="Liver").json()["download"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"options": ["retain_everything"]},
        {"options": ["retain_full_dates", "retain_modified_dates"]},
        {"edits": [{"series": "1", "rows": 1, "columns": 1, "regions": [[0, 0, -1, 4]]}]},
        {"seen": ["../etc"]},
        {"project": "x" * 65},
    ],
)
def test_what_cannot_be_meant_is_refused(wanted: dict[str, Any]) -> None:
    keep(planted_file())
    assert post(**wanted).status_code == 400


def test_a_ticket_is_its_owners_alone_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(planted_file())
    address = post().json()["download"]
    assert Client().get(address, headers=bearer(tess())).status_code == 404
    assert Client().get(address).status_code == 401
    assert Client().get(address[:-2] + "xx", headers=bearer(alice())).status_code == 404
    monkeypatch.setattr("pacs.api.deidentified.TICKET_S", -1)
    assert Client().get(address, headers=bearer(alice())).status_code == 404


def test_a_ticket_opens_nothing_that_is_closed_by_then() -> None:
    keep(planted_file())
    stranger = charlie()
    told = {
        "study": STUDY,
        "for": f"person {stranger.pk}",
        "options": [],
        "project": "",
        "seen": "",
        "edits": [],
    }
    forged = signing.dumps(told, salt=SALT, compress=True)
    assert Client().get(f"/api/deidentified/{forged}", headers=bearer(stranger)).status_code == 404
    assert post(who=stranger).status_code == 404


def test_a_session_that_has_lain_open_is_asked_who_it_is() -> None:
    keep(planted_file())
    answer = signed_in(alice()).post(ADDRESS, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_fresh")


def _same_study() -> dict[str, Any]:
    patient = {
        "PatientName": "Wilhelmsdottir^Ásdís=Name^Γ",
        "PatientID": "PID-994317",
        "PatientBirthDate": "19871123",
    }
    return {**patient, "StudyInstanceUID": STUDY}


def _pdf() -> bytes:
    return builders.part10(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1",
        Modality="DOC",
        EncapsulatedDocument=b"%PDF-1.4 ",
        MIMETypeOfEncapsulatedDocument="application/pdf",
        **_same_study(),
    )
