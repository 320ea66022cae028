"""api/uploads: a file comes in pieces, goes on after anything, and each of its objects is answered for."""

from __future__ import annotations

import fcntl
import hashlib
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from pacs.access.models import AuditEvent
from pacs.catalog.models import Instance
from pacs.errors import StorageFull
from pacs.ingest.models import Upload
from pacs.ingest.uploads import reading, receiving
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from tests import builders
from tests.pacs.ingest.zips import zipped
from tests.people import ada, alice, bob, pia, signed_in, tess

# The reading works in threads of its own, which see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
JSON = "application/json"
RAW = "application/octet-stream"


@pytest.fixture
def client() -> Client:
    return signed_in(tess())


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def begin(client: Client, name: str, size_bytes: int) -> Any:
    return told(client.post("/api/uploads", {"name": name, "size_bytes": size_bytes}, JSON), 201)


def send(client: Client, upload: Any, offset: int, piece: bytes) -> Any:
    return client.patch(address(upload), piece, RAW, headers={"Upload-Offset": str(offset)})


def address(upload: Any) -> str:
    return f"/api/uploads/{upload['id']}"


def upload_whole(client: Client, name: str, data: bytes) -> Any:
    upload = begin(client, name, len(data))
    for offset in range(0, len(data), 8 << 20):
        upload = told(send(client, upload, offset, data[offset : offset + (8 << 20)]))
    return ended(client, upload)


def ended(client: Client, upload: Any) -> Any:
    ends_at = time.monotonic() + 30
    while upload["state"] == "reading" and time.monotonic() < ends_at:
        time.sleep(0.05)
        upload = told(client.get(address(upload)))
    return told(client.get(address(upload)))


def named(slices: list[bytes]) -> list[tuple[str, bytes]]:
    return [(f"IM{number}", data) for number, data in enumerate(slices)]


def lying() -> list[str]:
    """The files that wait in the folder of uploads."""
    folder = receiving.uploads_folder()
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_an_image_in_one_piece_is_done_at_once(client: Client) -> None:
    data = builders.ct_slice(**(uids := builders.fresh_uids()))
    upload = upload_whole(client, "scan/IM1", data)
    assert (upload["state"], upload["received_bytes"]) == ("done", len(data))
    assert upload["verdicts"] == [
        {
            "name": "scan/IM1",
            "verdict": "stored",
            "reason": None,
            "message": "Kept.",
            "study": uids["StudyInstanceUID"],
        }
    ]
    assert upload["counts"] == {"stored": 1, "duplicate": 0, "rejected": 0, "skipped": 0}
    assert Instance.objects.get().blob == hashlib.sha256(data).hexdigest()
    assert lying() == []


def test_pieces_make_the_file_they_were_cut_from(client: Client) -> None:
    data = builders.ct_slice(rows=64, columns=64)
    upload = begin(client, "IM1", len(data))
    for at in range(0, len(data), 1000):
        state = told(send(client, upload, at, data[at : at + 1000]))
        assert state["received_bytes"] == min(at + 1000, len(data))
    assert ended(client, state)["counts"]["stored"] == 1
    with blob_store().open(BlobKey(Instance.objects.get().blob)) as kept:
        assert kept.read() == data


def test_a_piece_at_another_offset_is_told_the_true_one(client: Client) -> None:
    data = builders.ct_slice()
    upload = begin(client, "IM1", len(data))
    told(send(client, upload, 0, data[:300]))
    for wrong in (0, 100, 299, 301, len(data)):
        answer = send(client, upload, wrong, b"x" * 10)
        assert told(answer, 409)["error"]["fields"] == {"received_bytes": 300}
        assert answer.headers["Upload-Offset"] == "300"
    state = told(send(client, upload, 300, data[300:]))
    assert ended(client, state)["counts"]["stored"] == 1


def test_after_a_reload_the_upload_is_found_and_goes_on(client: Client) -> None:
    data = builders.ct_slice(rows=256, columns=256)
    told(send(client, begin(client, "IM1", len(data)), 0, data[:100_000]))
    found = told(client.get("/api/uploads"))["uploads"]
    assert [(one["name"], one["size_bytes"], one["received_bytes"]) for one in found] == [
        ("IM1", len(data), 100_000)
    ]
    head = found[0]["head"]
    assert head == {"bytes": 65536, "sha256": hashlib.sha256(data[:65536]).hexdigest()}
    state = told(send(client, found[0], 100_000, data[100_000:]))
    assert ended(client, state)["counts"]["stored"] == 1
    assert told(client.get("/api/uploads"))["uploads"] == []


def test_head_tells_where_it_stands(client: Client) -> None:
    upload = begin(client, "IM1", 1000)
    told(send(client, upload, 0, b"x" * 400))
    answer = client.head(address(upload))
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("400", "1000")


def test_each_member_of_a_zip_has_its_verdict(client: Client) -> None:
    slices = builders.ct_series(5)
    upload = upload_whole(
        client,
        "ct.zip",
        zipped(*named(slices), ("readme.txt", b"hello")),
    )
    assert upload["state"] == "done"
    assert upload["counts"] == {"stored": 5, "duplicate": 0, "rejected": 0, "skipped": 1}
    assert [verdict["name"] for verdict in upload["verdicts"]] == [
        *(f"ct.zip/IM{number}" for number in range(5)),
        "ct.zip/readme.txt",
    ]
    assert upload["verdicts"][5]["message"] == "This is not a DICOM file."
    rest = told(client.get(f"{address(upload)}?from=4"))
    assert (rest["verdict_count"], len(rest["verdicts"])) == (6, 2)


def test_a_text_file_and_an_empty_one_are_skipped_in_words(client: Client) -> None:
    assert upload_whole(client, "letter.txt", b"Dear doctor")["verdicts"][0]["verdict"] == "skipped"
    empty = ended(client, begin(client, "empty", 0))
    assert empty["verdicts"][0]["reason"] == "not_dicom"


def test_a_cut_file_is_rejected_in_words(client: Client) -> None:
    verdict = upload_whole(client, "IM1", builders.ct_slice()[:-100])["verdicts"][0]
    assert (verdict["verdict"], verdict["message"]) == (
        "rejected",
        "The file is cut short: its end is missing.",
    )


def test_more_than_was_announced_or_than_one_piece_may_hold_is_refused(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    assert told(send(client, upload, 0, b"x" * 101), 413)["error"]["code"] == "too_large"
    assert told(client.get(address(upload)))["received_bytes"] == 0
    big = begin(client, "big", 100 << 20)
    assert told(send(client, big, 0, b"x" * ((8 << 20) + 1)), 413)["error"]["code"] == "too_large"
    assert told(send(client, big, 0, b"x" * (8 << 20)))["received_bytes"] == 8 << 20


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "x", "9" * 30, "٣"])
def test_an_offset_that_is_no_number_is_a_bad_request(client: Client, offset: str) -> None:
    upload = begin(client, "IM1", 100)
    answer = client.generic("PATCH", address(upload), b"x", RAW, HTTP_UPLOAD_OFFSET=offset)
    assert told(answer, 400)["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "a"},
        {"name": "a", "size_bytes": -1},
        {"name": "a", "size_bytes": "x"},
        {"name": "", "size_bytes": 1},
        {"name": "a\0b", "size_bytes": 1},
        {"name": "a", "size_bytes": 1 << 70},
        {"name": "a" * 5000, "size_bytes": 1},
        ["a"],
    ],
)
def test_a_beginning_that_says_too_little_is_a_bad_request(client: Client, body: Any) -> None:
    told(client.post("/api/uploads", body, JSON), 400)


def test_a_name_is_shown_without_what_could_disguise_it_and_is_never_a_path(client: Client) -> None:
    told(client.post("/api/uploads", {"name": "\ud800", "size_bytes": 1}, JSON), 400)
    assert len(begin(client, "a" * 4000, 10)["name"]) == 255
    upload = begin(client, "../../etc/\x1b[31m\u202egnp.exe", 10)
    assert upload["name"] == "../../etc/\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}gnp.exe"
    assert f"{upload['id'].replace('-', '')}.upload" in lying()
    assert {name.partition(".")[2] for name in lying()} == {"upload"}


def test_a_file_larger_than_the_server_takes_is_refused_before_it_comes(
    client: Client, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    answer = client.post("/api/uploads", {"name": "a", "size_bytes": 1001}, JSON)
    assert told(answer, 413)["error"]["fields"] == {"most_bytes": 1000}


def test_a_full_disk_is_told_before_the_file_comes_and_before_each_piece(
    client: Client, settings: Settings
) -> None:
    upload = begin(client, "IM1", 100)
    settings.MIN_FREE_BYTES = 1 << 60
    answer = client.post("/api/uploads", {"name": "a", "size_bytes": 1}, JSON)
    assert told(answer, 507)["error"]["code"] == "storage_full"
    assert told(send(client, upload, 0, b"x" * 50), 507)["error"]["code"] == "storage_full"
    settings.MIN_FREE_BYTES = 1 << 20
    assert told(send(client, upload, 0, b"x" * 50))["received_bytes"] == 50


def test_an_upload_is_its_users_own(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    for other in (signed_in(alice()), signed_in(ada())):
        assert told(other.get("/api/uploads"))["uploads"] == []
        told(other.get(address(upload)), 404)
        told(send(other, upload, 0, b"x"), 404)
        told(other.delete(address(upload)), 404)
        told(other.post(f"{address(upload)}/retry"), 404)
    refused = AuditEvent.objects.filter(action="refused", outcome="refused", details__upload=upload["id"])
    assert refused.count() == 8
    for stranger in (signed_in(bob()), signed_in(pia())):
        told(stranger.get(address(upload)), 403)
        told(stranger.post("/api/uploads", {"name": "a", "size_bytes": 1}, JSON), 403)
    told(Client().get(address(upload)), 401)


def test_a_piece_from_another_site_is_refused(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    strict = signed_in(tess(), check_csrf=True)
    told(send(strict, upload, 0, b"x"), 403)
    assert told(client.get(address(upload)))["received_bytes"] == 0


def test_giving_up_leaves_nothing(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    told(send(client, upload, 0, b"x" * 50))
    told(client.delete(address(upload)), 204)
    told(client.get(address(upload)), 404)
    told(send(client, upload, 50, b"x" * 50), 404)
    assert lying() == []


def test_two_pieces_at_once_are_not_mixed(client: Client) -> None:
    data = builders.ct_slice(rows=64, columns=64)
    upload = begin(client, "IM1", len(data))
    half = len(data) // 2
    statuses: list[int] = []

    def send_first_half() -> None:
        statuses.append(send(signed_in(tess()), upload, 0, data[:half]).status_code)

    senders = [threading.Thread(target=send_first_half) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 503}
    assert ended(client, told(send(client, upload, half, data[half:])))["counts"]["stored"] == 1


def test_while_a_piece_is_being_written_another_has_to_wait(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    with receiving.path_of(Upload.objects.get()).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        answer = send(client, upload, 0, b"x" * 100)
        assert told(answer, 503)["error"]["code"] == "overloaded"
        assert answer.headers["Retry-After"] == "1"
    assert told(send(client, upload, 0, b"x" * 50))["received_bytes"] == 50


def test_what_a_killed_process_wrote_and_did_not_tell_is_written_over(client: Client) -> None:
    data = builders.ct_slice(rows=64, columns=64)
    upload = begin(client, "IM1", len(data))
    told(send(client, upload, 0, data[:500]))
    with receiving.path_of(Upload.objects.get()).open("ab") as file:
        file.write(b"longer than what is still to come" * len(data))
    assert ended(client, told(send(client, upload, 500, data[500:])))["counts"]["stored"] == 1


def test_where_the_file_was_lost_it_is_asked_for_again(client: Client) -> None:
    data = builders.ct_slice()
    upload = begin(client, "IM1", len(data))
    told(send(client, upload, 0, data[:500]))
    receiving.path_of(Upload.objects.get()).unlink()
    assert told(send(client, upload, 500, data[500:]), 409)["error"]["fields"] == {"received_bytes": 0}
    assert ended(client, told(send(client, upload, 0, data)))["counts"]["stored"] == 1


def test_a_piece_that_comes_again_when_all_was_read_is_told_so_and_leaves_nothing(client: Client) -> None:
    data = builders.ct_slice()
    upload = upload_whole(client, "IM1", data)
    for offset in (0, len(data)):
        refused = told(send(client, upload, offset, data[offset:]), 409)
        assert refused["error"]["fields"] == {"received_bytes": len(data)}
    assert not receiving.path_of(Upload.objects.get()).exists()


def test_a_reading_that_was_killed_goes_on_at_the_next_start(client: Client) -> None:
    slices = builders.ct_series(3)
    data = zipped(*named(slices))
    upload = begin(client, "ct.zip", len(data))
    told(send(client, upload, 0, data[:-1]))
    # As a process leaves it that dies after the last piece: in one case before, in one after the reading began.
    row = Upload.objects.get()
    with receiving.path_of(row).open("ab") as file:
        file.write(data[-1:])
    Upload.objects.update(received_bytes=len(data), state="reading", verdicts=[{"verdict": "stored"}])
    assert reading.resume_uploads() == 1
    assert ended(client, told(client.get(address(upload))))["counts"]["stored"] == 3
    assert reading.resume_uploads() == 0


def test_a_file_that_came_whole_but_was_not_read_is_read_at_the_next_start(client: Client) -> None:
    data = builders.ct_slice()
    upload = begin(client, "IM1", len(data))
    told(send(client, upload, 0, data[:10]))
    receiving.path_of(Upload.objects.get()).write_bytes(data)
    Upload.objects.update(received_bytes=len(data))
    assert reading.resume_uploads() == 1
    ends_at = time.monotonic() + 20
    while told(client.get(address(upload)))["state"] != "done" and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert Instance.objects.count() == 1


def test_a_reading_for_which_there_is_no_room_stops_and_goes_on_when_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Any:
        raise StorageFull

    data = builders.ct_slice()
    with monkeypatch.context() as patched:
        patched.setattr(reading, "unpack", full)
        stopped = upload_whole(client, "IM1", data)
    assert (stopped["state"], stopped["problem"]["code"]) == ("stopped", "storage_full")
    told(send(client, stopped, len(data), b""), 409)
    told(client.post(f"{address(stopped)}/retry"), 202)
    upload = ended(client, told(client.get(address(stopped))))
    assert (upload["state"], upload["counts"]["stored"]) == ("done", 1)
    told(client.post(f"{address(upload)}/retry"), 409)


def test_what_nobody_continues_is_forgotten(client: Client) -> None:
    upload = begin(client, "IM1", 100)
    done = upload_whole(client, "IM2", builders.ct_slice())
    (receiving.uploads_folder() / "0123.upload").write_bytes(b"its row is gone")
    assert receiving.clear_abandoned_uploads() == 0
    assert len(lying()) == 1
    now = timezone.now()
    assert receiving.clear_abandoned_uploads(now + timedelta(days=2)) == 1
    told(client.get(address(done)), 404)
    told(client.get(address(upload)))
    assert receiving.clear_abandoned_uploads(now + timedelta(days=8)) == 1
    assert (Upload.objects.count(), lying()) == (0, [])


def test_a_user_begins_a_thousand_at_most(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_UNFINISHED", 2)
    for _ in range(2):
        begin(client, "IM1", 100)
    answer = client.post("/api/uploads", {"name": "a", "size_bytes": 1}, JSON)
    assert told(answer, 503)["error"]["code"] == "overloaded"
    assert answer.headers["Retry-After"] == "5"


def test_nothing_of_a_name_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    upload_whole(client, "Doe^Jane.zip", zipped(("Doe^Jane", b"no DICOM")))
    call_command("check")
    assert "Jane" not in caplog.text
