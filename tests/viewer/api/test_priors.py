"""The priors of a study: the patient's others, ranked, and none that is not open to who asks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pacs.access.models import AuditEvent, User
from pacs.catalog.models import Study
from tests import builders, people
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door

pytestmark = [pytest.mark.usefixtures("cold"), pytest.mark.django_db(transaction=True)]
PATIENT: dict[str, Any] = {"PatientID": "P7", "PatientName": "Doe^Jane"}


def study_of(day: str, **header: Any) -> Study:
    (instance,) = keep(builders.ct_slice(**{**PATIENT, "StudyDate": day, **header}))
    return instance.series.study


def priors_for(study: Study, user: User, **headers: str) -> Response:
    return priors_by(people.key_of(user), study, **headers)


def priors_by(key: str, study: Study, **headers: str) -> Response:
    path = f"/view/studies/{study.study_instance_uid}/priors"
    return asyncio.run(ask(door.app, path, authorization=f"Bearer {key}", **headers))


def uids(answer: Response) -> list[str]:
    return [prior["uid"] for prior in answer.json()["priors"]]


def test_the_same_body_part_and_modality_comes_first_and_no_other_patient_at_all() -> None:
    now = study_of("20260914", BodyPartExamined="CHEST")
    knee = study_of("20260913", BodyPartExamined="KNEE")
    film = study_of("20260901", BodyPartExamined="CHEST", Modality="DX")
    last = study_of("20250101", BodyPartExamined="THORAX", StudyDescription="CT thorax")
    study_of("20260901", PatientID="P8", BodyPartExamined="CHEST")
    answer = priors_for(now, people.alice())
    assert uids(answer) == [one.study_instance_uid for one in (last, film, knee)]
    assert answer.json()["priors"][0] == {
        "uid": last.study_instance_uid,
        "description": "CT thorax",
        "date": "2025-01-01",
        "time": "03:04:05",
        "modalities": ["CT"],
        "number_of_instances": 1,
        "thumbnail": f"/view/studies/{last.study_instance_uid}/thumbnail?v={last.arrival}",
        "same_body_part": True,
        "same_modality": True,
    }
    assert answer.headers["cache-control"] == "private, no-store"


def test_only_those_that_are_open_to_who_asks() -> None:
    now = study_of("20260914", ReferringPhysicianName=people.PHYSICIAN)
    own = study_of("20260801", ReferringPhysicianName=people.PHYSICIAN)
    others = study_of("20260901", ReferringPhysicianName="Somebody^Else")
    assert set(uids(priors_for(now, people.alice()))) == {
        own.study_instance_uid,
        others.study_instance_uid,
    }
    assert uids(priors_for(now, people.bob())) == [own.study_instance_uid]
    assert priors_for(now, people.charlie()).status == 404


def test_that_they_were_asked_for_is_written_down_once() -> None:
    now, key = study_of("20260914"), people.key_of(people.alice())
    for _ in range(3):
        priors_by(key, now)
    assert AuditEvent.objects.filter(action="priors searched").count() == 1


def test_who_has_no_other_study_has_no_priors() -> None:
    answer = priors_for(study_of("20260914"), people.alice())
    assert answer.json() == {"priors": []}
    again = priors_for(
        study_of("20260914", PatientID="P9"), people.alice(), if_none_match=answer.headers["etag"]
    )
    assert again.status == 304
