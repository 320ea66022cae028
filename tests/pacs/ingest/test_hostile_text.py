"""P10: no text from a file ever becomes a path, a header, markup or a line of the log."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from pacs.storage.keys import is_digest
from tests import builders, people
from tests.builders import blob_key_of
from tests.pacs.api.test_uploads import upload_whole
from tests.pacs.dicomweb.stow_client import multipart, single, store
from tests.pacs.ingest.zips import zipped

pytestmark = pytest.mark.django_db(transaction=True)  # every way in works in threads

PAYLOADS = (
    "<script>alert(1)</script>",
    "../../../../etc/cron.d/x",
    "quiet\0a-word-behind-it",
    "\x1b[2J\x1b]0;owned\x07",
    "x\r\nSet-Cookie: a=b",
    "%n%s{0.__class__}",
)
# One attribute of every VR that holds text (PS3.5 Table 6.2-1).
TEXT_ATTRIBUTES = {
    0x00080020: b"DA",
    0x0008002A: b"DT",
    0x00080030: b"TM",
    0x00080054: b"AE",
    0x00080060: b"CS",
    0x00080081: b"ST",
    0x00080119: b"UC",
    0x00080120: b"UR",
    0x0008103E: b"LO",
    0x00100010: b"PN",
    0x00100020: b"LO",
    0x00101010: b"AS",
    0x00104000: b"LT",
    0x00180050: b"DS",
    0x00200010: b"SH",
    0x00200013: b"IS",
    0x00200052: b"UI",
    0x0040A160: b"UT",
}
UIDS_OF_THE_OBJECT = {0x00080016: b"UI", 0x00080018: b"UI", 0x0020000D: b"UI", 0x0020000E: b"UI"}


def with_text(payload: str, tags: dict[int, bytes]) -> bytes:
    """A CT slice that says this in these attributes, whatever may stand there."""
    whole = builders.ct_slice()
    at = builders.find_tag(whole, 0x00080005)
    elements, position = dict[int, bytes](), at
    while position < len(whole):
        group, element, vr, length = struct.unpack_from("<HH2sH", whole, position)
        end = position + 8 + length
        if vr == b"OW":
            end = position + 12 + struct.unpack_from("<I", whole, position + 8)[0]
        elements[group << 16 | element], position = whole[position:end], end
    text = payload.encode() + b" " * (len(payload.encode()) % 2)
    elements |= {tag: builders.element(tag, vr, text) for tag, vr in tags.items()}
    return whole[:at] + b"".join(elements[tag] for tag in sorted(elements))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_p10_no_text_of_any_vr_becomes_a_path_a_header_or_a_line_of_the_log(
    payload: str, tmp_path: Path, storage_roots: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spoken = [with_text(payload, {tag: vr}) for tag, vr in (TEXT_ATTRIBUTES | UIDS_OF_THE_OBJECT).items()]
    spoken.append(with_text(payload, TEXT_ATTRIBUTES))
    client = people.signed_in(people.tess())
    with caplog.at_level(0, logger="pacs"):
        answers = [async_to_sync(store)(body) for body in (multipart(*spoken), single(spoken[-1]))]
        archive = zipped(*((f"{number}{payload}", data) for number, data in enumerate(spoken)))
        upload = upload_whole(client, payload.replace("\0", "") + ".zip", archive)
    assert {answer.status for answer in answers} <= {200, 202, 409}
    assert upload["state"] == "done"
    assert upload["counts"]["rejected"] >= len(UIDS_OF_THE_OBJECT) - 1
    told = "".join(answer.body.decode() + str(answer.headers) for answer in answers)
    word = payload.rpartition("\0")[2]
    assert word not in caplog.text
    assert word not in told
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    derived = [
        path for path in files if storage_roots / "derived" in path.parents
    ]  # named by digests of keys
    kept = [path for path in files if path not in derived]
    assert {path.name for path in kept} == {blob_key_of(path.read_bytes()) for path in kept}
    assert all(is_digest(path.name) and path.parent.name == path.name[:2] for path in derived)
    assert all(storage_roots in path.parents for path in files)
