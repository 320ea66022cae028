"""/rendered of a study, a series and a list of frames: one part for each picture, made while they are sent."""

from __future__ import annotations

import asyncio
import io
import json
from email.parser import BytesParser
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pacs.catalog.models import Instance, Series
from tests import builders, people
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door, rendered_many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


PNG_PARTS = 'multipart/related; type="image/png"'


def get(path: str, **headers: str) -> Response:
    shown = {"authorization": f"Bearer {people.key_of(people.alice())}", **headers}
    return asyncio.run(ask(door.app, path, **shown))


def parts_of(answer: Response) -> list[tuple[str, str, bytes]]:
    """(type, location, content) of each part, as an independent reader has them."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + answer.body)
    assert message.is_multipart()
    told: Any = message.get_payload()
    return [(one.get_content_type(), one["Content-Location"], one.get_payload(decode=True)) for one in told]


def study_of(instance: Instance) -> str:
    return f"/dicom-web/studies/{instance.series.study.study_instance_uid}"


def three_slices() -> list[Instance]:
    return keep(*(
        builders.image(np.full((8, 16), value, "<u2"), InstanceNumber=number,
                       StudyInstanceUID="2.25.1", SeriesInstanceUID="2.25.2")
        for number, value in ((1, 0), (2, 500), (3, 1000))
    ))  # fmt: skip


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="image/png"',
        'multipart/related; type="image/png";q=0.5, image/jpeg',
        'multipart/related; type="image/png", text/html',
    ],
)
@pytest.mark.parametrize("below", ["", "/series/2.25.2"])
def test_each_instance_is_a_part(below: str, accept: str) -> None:
    instances = three_slices()
    answer = get(f"{study_of(instances[0])}{below}/rendered?window=500,1001", accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith('multipart/related; type="image/png"; boundary=')
    parts = parts_of(answer)
    assert [int(np.asarray(Image.open(io.BytesIO(one[2])))[0, 0]) for one in parts] == [0, 128, 255]
    for (kind, location, content), instance in zip(parts, instances, strict=True):
        assert kind == "image/png"
        assert location.endswith(f"/instances/{instance.sop_instance_uid}/rendered")
        alone = get(location.partition("8000")[2] + "?window=500,1001", accept="image/png")
        assert content == alone.body


def test_what_cannot_be_shown_is_told_in_its_part() -> None:
    good = builders.image(np.full((8, 16), 7, "<u2"), StudyInstanceUID="2.25.1", InstanceNumber=1)
    instances = keep(
        good, builders.image(np.zeros((4, 4), "<u2"), StudyInstanceUID="2.25.1", InstanceNumber=2)
    )
    answer = get(f"{study_of(instances[0])}/rendered?viewport=8,8,0,0,8,8")
    assert [one[0] for one in parts_of(answer)] == ["image/jpeg", "image/jpeg"]
    answer = get(f"{study_of(instances[0])}/rendered?viewport=8,8,6,0,8,8")
    kinds = {kind: content for kind, _, content in parts_of(answer)}
    assert set(kinds) == {"image/jpeg", "application/json"}
    assert json.loads(kinds["application/json"])["error"]["code"] == "bad_request"


def test_an_answer_that_is_known_is_not_made_again() -> None:
    path = f"{study_of(three_slices()[0])}/rendered"
    tag = get(path).headers["etag"]
    assert get(path, if_none_match=tag).status == 304
    assert get(f"{path}?quality=5", if_none_match=tag).status == 200


def test_frames_of_a_list_are_parts_in_its_order() -> None:
    (instance,) = keep(builders.multiframe(3))
    path = f"{study_of(instance)}/series/{instance.series.series_instance_uid}/instances/{instance.sop_instance_uid}"
    query = "rendered?window=2,3,linear-exact"
    parts = parts_of(get(f"{path}/frames/3,1/{query}", accept=PNG_PARTS))
    assert [one[1].rpartition("/frames/")[2] for one in parts] == ["3/rendered", "1/rendered"]
    alone = [get(f"{path}/frames/{number}/{query}", accept="image/png").body for number in (3, 1)]
    assert [one[2] for one in parts] == alone
    assert get(f"{path}/frames/1,4/{query}").problem() == (404, "not_found")
    assert get(f"{path}/frames/1,x/{query}").problem() == (400, "bad_request")
    assert get(f"{path}/frames/0,1/{query}").problem() == (400, "bad_request")


def test_whoever_takes_one_part_alone_gets_none() -> None:
    """PS3.18 Table 10.4.4-1, Note 3: also where there is one picture only."""
    (instance,) = keep(builders.ct_slice())
    assert get(f"{study_of(instance)}/rendered", accept="image/jpeg").problem() == (406, "not_acceptable")
    assert len(parts_of(get(f"{study_of(instance)}/rendered", accept="image/jpeg, */*;q=0.1"))) == 1


def test_one_picture_comes_in_an_envelope_for_whoever_asks_for_one() -> None:
    """PS3.18 8.6.1.1."""
    (instance,) = keep(builders.multiframe(3))
    path = f"{study_of(instance)}/series/{instance.series.series_instance_uid}/instances/{instance.sop_instance_uid}"
    for what in ("rendered", "frames/2/rendered"):
        query = f"{path}/{what}?window=2,3,linear-exact"
        ((kind, location, content),) = parts_of(get(query, accept=f"{PNG_PARTS}, image/jpeg;q=0.5"))
        assert (kind, location) == ("image/png", f"http://127.0.0.1:8000{path}/{what}")
        assert content == get(query, accept="image/png").body
    assert get(f"{path}/frames/4/rendered", accept=PNG_PARTS).problem() == (404, "not_found")


def test_a_series_that_is_called_otherwise_is_another_answer() -> None:
    """What is written into pictures is no part of their files."""
    (instance,) = keep(builders.ct_slice(SeriesDescription="Axial"))
    path = f"{study_of(instance)}/rendered?annotation=technique"
    first = get(path).headers["etag"]
    assert get(path, if_none_match=first).status == 304
    Series.objects.update(series_description="Coronal")
    assert get(path, if_none_match=first).status == 200


def test_no_common_format_is_not_acceptable() -> None:
    path = f"{study_of(three_slices()[0])}/rendered"
    assert get(path, accept="text/html").problem() == (406, "not_acceptable")
    assert get(path, accept="nonsense").problem() == (406, "not_acceptable")


def test_too_many_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered_many, "MOST_PARTS", 2)
    assert get(f"{study_of(three_slices()[0])}/rendered").problem() == (400, "bad_request")
