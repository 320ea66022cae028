"""The digest: everything for the first picture in one small answer, without opening a file."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
from collections.abc import Iterable
from typing import Any

import pytest
from pydicom import Dataset
from pydicom import Sequence as DicomSequence

from pacs.catalog.models import Instance
from pacs.storage.file_store import FileStore
from tests import builders, people
from tests.viewer.client import Response, ask
from tests.viewer.kept import keep
from viewer.api import door
from viewer.rendering.display_order import in_display_order

pytestmark = pytest.mark.usefixtures("cold")
BUDGET_BYTES = 60_000


def digest_of(instance: Instance, query: str = "", **headers: str) -> Response:
    path = f"/view/studies/{instance.series.study.study_instance_uid}/digest{query}"
    return asyncio.run(
        ask(door.app, path, authorization=f"Bearer {people.key_of(people.alice())}", **headers)
    )


@pytest.mark.django_db(transaction=True)
def test_it_lays_out_the_study() -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "PatientID": "77"}
    slices = keep(
        *builders.ct_series(3, **study, SeriesNumber=2, WindowCenter=[40, -600], WindowWidth=[400, 1500])
    )
    (cine,) = keep(builders.multiframe(5, **study, SeriesNumber=1, FrameTime=40))
    (report,) = keep(builders.report(**study, SeriesNumber=3))
    told = digest_of(cine).json()
    assert told["study"]["patient"]["id"] == "77"
    assert [series["number"] for series in told["series"]] == [1, 2, 3]
    cine_told, ct_told, report_told = told["series"]
    assert cine_told["instances"] == [[cine.sop_instance_uid, 5, 0, cine.position_mm, 1, 25.0, None]]
    assert ct_told["instances"] == [
        [row.sop_instance_uid, 1, 0, float(n), n, None, None] for n, row in enumerate(slices, 1)
    ]
    assert (report_told["cannot_show"], report_told["thumbnail"]) == (None, None)
    assert report_told["documents"] == [[report.sop_instance_uid, "report"]]
    assert ct_told["thumbnail"] == f"/view/series/{ct_told['uid']}/thumbnail?v=3"
    assert told["first"] == {"series": 0, "instance": 0, "frame": 3}
    (kind,) = ct_told["formats"]
    assert (kind["rows"], kind["columns"], kind["unit"], kind["aspect"]) == (16, 16, "HU", 1)
    assert (kind["levels_256"], kind["colour"], kind["pixel_spacing_mm"]) == (1, False, [0.5, 0.5])
    assert [(window["center"], window["width"]) for window in kind["windows"]] == [(40, 400), (-600, 1500)]


@pytest.mark.django_db(transaction=True)
def test_it_says_where_each_frame_lies_in_the_patient() -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "FrameOfReferenceUID": "1.2.3"}
    rows = keep(*builders.ct_series(4, **study, SeriesNumber=1))
    keep(builders.multiframe(5, **study, SeriesNumber=2, ImagePositionPatient=[1, 2, 3]))
    keep(enhanced(3, **study, SeriesNumber=3))
    keep(builders.multiframe(2, StudyInstanceUID=study["StudyInstanceUID"], SeriesNumber=4))
    classic, first_frame_only, every_frame, nowhere = digest_of(rows[0]).json()["series"]
    assert {series["frame_of_reference"] for series in (classic, first_frame_only, every_frame)} == {"1.2.3"}
    assert classic["positions"] == [[4, 0, 0, 1, 0, 0, 1]]
    assert first_frame_only["positions"] is None
    assert every_frame["positions"] == [[3, 5, 6, 7, 0, 2.5, 0]]
    assert (nowhere["frame_of_reference"], nowhere["positions"]) == ("", None)


def enhanced(frames: int, **header: Any) -> bytes:
    """A multi-frame object whose frames lie 2.5 mm apart from front to back."""
    groups = []
    for number in range(frames):
        place, group = Dataset(), Dataset()
        place.ImagePositionPatient = [5, 6 + 2.5 * number, 7]
        group.PlanePositionSequence = DicomSequence([place])
        groups.append(group)
    return builders.multiframe(frames, PerFrameFunctionalGroupsSequence=DicomSequence(groups), **header)


@pytest.mark.django_db(transaction=True)
def test_mammograms_are_hung_in_pairs() -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "Modality": "MG"}
    views = [("L", "CC"), ("R", "CC"), ("L", "MLO")]
    rows = keep(
        *(
            builders.ct_slice(**study, SeriesNumber=n, ImageLaterality=side, ViewPosition=view)
            for n, (side, view) in enumerate(views)
        )
    )
    assert digest_of(rows[0]).json()["hanging"] == {
        "name": "mammography",
        "rows": [
            [
                {"series": 1, "instance": 0, "chest_wall": "right"},
                {"series": 0, "instance": 0, "chest_wall": "left"},
            ],
            [{"series": 2, "instance": 0, "chest_wall": "left"}],
        ],
    }
    (alone,) = keep(builders.ct_slice())
    assert digest_of(alone).json()["hanging"] is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_regular", [True, False])
def test_a_thousand_slices_stay_below_the_budget_and_no_file_is_opened(
    monkeypatch: pytest.MonkeyPatch, is_regular: bool
) -> None:
    chance = random.Random(7)
    (first,) = keep(builders.ct_series(1, WindowCenter=40, WindowWidth=400)[0])
    copies = []
    for number in range(2, 1001):
        # Irregular: each slice somewhere else, as no scanner would make a thousand.
        aside = 0 if is_regular else round(chance.uniform(-9, 9), 3)
        display = {**first.display, "ImagePositionPatient": [-120.31 + aside, 88.07 - aside, number * 1.25]}
        copies.append(
            Instance(
                series=first.series,
                sop_instance_uid=builders.new_uid(),
                instance_number=number,
                position_mm=number * 1.25,
                display=display,
                **{
                    name: getattr(first, name)
                    for name in ("sop_class_uid", "blob", "size_bytes", "transfer_syntax_uid", "pixel_layout",
                                 "number_of_frames", "rows", "columns")
                },
            )
        )  # fmt: skip
    Instance.objects.bulk_create(copies)
    monkeypatch.setattr(FileStore, "open", lambda *_: pytest.fail("a file was opened"))
    answer = digest_of(first, accept_encoding="gzip, br")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < BUDGET_BYTES, len(answer.body)
    told = json.loads(gzip.decompress(answer.body))
    assert len(told["series"][0]["instances"]) == 1000
    assert len(told["series"][0]["formats"]) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_told_once_is_not_read_again_until_something_arrives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    study: dict[str, Any] = {"StudyInstanceUID": builders.new_uid(), "SeriesInstanceUID": builders.new_uid()}
    first, *_ = keep(*builders.ct_series(3, **study))
    read: list[int] = []

    def counted(rows: Iterable[Instance]) -> list[Instance]:
        read.append(1)
        return in_display_order(rows)

    monkeypatch.setattr("viewer.rendering.digest.in_display_order", counted)
    before = [digest_of(first).json() for _ in range(2)]
    assert before[0] == before[1]
    assert len(read) == 1
    keep(builders.ct_slice(**study, InstanceNumber=4))
    assert len(digest_of(first).json()["series"][0]["instances"]) == 4
    keep(builders.ct_slice(StudyInstanceUID=study["StudyInstanceUID"]))
    assert len(digest_of(first).json()["series"]) == 2


@pytest.mark.django_db(transaction=True)
def test_it_is_zipped_only_for_who_can_unzip_and_kept_by_no_browser() -> None:
    (instance,) = keep(builders.ct_slice())
    plain = digest_of(instance)
    assert "content-encoding" not in plain.headers
    assert plain.headers["cache-control"] == "private, no-store"
    zipped = digest_of(instance, accept_encoding="gzip")
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert digest_of(instance, if_none_match=plain.headers["etag"]).status == 304
    keep(builders.ct_slice(StudyInstanceUID=instance.series.study.study_instance_uid))
    assert digest_of(instance, if_none_match=plain.headers["etag"]).status == 200


@pytest.mark.django_db(transaction=True)
def test_each_slice_has_its_own_sides_and_losses_though_not_its_own_kind_for_the_last_digit() -> None:
    series: dict[str, Any] = {
        "StudyInstanceUID": builders.new_uid(),
        "SeriesInstanceUID": builders.new_uid(),
    }
    planes: list[dict[str, Any]] = [
        {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
        {"ImageOrientationPatient": [0.9999999, 0.0000001, 0, 0, 1, 0], "WindowCenter": 50, "WindowWidth": 9},
        {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
        {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1], "LossyImageCompression": "01"},
    ]
    rows = keep(*(builders.ct_slice(**series, InstanceNumber=n, **plane) for n, plane in enumerate(planes)))
    (told,) = digest_of(rows[0]).json()["series"]
    kinds = {uid: told["formats"][place] for uid, _, place, *_ in told["instances"]}
    axial, again, sagittal, lossy = (kinds[one.sop_instance_uid] for one in rows)
    assert axial is again
    assert (axial["orientation"], sagittal["orientation"]) == ([1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1])
    assert (sagittal["lossy"], lossy["lossy"]) == (None, {"ratio": None, "method": ""})


@pytest.mark.django_db(transaction=True)
def test_each_clip_runs_at_its_own_rate() -> None:
    series: dict[str, Any] = {
        "StudyInstanceUID": builders.new_uid(),
        "SeriesInstanceUID": builders.new_uid(),
    }
    rates: list[dict[str, Any]] = [{"FrameTime": 40}, {"FrameTime": 20}, {"FrameTime": None}]
    rows = keep(
        *(builders.multiframe(3, **series, InstanceNumber=n, **rate) for n, rate in enumerate(rates)),
        builders.ct_slice(**series, InstanceNumber=9, FrameTime=40),
    )
    (told,) = digest_of(rows[0]).json()["series"]
    assert [instance[5] for instance in told["instances"]] == [25.0, 50.0, None, None]


@pytest.mark.django_db(transaction=True)
def test_the_times_of_a_clips_frames_are_in_the_digest() -> None:
    (instance,) = keep(builders.multiframe(3, FrameTime=None, FrameTimeVector=[0, 40, 120]))
    told = digest_of(instance).json()["series"][0]["instances"][0]
    assert told[5:] == [12.5, [40.0, 120.0, 80.0]]


@pytest.mark.django_db(transaction=True)
def test_the_first_picture_comes_along_where_it_is_at_hand() -> None:
    slices = keep(*builders.ct_series(3, WindowCenter=40, WindowWidth=400))
    # The first look at a file is for the sandbox; a digest does not wait for it.
    assert digest_of(slices[1], "?opening=1").json()["opening"] is None
    tile = asyncio.run(
        ask(
            door.app,
            f"/view/instances/{slices[1].sop_instance_uid}/frames/1/tiles/0/0/0.jpg?size=256",
            authorization=f"Bearer {people.key_of(people.alice())}",
        )
    )
    told = digest_of(slices[1], "?opening=1").json()
    assert told["first"] == {"series": 0, "instance": 1, "frame": 1}
    assert told["opening"] == {
        "instance": slices[1].sop_instance_uid,
        "frame": 1,
        "jpeg": base64.b64encode(tile.body).decode(),
        "window": "40,400,LINEAR",
    }
    assert "opening" not in digest_of(slices[1]).json()


@pytest.mark.django_db(transaction=True)
def test_without_a_picture_none_comes_along() -> None:
    (report,) = keep(builders.report())
    assert digest_of(report, "?opening=1").json()["opening"] is None
