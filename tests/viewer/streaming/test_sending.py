"""The one who sends: in the plan's order, as the line has room, nothing stale and nothing twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from pacs.errors import NotFound, NotSignedIn, Overloaded
from viewer.imaging.errors import CannotShow, NoStream
from viewer.streaming import sending
from viewer.streaming.credit import FIRST_WINDOW_BYTES
from viewer.streaming.desk import Desk
from viewer.streaming.messages import ViewingMessage
from viewer.streaming.orders import View
from viewer.streaming.parts import Part
from viewer.streaming.sayings import Have
from viewer.streaming.sending import MOST_MAKING, Sender
from viewer.streaming.shelf import Run
from viewer.streaming.stacks import FrameList

SERIES = FrameList(("1.1", "1.2", "1.3"), (10, 11, 40))  # 40 frames in three instances
STACK = 5
SIZES = (1_000, 4_000, 16_000)
MOMENT_S = 0.02


@dataclass
class FakeLevels:
    """Levels of made-up bytes; frames that are not made, or not to be had, as a test wants."""

    sizes: tuple[int, ...] = SIZES
    unmade: set[tuple[str, int]] = field(default_factory=set)
    troubles: dict[tuple[str, int], Exception] = field(default_factory=dict)
    asked: list[tuple[tuple[str, int], int, int]] = field(default_factory=list)
    making: int = 0
    most_making: int = 0
    makes_in_s: float = 0.0

    async def part(self, frame: tuple[str, int], level: int, offset: int, most_bytes: int) -> Part | None:
        await asyncio.sleep(0)
        self.asked.append((frame, level, offset))
        if frame in self.unmade:
            return None
        if frame in self.troubles:
            raise self.troubles[frame]
        if level >= len(self.sizes):
            return Part(b"", 0, 0, len(self.sizes))
        end = min(self.sizes[level], offset + most_bytes)
        told = json.dumps([*frame, level, offset, end]).encode()
        return Part(told + bytes(max(0, end - offset - len(told))), end, self.sizes[level], len(self.sizes))

    async def make(self, frame: tuple[str, int]) -> None:
        self.making += 1
        self.most_making = max(self.most_making, self.making)
        await asyncio.sleep(self.makes_in_s)
        self.making -= 1
        if frame in self.troubles:
            raise self.troubles[frame]
        self.unmade.discard(frame)


@dataclass
class FakeViewer:
    """Takes what comes; says that it came only while it is asked to."""

    desk: Desk
    acknowledges: bool = True
    got: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    told: list[ViewingMessage] = field(default_factory=list)
    got_bytes: int = 0
    on_level: Callable[[], None] = lambda: None

    async def send_level(self, data: bytes) -> None:
        self.got.append(tuple(json.loads(data.rstrip(b"\0"))))
        self.got_bytes += len(data)
        self.on_level()
        if self.acknowledges:
            asyncio.get_running_loop().call_soon(self.acknowledge)

    def acknowledge(self) -> None:
        self.desk.acknowledge(self.got_bytes)

    async def tell(self, message: ViewingMessage) -> None:
        self.told.append(message)

    @property
    def levels(self) -> list[tuple[int, int]]:
        """(place in the stack, level) of what came whole or ended."""
        starts = {"1.1": 0, "1.2": 10, "1.3": 11}
        return [(starts[uid] + frame, level) for uid, frame, level, _, end in self.got if end == SIZES[level]]


@dataclass
class Session:
    desk: Desk
    levels: FakeLevels
    viewer: FakeViewer
    task: asyncio.Task[None]

    async def idle(self) -> None:
        """Until all is sent that the look wants."""
        async with asyncio.timeout(5):
            while {"type": "idle"} not in self.viewer.told:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        self.viewer.told.remove({"type": "idle"})


@asynccontextmanager
async def session(levels: FakeLevels | None = None, **viewer: Any) -> AsyncIterator[Session]:
    desk = Desk()
    one = Session(desk, levels or FakeLevels(), FakeViewer(desk, **viewer), asyncio.ensure_future(_nothing()))
    one.task = asyncio.ensure_future(Sender(desk, one.levels, one.viewer).run())
    desk.open(STACK, SERIES, ())
    yield one
    one.task.cancel()
    await asyncio.gather(one.task, return_exceptions=True)


async def _nothing() -> None:
    """Done at once."""


async def test_all_of_the_stack_is_sent_each_level_once_and_then_that_it_is_idle() -> None:
    async with session() as one:
        one.desk.look((View(STACK, 12),))
        await one.idle()
        assert one.viewer.levels[:4] == [(12, 0), (12, 1), (12, 2), (13, 0)]
        assert Counter(one.viewer.levels) == Counter(
            (frame, level) for frame in range(40) for level in range(3)
        )
        await asyncio.sleep(MOMENT_S)
        assert {"type": "idle"} not in one.viewer.told


async def test_nothing_is_sent_while_nothing_is_looked_at() -> None:
    async with session() as one:
        await asyncio.sleep(MOMENT_S)
        assert one.viewer.told == []
        one.desk.look((View(STACK + 1, 0),))
        await asyncio.sleep(MOMENT_S)
        assert one.viewer.got == []


async def test_no_more_is_on_its_way_than_the_viewer_has_room_for() -> None:
    async with session(acknowledges=False) as one:
        one.desk.look((View(STACK, 12),))
        await asyncio.sleep(MOMENT_S)
        assert FIRST_WINDOW_BYTES <= one.viewer.got_bytes < FIRST_WINDOW_BYTES + max(SIZES)
        one.viewer.acknowledges = True
        one.viewer.acknowledge()
        await one.idle()


async def test_after_another_look_nothing_is_sent_that_it_does_not_want_first() -> None:
    async with session(acknowledges=False) as one:
        one.desk.look((View(STACK, 2),))
        await asyncio.sleep(MOMENT_S)
        before = len(one.viewer.levels)
        one.desk.look((View(STACK, 35, 1, 4),))
        one.viewer.acknowledge()
        await asyncio.sleep(MOMENT_S)
        assert one.viewer.levels[before:][:3] == [(35, 0), (36, 0), (37, 0)]


async def test_a_look_in_the_middle_of_a_large_level_stops_it_and_it_goes_on_from_there_later() -> None:
    sizes = (1_000, 4_000, 1_000_000)
    async with session(FakeLevels(sizes), acknowledges=False) as one:
        one.desk.look((View(STACK, 2, reach="frame"),))
        await asyncio.sleep(MOMENT_S)
        *_, (uid, frame, level, _, parked_at) = one.viewer.got
        assert (uid, frame, level) == ("1.1", 2, 2)
        assert 0 < parked_at < sizes[2]
        one.desk.look((View(STACK, 35, reach="frame"),))
        one.viewer.acknowledge()
        await asyncio.sleep(MOMENT_S)
        assert one.viewer.got[-1][:2] == ("1.3", 24)
        one.viewer.acknowledges = True
        one.viewer.acknowledge()
        await one.idle()
        one.desk.look((View(STACK, 2, reach="frame"),))
        await one.idle()
        parts = [
            (start, end)
            for uid, frame, level, start, end in one.viewer.got
            if (uid, frame, level) == ("1.1", 2, 2)
        ]
        assert parts[0][0] == 0
        assert [end for _, end in parts[:-1]] == [
            start for start, _ in parts[1:]
        ]  # no byte twice, none left out
        assert parts[-1][1] == sizes[2]


async def test_what_the_viewer_says_that_it_has_is_not_sent_again_not_even_half_a_level() -> None:
    async with session(FakeLevels((1_000, 4_000, 100_000))) as one:
        one.desk.have(Have(STACK, 0, (Run(40, 3, 3),)))
        one.desk.have(Have(STACK, 7, (Run(1, 2, 3),), ((7, 60_000),)))
        one.desk.look((View(STACK, 12),))
        await one.idle()
        assert {(uid, frame, level) for uid, frame, level, _, _ in one.viewer.got} == {("1.1", 7, 2)}
        assert one.viewer.got[0][3] == 60_000
        assert sum(end - start for *_, start, end in one.viewer.got) == 40_000


async def test_a_viewer_that_knows_not_how_many_levels_there_are_is_sent_none_that_are_not() -> None:
    async with session() as one:
        one.desk.have(Have(STACK, 0, (Run(40, 3, 0),)))
        one.desk.look((View(STACK, 12),))
        await one.idle()
        assert one.viewer.got == []


@pytest.mark.parametrize("trouble", [CannotShow("decode_failed"), NoStream("float")])
async def test_a_frame_that_cannot_be_had_is_told_of_once_and_the_others_come(trouble: Exception) -> None:
    levels = FakeLevels(unmade={("1.2", 0)}, troubles={("1.2", 0): trouble})
    async with session(levels) as one:
        one.desk.look((View(STACK, 10),))
        await one.idle()
        one.desk.look((View(STACK, 11),))
        one.desk.look((View(STACK, 10),))
        await asyncio.sleep(MOMENT_S)
        told = [message for message in one.viewer.told if message["type"] == "cannot"]
        reason = "no_stream" if isinstance(trouble, NoStream) else "decode_failed"
        place = {"stack": STACK, "instance": "1.2", "frame": 1}
        assert told == [{"type": "cannot", **place, "reason": reason, "permanent": True}]
        assert len({frame for frame, _ in one.viewer.levels}) == 39


async def test_a_failure_of_ours_is_told_without_its_words_and_may_pass(
    caplog: pytest.LogCaptureFixture,
) -> None:
    levels = FakeLevels(unmade={("1.2", 0)}, troubles={("1.2", 0): ValueError("Doe^Jane")})
    async with session(levels) as one:
        one.desk.look((View(STACK, 10),))
        await one.idle()
        (told,) = [message for message in one.viewer.told if message["type"] == "cannot"]
        assert (told["reason"], told["permanent"]) == ("failed", False)
    assert "ValueError" in caplog.text
    assert "Doe" not in caplog.text


async def test_others_are_sent_while_a_stream_is_made_and_few_are_made_at_once() -> None:
    unmade = {("1.1", frame) for frame in range(10)}
    levels = FakeLevels(unmade=set(unmade), makes_in_s=MOMENT_S)
    async with session(levels) as one:
        one.desk.look((View(STACK, 5),))
        await one.idle()
        assert Counter(one.viewer.levels) == Counter(
            (frame, level) for frame in range(40) for level in range(3)
        )
        assert one.viewer.levels[0][0] >= 10
        assert levels.most_making <= MOST_MAKING + 1


async def test_what_comes_on_screen_is_made_though_others_are_being_made() -> None:
    unmade = {("1.1", frame) for frame in range(10)}
    levels = FakeLevels(unmade=unmade, makes_in_s=3600)
    async with session(levels) as one:
        one.desk.look((View(STACK, 5, 1, 30),))
        await asyncio.sleep(MOMENT_S)
        assert levels.making == MOST_MAKING
        one.desk.look((View(STACK, 1),))
        await asyncio.sleep(MOMENT_S)
        assert levels.making == MOST_MAKING + 1


async def test_one_who_takes_nothing_holds_nobody_else() -> None:
    async with session(acknowledges=False) as stuck, session() as quick:
        stuck.desk.look((View(STACK, 12),))
        quick.desk.look((View(STACK, 12),))
        await quick.idle()
        assert stuck.viewer.got_bytes < FIRST_WINDOW_BYTES + max(SIZES)


async def test_p14_a_standing_that_ends_stops_it_in_the_middle_of_a_level() -> None:
    levels = FakeLevels((1_000, 4_000, 10_000_000))
    async with session(levels) as one:
        one.desk.look((View(STACK, 2, reach="frame"),))
        await asyncio.sleep(MOMENT_S / 4)
        levels.troubles[("1.1", 2)] = NotSignedIn()
        with pytest.raises(NotSignedIn):
            await asyncio.wait_for(one.task, 1)
        assert one.viewer.got[-1][4] < 10_000_000


async def test_a_study_that_is_open_no_more_is_closed_and_nothing_of_it_is_sent() -> None:
    levels = FakeLevels(troubles={("1.1", 2): NotFound()})
    async with session(levels) as one:
        one.desk.look((View(STACK, 2),))
        await asyncio.sleep(MOMENT_S)
        assert {"type": "closed", "stack": STACK, "reason": "not_found"} in one.viewer.told
        assert one.viewer.got == []


async def test_what_is_too_much_now_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "OVERLOADED_PAUSE_S", MOMENT_S)
    levels = FakeLevels(troubles={("1.1", 2): Overloaded(retry_after_s=1)})
    async with session(levels) as one:
        one.desk.look((View(STACK, 2, reach="frame"),))
        await asyncio.sleep(MOMENT_S / 2)
        assert one.viewer.got == []
        levels.troubles.clear()
        await one.idle()
        assert one.viewer.levels == [(2, 0), (2, 1), (2, 2)]


async def test_what_made_room_at_the_viewer_while_it_was_sent_is_not_thought_to_be_there() -> None:
    async with session() as one:

        def throw_away() -> None:
            one.viewer.on_level = lambda: None
            one.desk.have(Have(STACK, 2, (Run(1, 0, 0),)))

        one.desk.look((View(STACK, 2, reach="frame"),))
        one.viewer.on_level = throw_away
        await one.idle()
        assert one.viewer.levels == [(2, 0), (2, 0), (2, 1), (2, 2)]
