"""How much may be on its way: a line of any rate is filled, and what waits in it is little."""

from __future__ import annotations

import pytest

from viewer.streaming.credit import (
    FIRST_WINDOW_BYTES,
    LEAST_TRIP_S,
    LEAST_WINDOW_BYTES,
    TRIP_HOLDS_S,
    Credit,
)

PIECE_BYTES = 8_000


class Line:
    """A line of so many bytes a second and this round trip; a sender with endless bytes at one end."""

    def __init__(self, bytes_per_s: float, round_trip_s: float) -> None:
        self.bytes_per_s, self.round_trip_s = bytes_per_s, round_trip_s
        self.now_s, self.free_at_s = 0.0, 0.0
        self.sent = self.come = 0
        self.coming: list[tuple[float, int]] = []
        self.credit = Credit(0.0)

    def run(self, for_s: float) -> float:
        """The share of what the line could carry that it carried."""
        began_s, before = self.now_s, self.come
        while self.now_s < began_s + for_s:
            while self.credit.room_bytes > 0:
                self._send()
            self.now_s, self.come = self.coming.pop(0)
            assert self.credit.acknowledge(self.come, self.now_s)
        return (self.come - before) / (self.bytes_per_s * (self.now_s - began_s))

    def _send(self) -> None:
        self.sent += PIECE_BYTES
        self.credit.sent(PIECE_BYTES, self.now_s)
        self.free_at_s = max(self.free_at_s, self.now_s) + PIECE_BYTES / self.bytes_per_s
        self.coming.append((self.free_at_s + self.round_trip_s, self.sent))


@pytest.mark.parametrize(
    ("mbit_per_s", "round_trip_s"), [(1, 0.3), (1.6, 0.15), (9, 0.17), (30, 0.03), (100, 0.01)]
)
def test_a_line_is_filled_and_little_waits_in_it(mbit_per_s: float, round_trip_s: float) -> None:
    line = Line(mbit_per_s * 1e6 / 8, round_trip_s)
    line.run(20 * round_trip_s + 1)
    assert line.run(3) > 0.95
    waiting_s = line.credit.in_flight_bytes / line.bytes_per_s
    assert waiting_s < 1.4 * max(round_trip_s, LEAST_TRIP_S) + LEAST_WINDOW_BYTES / line.bytes_per_s + 0.05


def test_a_page_that_is_busy_drawing_does_not_leave_its_line_idle() -> None:
    line = Line(1.1e6, 0.015)  # its shortest trip was seen while it had nothing to draw
    line.run(1)
    line.round_trip_s = 0.09
    line.run(1)
    assert line.run(3) > 0.9


def test_a_line_that_was_given_little_to_carry_has_not_shown_what_it_can() -> None:
    credit, total = Credit(0.0), 0
    for turn in range(50):
        total += 100
        credit.sent(100, float(turn))
        assert credit.acknowledge(total, turn + 0.1)
    assert credit.window_bytes == FIRST_WINDOW_BYTES


def test_a_line_that_grows_worse_is_given_less_after_a_while() -> None:
    line = Line(1.2e6, 0.1)
    line.run(5)
    wide = line.credit.window_bytes
    line.bytes_per_s /= 8
    line.run(TRIP_HOLDS_S)
    assert line.credit.window_bytes < wide / 3


def test_nothing_more_is_sent_to_who_does_not_say_that_anything_came() -> None:
    credit = Credit(0.0)
    credit.sent(FIRST_WINDOW_BYTES, 0.0)
    assert credit.room_bytes <= 0
    assert credit.acknowledge(FIRST_WINDOW_BYTES // 2, 3600.0)
    assert credit.room_bytes > 0


def test_more_than_was_sent_cannot_have_come() -> None:
    credit = Credit(0.0)
    credit.sent(1000, 0.0)
    assert not credit.acknowledge(1001, 1.0)
    assert credit.acknowledge(1000, 1.0)
    assert credit.acknowledge(10, 2.0)  # said late, and of no consequence
    assert credit.in_flight_bytes == 0


def test_a_line_that_grows_better_is_used_soon() -> None:
    line = Line(0.2e6, 0.1)
    line.run(5)
    line.bytes_per_s *= 8
    line.run(3)
    assert line.run(3) > 0.9


def test_a_trip_that_grew_longer_is_believed_in_the_end() -> None:
    line = Line(1.2e6, 0.05)
    line.run(5)
    line.round_trip_s = 0.4
    line.run(3 * TRIP_HOLDS_S)
    assert line.run(8) > 0.8


def test_a_pause_says_nothing_of_the_line() -> None:
    line = Line(1e6, 0.1)
    line.run(3)
    for _ in range(20):
        line.now_s += 5
        line.sent += 100
        line.credit.sent(100, line.now_s)
        line.now_s += 0.1
        assert line.credit.acknowledge(line.sent, line.now_s)
    line.free_at_s, line.come, line.coming = line.now_s, line.sent, []
    assert line.run(3) > 0.9
