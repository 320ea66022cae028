"""Real files: every value that is told finds its object again, and all of it goes out in every form."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from tests.pacs.dicomweb.test_qido_media import XML, parts_of
from tests.people import alice, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
GROUPS = ("charset-pydicom", "highdicom", "mr-enhanced", "dcmqi", "pydicom", "tcia-pt-mr")
MADE = ("00080056", "00081190")  # by us, for the answer
OBJECTS, ELEMENTS_EACH = 40, 12


@pytest.fixture
def alices(shared_data: Path, transactional_db: None) -> Client:
    with suppress(SystemExit):  # some of them are none to keep
        call_command("import_dicom", *(shared_data / group for group in GROUPS), stdout=io.StringIO())
    cache.clear()
    return signed_in(alice())


def whole(answer: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([chunk async for chunk in answer.streaming_content])

    return async_to_sync(read)() if answer.streaming else bytes(answer.content)


def test_every_value_finds_its_object_and_all_goes_out_in_every_form(alices: Client) -> None:
    for level in ("studies", "series", "instances"):
        told = json.loads(whole(alices.get(f"/dicom-web/{level}?includefield=all")))
        assert len(told) > 10
        assert alices.get(f"/dicom-web/{level}/count").json() == {"count": len(told)}
        some = alices.get(f"/dicom-web/{level}?includefield=all&limit=20", headers={"Accept": XML})
        assert len(parts_of(some)) == min(20, len(told))
        table = whole(alices.get(f"/dicom-web/{level}", headers={"Accept": "text/csv"}))
        assert table.count(b"\r\n") == len(told) + 1
    addresses = [one["7FE00010"]["BulkDataURI"] for one in told if "7FE00010" in one]
    assert len(addresses) > 10
    assert {one.partition("/dicom-web/studies/")[0] for one in addresses} == {"http://testserver"}
    chosen = random.Random(7).sample(told, min(OBJECTS, len(told)))
    lost = [asked for one in chosen for asked in _asked(one) if len(alices.get(asked).json()) != 1]
    assert lost == []


def _asked(told: dict[str, Any]) -> Iterator[str]:
    """Searches by some of its values, each among all objects of its study."""
    study, uid = (told[tag]["Value"][0] for tag in ("0020000D", "00080018"))
    for tag in random.Random(uid).sample(sorted(told), min(ELEMENTS_EACH, len(told))):
        for key, vr, value in _keys(tag, told[tag]):
            if tag not in (*MADE, "00080018") and _is_askable(vr, value):
                yield f"/dicom-web/studies/{study}/instances?SOPInstanceUID={uid}&{key}={quote(value)}"


def _keys(tag: str, element: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for value in [one for one in element.get("Value", []) if one is not None][:1]:
        if element["vr"] == "SQ":
            inner = ((key, vr, text) for one in value for key, vr, text in _keys(one, value[one]))
            yield from ((f"{tag}.{key}", vr, text) for key, vr, text in inner)
        elif element["vr"] == "PN":
            groups = (value.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic"))
            yield tag, "PN", "=".join(groups).rstrip("=")
        else:
            yield tag, element["vr"], str(value).strip()


def _is_askable(vr: str, value: str) -> bool:
    if vr == "PN" and not any(letter.isalnum() for letter in value):
        return False
    return 0 < len(value) <= 1000 and value.isprintable() and not set(value) & set("*?\\,-")
