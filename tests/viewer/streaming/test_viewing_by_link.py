"""The viewer's socket for the guest of a link: what the link shows streams, and revoking it stops the stream (P14)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.conf import settings

from pacs.access.share_links import Issued, revoke_link
from pacs.catalog.models import Instance
from tests import people
from tests.viewer.streaming.socket_client import Header
from tests.viewer.streaming.test_viewing import P14_S, Viewer, connected, ending, keep_series
from tests.viewer.streaming.test_worklist import in_database
from viewer.streaming.stacks import order_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]


def by_link(issued: Issued) -> Header:
    """The cookie of a guest."""
    return b"cookie", f"{settings.SESSION_COOKIE_NAME}={people.guest_session_key(issued)}".encode()


def laid_out(rows: list[Instance]) -> list[tuple[str, int]]:
    return [(row.sop_instance_uid, row.number_of_frames) for row in rows]


async def opened(viewer: Viewer, series: str, rows: list[Instance]) -> Any:
    order = order_of(laid_out(rows))
    asked = {"stack": 3, "series": series, "order": order, "runs": [[0, len(rows) - 1]], "have": []}
    await viewer.say(type="open", **asked)
    return await viewer.told()


@pytest.mark.parametrize("busy", [True, False])
async def test_p14_revoking_a_link_stops_its_stream_within_five_seconds(busy: bool) -> None:
    series, rows = await in_database(lambda: keep_series(2, side=1024 if busy else 64))
    issued = await in_database(lambda: people.link_to(rows[0].series.study))
    async with connected(await in_database(lambda: by_link(issued))) as guest:
        assert (await opened(guest, series, rows))["type"] == "opened"
        await guest.look(0)
        if busy:  # in the middle of it
            await guest.plain.message()
        else:
            await guest.told()
        await in_database(lambda: revoke_link(issued.link, actor=people.TESTS))
        async with asyncio.timeout(P14_S):
            assert await ending(guest) == [{"type": "signed_out"}, 4401]


async def test_single_images_are_a_stack_of_those_alone() -> None:
    series, rows = await in_database(lambda: keep_series(3, side=64))
    shown = [rows[1].sop_instance_uid]
    issued = await in_database(lambda: people.link_to(rows[0].series.study, instances=shown))
    async with connected(await in_database(lambda: by_link(issued))) as guest:
        assert (await opened(guest, series, rows))["type"] == "unlike"  # it is laid out otherwise for them
        assert (await opened(guest, series, rows[1:2]))["frames"] == 1


async def test_another_study_is_not_there() -> None:
    _, rows = await in_database(lambda: keep_series(1, side=64))
    other = await in_database(lambda: keep_series(1, side=64, StudyInstanceUID="1.2.99", PatientID="PAUL"))
    issued = await in_database(lambda: people.link_to(rows[0].series.study))
    async with connected(await in_database(lambda: by_link(issued))) as guest:
        assert (await opened(guest, *other))["reason"] == "not_found"
        assert (await opened(guest, "9.9.9", rows))["reason"] == "not_found"
