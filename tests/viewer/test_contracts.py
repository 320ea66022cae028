"""The examples that the app's tests read are what the server gives: each route is asked, and has their shape."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pydicom import Dataset, Sequence

from pacs.access.models import User
from tests import builders, people
from tests.pacs.api.test_uploads import begin, upload_whole
from tests.viewer.client import Response, ask
from tests.viewer.imaging.test_uptake import pet
from tests.viewer.kept import keep
from tests.viewer.streaming.test_worklist import in_database, opened, socket
from tests.viewer.streams import opened as opened_envelope
from viewer.api import door

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

GOOD = Path(__file__).parents[2] / "frontend" / "tests" / "contracts" / "good"
PERSON: dict[str, Any] = {
    "PatientName": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "PatientID": "P7",
    "PatientBirthDate": "19700131",
    "PatientSex": "M",
    "PatientAge": "054Y",
    "StudyDate": "20260602",
    "StudyTime": "160218",
    "StudyDescription": "Head",
    "AccessionNumber": "A1",
    "SeriesNumber": 2,
    "ReferringPhysicianName": "Adler^Ruben",
    "InstitutionName": "Here",
}


def session_nobody() -> Any:
    return Client().get("/api/session").json()


def session_signed_in() -> Any:
    return people.signed_in(people.alice()).get("/api/session").json()


def session_held() -> Any:
    people.give_password(alice := people.alice())
    client = people.signed_in(alice)
    User.objects.update(second_factor_due_at=timezone.now())
    return client.get("/api/session").json()


def session_guest() -> Any:
    (instance,) = keep(builders.ct_slice(**PERSON))
    return people.guest_of(people.link_to(instance.series.study)).get("/api/session").json()


def studies_page() -> Any:
    keep(builders.ct_slice(**PERSON), builders.ct_slice(**PERSON))
    return people.signed_in(people.alice()).get("/api/studies?limit=1").json()


def upload_begun() -> Any:
    return begin(people.signed_in(people.tess()), "scans/letter.txt", 16)


def upload_done() -> Any:
    return upload_whole(people.signed_in(people.tess()), "scans/letter.txt", b"Dear colleague, ")


def digest_mr() -> Any:
    return digest_of(*builders.ct_series(3, **PERSON, Modality="MR", WindowCenter=40, WindowWidth=400))


def digest_opening() -> Any:
    slices = keep(*builders.ct_series(3, **PERSON, Modality="MR", WindowCenter=40, WindowWidth=400))
    middle = slices[1]
    # Once it was looked at, it is at hand and comes along.
    asked(f"/view/instances/{middle.sop_instance_uid}/frames/1/tiles/0/0/0.jpg")
    return asked(f"/view/studies/{middle.series.study.study_instance_uid}/digest?opening=1").json()


def digest_us() -> Any:
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 8, 8
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.02
    told_of_image: dict[str, Any] = {
        "Modality": "US",
        "FrameTime": None,
        "FrameTimeVector": [0, 40, 60],
        "SequenceOfUltrasoundRegions": Sequence([region]),
        "PatientOrientation": ["L", "F"],
        "ViewPosition": "AP",
        "ImageLaterality": "R",
        "LossyImageCompression": "01",
        "LossyImageCompressionRatio": 12.5,
        "LossyImageCompressionMethod": "ISO_10918_1",
    }
    return digest_of(builders.multiframe(3, **PERSON, InstanceNumber=1, **told_of_image))


def level_first() -> Any:
    """All that a grey frame can bring but a Modality LUT, which takes the place of the rescale."""
    return header_of(0, **OWN_LOOKS)


def level_tables() -> Any:
    """The same of a frame that is shown by its tables."""
    tables: dict[str, Any] = {**OWN_LOOKS, "WindowCenter": None, "WindowWidth": None}
    table = lut(0, range(256), "To density")
    return header_of(
        0, **tables, ModalityLUTSequence=Sequence([table]), RescaleSlope=None, RescaleIntercept=None
    )


def level_colours() -> Any:
    return header_of(0, builders.colour(128, 128))


def level_next() -> Any:
    return header_of(1)


def of_pixels(file: bytes, rest: str) -> Any:
    (instance,) = keep(file)
    bearer = f"Bearer {people.key_of(people.alice())}"
    path = f"/view/instances/{instance.sop_instance_uid}/frames/1/{rest}"
    return asyncio.run(ask(door.app, path, authorization=bearer)).json()


def value_ct() -> Any:
    return of_pixels(builders.ct_slice(ImagePositionPatient=[0, 0, 7]), "value?x=3&y=2")


def value_pet() -> Any:
    return of_pixels(pet(), "value?x=3&y=2")


def value_colour() -> Any:
    return of_pixels(builders.colour(), "value?x=5&y=3")


def looks_several() -> Any:
    names = {"WindowCenterWidthExplanation": ["SOFT", "BONE"]}
    windows: dict[str, Any] = {"WindowCenter": [40, 300], "WindowWidth": [400, 1500], **names}
    return of_pixels(
        builders.ct_slice(**windows, VOILUTSequence=Sequence([lut(5, range(16), "STEEP")])), "looks"
    )


def window_auto() -> Any:
    return of_pixels(builders.ct_slice(), "auto-window")


def lut(first: int, entries: Iterable[int], name: str) -> Dataset:
    table, data = Dataset(), np.array(entries, "<u2")
    table.add_new("LUTDescriptor", "US", [len(data), first, 8])
    table.add_new("LUTData", "OW", data.tobytes())
    table.LUTExplanation = name
    return table


OWN_LOOKS: dict[str, Any] = {
    "WindowCenter": [40, 300],
    "WindowWidth": [400, 1500],
    "WindowCenterWidthExplanation": ["SOFT", "BONE"],
    "VOILUTSequence": Sequence([lut(0, range(0, 256, 5), "Steep")]),
    "PixelPaddingValue": 0,
}


def header_of(level: int, file: bytes | None = None, **attributes: Any) -> Any:
    """The JSON header of an envelope; unless a file is given, of a CT slice with an overlay."""
    if file is None:
        file = with_overlay(builders.ct_slice(128, 128, **attributes))
    sop = keep(file)[0].sop_instance_uid
    bearer = f"Bearer {people.key_of(people.alice())}"
    answer = asyncio.run(
        ask(door.app, f"/view/instances/{sop}/frames/1/levels/{level}", authorization=bearer)
    )
    return opened_envelope(answer.body).header


def with_overlay(file: bytes) -> bytes:
    """A white square of 8 pixels in the corner (PS3.3 C.9.2)."""
    square = np.zeros((128, 128), bool)
    square[:8, :8] = True
    elements = [
        (0x60000010, b"US", struct.pack("<H", 128)),
        (0x60000011, b"US", struct.pack("<H", 128)),
        (0x60000040, b"CS", b"G "),
        (0x60000050, b"SS", struct.pack("<hh", 1, 1)),
        (0x60000100, b"US", struct.pack("<H", 1)),
        (0x60000102, b"US", struct.pack("<H", 0)),
        (0x60003000, b"OW", np.packbits(square, bitorder="little").tobytes()),
    ]
    at = builders.find_tag(file, 0x7FE00010)
    return file[:at] + b"".join(builders.element(*one) for one in elements) + file[at:]


def digest_mg() -> Any:
    def breast(side: str) -> bytes:
        told: dict[str, Any] = {"Modality": "MG", "ViewPosition": "CC", "ImageLaterality": side}
        orientation = {"L": ["A", "R"], "R": ["P", "L"]}[side]
        study = {"StudyInstanceUID": study_uid, "FrameOfReferenceUID": None, "PixelSpacing": None}
        return builders.ct_slice(**{**PERSON, **told, **study, "PatientOrientation": orientation,
                                    "ImagePositionPatient": None, "ImageOrientationPatient": None,
                                    "ImagerPixelSpacing": [0.07, 0.07]})  # fmt: skip

    study_uid = builders.new_uid()
    return digest_of(breast("R"), breast("L"))


def priors() -> Any:
    chest: dict[str, Any] = {**PERSON, "BodyPartExamined": "CHEST"}
    now, *_ = keep(builders.ct_slice(**chest), builders.ct_slice(**{**chest, "StudyDate": "20250101"}))
    return asked(f"/view/studies/{now.series.study.study_instance_uid}/priors").json()


def digest_of(*files: bytes) -> Any:
    study = keep(*files)[0].series.study.study_instance_uid
    return asked(f"/view/studies/{study}/digest").json()


def asked(path: str) -> Response:
    return asyncio.run(ask(door.app, path, authorization=f"Bearer {people.key_of(people.alice())}"))


ROUTES: dict[str, Callable[[], Any]] = {
    "session.nobody": session_nobody,
    "session.guest": session_guest,
    "session.held": session_held,
    "session.signed_in": session_signed_in,
    "studies.page": studies_page,
    "upload.begun": upload_begun,
    "upload.done": upload_done,
    "digest.mr": digest_mr,
    "digest.opening": digest_opening,
    "digest.us": digest_us,
    "digest.mg": digest_mg,
    "priors": priors,
    "value.ct": value_ct,
    "value.pet": value_pet,
    "value.colour": value_colour,
    "looks.several": looks_several,
    "window.auto": window_auto,
    "level.first": level_first,
    "level.tables": level_tables,
    "level.colours": level_colours,
    "level.next": level_next,
}
MESSAGES = {"worklist.changed", "worklist.signed_out"}
# Said by tests.viewer.streaming.test_viewing.
VIEWING = {
    f"viewing.{name}"
    for name in ("opened", "unlike", "closed", "cannot", "idle", "pong", "bad", "signed_out")
}


@pytest.mark.parametrize("example", ROUTES)
def test_a_route_gives_what_the_app_is_tested_with(example: str) -> None:
    assert_like(ROUTES[example](), written(example), example)


async def test_the_socket_says_what_the_app_is_tested_with() -> None:
    cookie = await in_database(lambda: people.cookie(people.alice()))
    async with socket(cookie) as alices:
        await opened(alices)
        await in_database(lambda: keep(builders.ct_slice()))
        assert_like(await alices.told(3), written("worklist.changed"), "worklist.changed")
        await in_database(lambda: Session.objects.all().delete())
        assert await alices.told() == written("worklist.signed_out")


def test_every_example_is_asked_for() -> None:
    assert {path.stem for path in GOOD.glob("*.json")} == {*ROUTES, *MESSAGES, *VIEWING}


@pytest.mark.parametrize(
    "told",
    [
        {"a": 1, "b": [{"c": "x"}], "d": [1, "y"]},
        {"a": None, "b": [{"c": "x"}], "d": [1, "y"], "e": None},
        {"a": "1", "b": [{"c": "x"}], "d": [1, "y"], "e": None},
        {"a": 1, "b": [], "d": [1, "y"], "e": None},
        {"a": 1, "b": [{"c": "x"}, {"c": 2}], "d": [1, "y"], "e": None},
        {"a": 1, "b": [{"c": "x"}], "d": ["y", 1], "e": None},
        {"a": 1, "b": [{"c": "x"}], "d": [1, "y", 2], "e": None},
    ],
)
def test_another_shape_is_seen(told: Any) -> None:
    example = {"a": 1, "b": [{"c": "x"}], "d": [1, "y"], "e": None}
    assert_like({**example, "e": [5]}, example, "")  # of what the example leaves open anything may come
    with pytest.raises(AssertionError):
        assert_like(told, example, "")


def written(example: str) -> Any:
    return json.loads((GOOD / f"{example}.json").read_text(encoding="utf-8"))


def assert_like(told: Any, example: Any, place: str) -> None:
    """The same keys and kinds all the way down. A list of objects or lists is like its first; else place by place."""
    if example is None:
        return
    assert kind(told) == kind(example), place
    if isinstance(example, dict):
        assert set(told) == set(example), place
        for key, value in example.items():
            assert_like(told[key], value, f"{place}.{key}")
    elif isinstance(example, list) and example:
        assert told, place
        is_row = not isinstance(example[0], dict | list) and len(set(map(kind, example))) > 1
        assert not is_row or len(told) == len(example), place
        for at, one in enumerate(told):
            assert_like(one, example[at if is_row else 0], f"{place}[{at}]")


def kind(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__
