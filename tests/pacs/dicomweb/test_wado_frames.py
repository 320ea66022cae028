"""WADO-RS frames: the bytes that lie in the file, to whom they are open, in the form that is asked for."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from pacs.access import opened, standing
from pacs.access.models import AuditEvent
from pacs.dicomweb import retrieve
from pacs.http import lanes
from pacs.storage import file_store
from tests import builders, people
from tests.pacs.dicomweb.retrieving import AS_KEPT, OHIF, get, key_of, parts_of, path_of
from tests.viewer.kept import keep

pytestmark = pytest.mark.django_db(transaction=True)
STREAMS = [b"\xff\x4f\xff\x51" + bytes([number]) * 10 for number in range(3)]
EXPLICIT = "1.2.840.10008.1.2.1"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    standing.forget()
    opened.forget()


def frame_bytes(number: int) -> bytes:
    return np.full((8, 8), number, "<u2").tobytes()


@pytest.mark.parametrize("accept", ["", "*/*", 'multipart/related; type="*/*"', OHIF])
def test_native_frames_come_as_they_lie(accept: str) -> None:
    (instance,) = keep(builders.multiframe(3))
    answer = get(path_of(instance, "/frames/2"), accept=accept)
    assert answer.status == 200
    (part,) = parts_of(answer)
    assert part.content == frame_bytes(2)
    assert part.content_type == f"application/octet-stream; transfer-syntax={EXPLICIT}"
    assert part.location.endswith(path_of(instance, "/frames/2"))
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_list_of_frames_comes_in_its_order() -> None:
    (instance,) = keep(builders.multiframe(3))
    answer = get(path_of(instance, "/frames/3,1,3"))
    assert [part.content for part in parts_of(answer)] == [frame_bytes(number) for number in (3, 1, 3)]


def test_one_frame_alone_needs_no_envelope() -> None:
    (instance,) = keep(builders.multiframe(2))
    answer = get(path_of(instance, "/frames/2"), accept="application/octet-stream")
    assert (answer.status, answer.body) == (200, frame_bytes(2))
    assert answer.headers["content-type"] == f"application/octet-stream; transfer-syntax={EXPLICIT}"


@pytest.mark.parametrize("fragments", [1, 2])
@pytest.mark.parametrize("table", ["basic", "empty"])
def test_codestreams_come_as_they_lie_without_their_items(fragments: int, table: str) -> None:
    (instance,) = keep(builders.encapsulated(STREAMS, JPEG2000Lossless, table, fragments, Rows=8, Columns=8))
    answer = get(path_of(instance, "/frames/2,3"), accept=OHIF)
    assert [part.content.removesuffix(b"\0") for part in parts_of(answer)] == STREAMS[1:]
    told = f"application/octet-stream; transfer-syntax={JPEG2000Lossless}"
    assert {part.content_type for part in parts_of(answer)} == {told}
    picture = get(path_of(instance, "/frames/1"), accept="image/jp2")
    assert picture.headers["content-type"] == f"image/jp2; transfer-syntax={JPEG2000Lossless}"


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ("4", (404, "not_found")),
        ("1,2,4", (404, "not_found")),
        ("0", (400, "bad_request")),
        ("1,", (400, "bad_request")),
        ("x", (400, "bad_request")),
        ("-1", (400, "bad_request")),
        ("999999999", (404, "not_found")),
        (",".join(["1"] * 5000), (400, "bad_request")),
    ],
)
def test_frames_that_are_not_there(frames: str, said: tuple[int, str]) -> None:
    (instance,) = keep(builders.multiframe(3))
    path = path_of(instance, f"/frames/{frames}")
    if len(frames) <= 1024:
        assert get(path).problem() == said
    else:
        assert get(path).status == 404  # no such address


def test_what_cannot_be_given_is_told_with_what_can() -> None:
    stored = np.arange(64, dtype="<u2").reshape(8, 8)
    codestreams = [bytes(imagecodecs.jpeg2k_encode(stored + n, level=0, codecformat="j2k")) for n in range(3)]
    (instance,) = keep(builders.encapsulated(codestreams, JPEG2000Lossless))
    for accept in ("text/html", "application/dicom", "video/mp4", "image/jp2;transfer-syntax=1.2.3"):
        answer = get(path_of(instance, "/frames/1"), accept=accept)
        assert answer.problem() == (406, "not_acceptable")
        possible = answer.json()["error"]["fields"]["acceptable"]
        assert len(possible) > 8
        for wish in possible:
            assert get(path_of(instance, "/frames/1"), accept=wish).status == 200, wish


def test_ranges_conditions_and_heads() -> None:
    (instance,) = keep(builders.multiframe(3))
    path = path_of(instance, "/frames/2")
    for accept in ("application/octet-stream", "*/*"):
        whole = get(path, accept=accept)
        tag = whole.headers["etag"]
        assert whole.headers["accept-ranges"] == "bytes"
        part = get(path, accept=accept, range="bytes=10-19")
        assert (part.status, part.body) == (206, whole.body[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole.body)}"
        assert get(path, accept=accept, range="bytes=10-19", if_range=tag).status == 206
        changed = get(path, accept=accept, range="bytes=10-19", if_range='"old"')
        assert (changed.status, changed.body) == (200, whole.body)
        many = get(path, accept=accept, range="bytes=0-4,100-101")
        assert many.headers["content-type"].startswith("multipart/byteranges")
        assert [one.content for one in parts_of(many)] == [whole.body[:5], whole.body[100:102]]
        beyond = get(path, accept=accept, range="bytes=9999999-")
        assert beyond.problem() == (416, "range_not_satisfiable")
        assert beyond.headers["content-range"] == f"bytes */{len(whole.body)}"
        again = get(path, accept=accept, if_none_match=tag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        head = get(path, method="HEAD", accept=accept)
        assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert (
        get(path, accept="*/*").headers["etag"]
        != get(path, accept="application/octet-stream").headers["etag"]
    )


@pytest.mark.parametrize(("who", "said"), [("", (401, "not_signed_in")), ("charlie", (404, "not_found"))])
def test_who_may_not_see_it_learns_nothing(who: str, said: tuple[int, str]) -> None:
    (instance,) = keep(builders.multiframe(2))
    tag = get(path_of(instance, "/frames/1")).headers["etag"]
    headers = {"authorization": key_of(who) if who else ""}
    for what in ("/frames/1", "/frames/99", "/frames/x", ""):
        assert get(path_of(instance, what), if_none_match=tag, **headers).problem() == said, what


def test_a_right_that_is_taken_away_ends_with_the_next_request() -> None:
    (instance,) = keep(builders.multiframe(2, ReferringPhysicianName="Someone^Else"))
    path, key = path_of(instance, "/frames/1"), key_of("bob")
    assert get(path, authorization=key).status == 404
    people.granted(people.bob(), instance.series.study)
    tag = get(path, authorization=key).headers["etag"]
    people.bob().grants.all().delete()
    assert get(path, authorization=key, if_none_match=tag).status == 404


def test_a_path_must_name_the_study_and_series_of_the_instance() -> None:
    (instance,) = keep(builders.multiframe(2))
    path = path_of(instance, "/frames/1")
    assert get(path.replace(instance.series.study.study_instance_uid, "1.2.3")).status == 404
    assert get(path.replace(instance.series.series_instance_uid, "1.2.3")).status == 404


def test_p17_that_frames_are_read_is_written_down_once() -> None:
    (instance,) = keep(builders.multiframe(2))
    key = key_of()
    for _ in range(2):
        assert get(path_of(instance, "/frames/1"), authorization=key).status == 200
    assert AuditEvent.objects.filter(action="study opened").count() == 1


def test_what_has_no_frames_says_so() -> None:
    (instance,) = keep(builders.report())
    assert get(path_of(instance, "/frames/1")).problem() == (404, "not_found")


def test_what_the_system_holds_waits_for_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    native, compressed = keep(builders.multiframe(2), builders.encapsulated(STREAMS, JPEG2000Lossless))
    key, other = key_of(), key_of("tess")
    for instance in (native, compressed):
        for what in ("/frames/1,2", ""):
            path = path_of(instance, what)
            first = get(path, accept=f"{OHIF}, {AS_KEPT}", authorization=key)
            with monkeypatch.context() as patched:
                patched.setattr(retrieve, "_retrieving", lanes.Lane("test", 0, 0))  # refuses whoever comes
                again = get(path, accept=f"{OHIF}, {AS_KEPT}", authorization=key)
                assert (again.status, again.body, again.headers) == (200, first.body, first.headers)
                # What was not decided, or not written down before, is for a thread.
                assert get(path, authorization=other).status == 503
                assert get(path, authorization="").status == 503
                patched.setattr(file_store, "_NO_WAITING", None)  # a disk would have to be waited for
                assert get(path, accept=f"{OHIF}, {AS_KEPT}", authorization=key).status == 503
