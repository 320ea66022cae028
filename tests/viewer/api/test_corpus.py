"""Every file of ../shared/data comes in by the pipeline and goes out at the pixel door, or is refused with its reason.

The tables below are the exceptions, each with the reason that a sender or a viewer is told. A file that begins to
fail, or to be shown, changes a table: nothing drops out unseen.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from pacs.access.actors import system_actor
from pacs.access.permit import access_study
from pacs.catalog.models import Instance
from pacs.catalog.pixel_source import Layout
from pacs.ingest.receipts import Rejected
from tests import people
from tests.viewer.api.corpus_exceptions import CANNOT_SHOW, REFUSED
from tests.viewer.client import Response, ask
from tests.viewer.corpus import GROUPS, NOT_OURS, expected, no_dicom, paths_of, take_in
from viewer.api import door
from viewer.rendering.digest import build_digest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("cold"),
    pytest.mark.slow,
]


def test_no_group_of_the_corpus_is_left_out(shared_data: Path) -> None:
    assert {path.split("/")[0] for path in paths_of(shared_data)} == {*GROUPS, *NOT_OURS}


@pytest.mark.parametrize("group", GROUPS)
def test_every_file_is_kept_and_shown_or_refused_with_its_reason(group: str, shared_data: Path) -> None:
    key = f"Bearer {people.key_of(people.alice())}"
    refused: dict[str, str] = {}
    unseen: dict[str, str] = {}
    paths = [path for path in paths_of(shared_data) if path.startswith(f"{group}/")]
    for path in paths:
        receipt = take_in((shared_data / path).read_bytes())
        if isinstance(receipt, Rejected):
            refused[path] = receipt.reason.value
        elif reason := _why_unseen(receipt.sop_instance_uid, key):
            unseen[path] = reason
    assert refused == expected(REFUSED, paths) | no_dicom(shared_data, paths)
    assert unseen == expected(CANNOT_SHOW, paths)


def _why_unseen(sop_instance_uid: str, key: str) -> str:
    """Empty where every frame that was asked for is a picture; else the one reason that is told."""
    instance = Instance.objects.select_related("series__study").get(sop_instance_uid=sop_instance_uid)
    if instance.pixel_layout == Layout.NONE:
        return ""  # a report or a plan: there is nothing to show
    told = Counter(
        _verdict(_rendered(instance, frame, key)) for frame in {1, instance.number_of_frames // 2 + 1}
    )
    study = access_study(system_actor("tests"), instance.series.study.study_instance_uid)
    assert build_digest(study, people.TESTS)["series"]
    assert len(told) == 1, told
    return next(iter(told))


def _rendered(instance: Instance, frame: int, key: str) -> Response:
    series = instance.series
    path = (
        f"/dicom-web/studies/{series.study.study_instance_uid}/series/{series.series_instance_uid}"
        f"/instances/{instance.sop_instance_uid}/frames/{frame}/rendered?viewport=256,256"
    )
    return asyncio.run(ask(door.app, path, authorization=key))


def _verdict(answer: Response) -> str:
    if answer.status == 200:
        assert max(answer.pixels().shape[:2]) == 256
        return ""
    assert answer.status == 422, answer.body
    reason: str = answer.json()["error"]["fields"]["reason"]
    return reason
