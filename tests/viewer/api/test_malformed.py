"""Files made to harm: each is refused, shown, or said why not; never a 5xx, and the server lives (promises P7, P8)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pacs.catalog.models import Instance
from pacs.catalog.pixel_source import Layout
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.pipeline import ingest
from pacs.ingest.receipts import Rejected
from pacs.storage.staging import stage_bytes
from tests import people
from tests.viewer.client import Response, ask
from viewer.api import door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold"), pytest.mark.slow]


def test_every_malformed_file_is_refused_shown_or_said_why_not(shared_data: Path) -> None:
    key = f"Bearer {people.key_of(people.alice())}"
    said: dict[str, int] = {}
    for path in sorted((shared_data / "malformed-pwnlab").rglob("*.dcm")):
        receipt = ingest(arrival_from_import(stage_bytes(path.read_bytes())))
        if isinstance(receipt, Rejected):
            continue
        instance = Instance.objects.select_related("series__study").get(
            sop_instance_uid=receipt.sop_instance_uid
        )
        if instance.pixel_layout != Layout.NONE:
            answer = _tile(instance, key)
            said[path.name] = answer.status
            assert answer.status in (200, 422), (path.name, answer.body)
            if answer.status == 422:
                assert answer.json()["error"]["message"]
    assert len(said) > 100
    assert 422 in said.values()


def _tile(instance: Instance, key: str) -> Response:
    path = f"/view/instances/{instance.sop_instance_uid}/frames/1/tiles/0/0/0.jpg"
    return asyncio.run(ask(door.app, path, authorization=key))
