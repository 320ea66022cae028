"""A copy that cannot be made in the background: its sender, who waits for no answer any more, gets a notice."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from pacs.access.models import GuestLink, LinkCopy, Notice
from pacs.catalog.models import Instance
from pacs.errors import BadRequest, StorageFull
from pacs.nameless import copying, issuing
from pacs.nameless.erasing import erase_ended
from pacs.storage.blobs import blob_store
from pacs.storage.keys import BlobKey
from tests.pacs.bin.binning import received, study_of
from tests.pacs.nameless.sharing import copies, nameless_link, sender_client

pytestmark = pytest.mark.django_db(transaction=True)
CT = "1.2.3"


def lose_files() -> None:
    """As a disk does: the catalogue says that they are here."""
    for blob in Instance.objects.values_list("blob", flat=True):
        blob_store().delete(BlobKey(blob))


def spoil_files() -> None:
    """Nothing of them is DICOM any more, so that nothing of them can be de-identified."""
    for row in Instance.objects.all():
        with blob_store().local_path(BlobKey(row.blob)) as path:
            path.chmod(0o600)
            path.write_bytes(b"\0" * row.size_bytes)


def state_when_over() -> str:
    until = time.monotonic() + 60
    while (state := LinkCopy.objects.get().state) == "preparing" and time.monotonic() < until:
        time.sleep(0.05)  # the copy is made in a thread: nothing tells when
    return state


def news(client: Client) -> list[tuple[str, str | None, bool]]:
    told = client.get("/api/notices").json()["notices"]
    return [(one["what"], one["link"], one["seen"]) for one in told]


@pytest.mark.parametrize("harm", [lose_files, spoil_files])
def test_the_sender_is_told_that_a_copy_begun_for_them_failed(
    harm: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    received(*study_of(2))
    monkeypatch.setattr(issuing, "AT_ONCE_OBJECTS", 1)
    harm()
    issued = nameless_link(CT)
    assert (state_when_over(), copies()) == ("failed", 0)
    sender = sender_client()
    assert news(sender) == [("not_copied", issued.link.public_id, False)]
    assert sender.get("/api/session").json()["user"]["unseen_notices"] == 1
    (listed,) = sender.get("/api/shares").json()["shares"]
    assert listed["state"] == "gone"


def test_who_waits_for_the_answer_is_told_by_it_alone() -> None:
    received(*study_of(2))
    spoil_files()
    with pytest.raises(BadRequest):
        nameless_link(CT)
    assert (LinkCopy.objects.get().state, Notice.objects.count()) == ("failed", 0)


def test_of_a_link_that_ended_meanwhile_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended_and_full(*args: object) -> None:
        GuestLink.objects.update(revoked_at=timezone.now())
        erase_ended()
        raise StorageFull

    received(*study_of(2))
    monkeypatch.setattr(issuing, "AT_ONCE_OBJECTS", 1)
    monkeypatch.setattr(issuing, "begin_copying", lambda number: None)
    monkeypatch.setattr(copying, "stage", ended_and_full)
    nameless_link(CT)
    copying._copy(LinkCopy.objects.get().pk)
    assert (state_when_over(), Notice.objects.count()) == ("erased", 0)
