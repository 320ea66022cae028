"""How much may be on its way to one viewer: as much as its line carries there and back, and little more.

What was sent cannot be called back, so it is what makes a picture wait that is wanted now. The viewer says how many
bytes have come (its acknowledgements); from that the line's rate and its shortest round trip are known, and their
product is what fills it. Pure: the clock is the caller's.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

FIRST_WINDOW_BYTES = 96 << 10  # a third of a slice: who has just come looks at one picture
LEAST_WINDOW_BYTES = 24 << 10
MOST_WINDOW_BYTES = 4 << 20
# A page that is busy drawing answers late, however quick its line: less than this on its way, and the line stands idle.
LEAST_TRIP_S = 0.1
# In times of what fills the line. While its rate is being found, the window doubles with each round trip; then a
# quarter more is enough to see a rate that rises, and what waits in the line is little.
RISING, STEADY = 2.0, 1.25
ROSE = 1.2  # from one round trip to the next, and the rate is still being found
FLAT_ROUNDS = 2
# A line changes: what was measured before this long ago says nothing of it (a phone walks from one cell to the next).
RATE_HOLDS_S = 3.0
# The shortest trip is seen while nothing waits in the line. Where none was seen for so long, less is sent for a moment.
TRIP_HOLDS_S = 10.0
PROBING = 0.5  # of what fills the line


@dataclass(frozen=True)
class _Sent:
    total: int  # bytes sent, with this one
    at_s: float
    behind: int  # bytes that were in flight before it
    acknowledged: int  # bytes known to have come when it was sent
    acknowledged_at_s: float


class Credit:
    """The bytes that are on their way, and how many may be."""

    def __init__(self, now_s: float) -> None:
        self._sent = self._acknowledged = 0
        self._acknowledged_at_s = now_s
        self._on_their_way: deque[_Sent] = deque()
        self._rates: deque[tuple[float, float]] = deque()  # (when, bytes a second)
        self._trip_s, self._trip_at_s = 0.0, now_s
        self._round_ends, self._round_rate, self._flat_rounds = 0, 0.0, 0
        self._window = FIRST_WINDOW_BYTES

    @property
    def in_flight_bytes(self) -> int:
        """Sent and not acknowledged."""
        return self._sent - self._acknowledged

    @property
    def window_bytes(self) -> int:
        """How many may be in flight."""
        return self._window

    @property
    def room_bytes(self) -> int:
        """How many may be sent now; what is sent may be larger than the last of it."""
        return self._window - self.in_flight_bytes

    def sent(self, size: int, now_s: float) -> None:
        """So many bytes went out."""
        if not self._on_their_way:
            self._acknowledged_at_s = now_s  # the line stood idle: its rate is measured from here
        behind = self.in_flight_bytes
        self._sent += size
        self._on_their_way.append(
            _Sent(self._sent, now_s, behind, self._acknowledged, self._acknowledged_at_s)
        )

    def acknowledge(self, total: int, now_s: float) -> bool:
        """So many bytes have come in all. False where that cannot be: more than were sent."""
        if total > self._sent:
            return False
        if total <= self._acknowledged:
            return True
        self._acknowledged, self._acknowledged_at_s = total, now_s
        arrived = None
        while self._on_their_way and self._on_their_way[0].total <= total:
            arrived = self._on_their_way.popleft()
        if arrived is not None:
            self._learn(arrived, now_s)
        return True

    def _learn(self, arrived: _Sent, now_s: float) -> None:
        took_s = now_s - arrived.acknowledged_at_s
        if took_s <= 0:
            return
        rate = self._highest_rate((self._acknowledged - arrived.acknowledged) / took_s, now_s)
        probe = max(LEAST_WINDOW_BYTES, PROBING * rate * self._trip_s)
        self._learn_trip(now_s - arrived.at_s, now_s, arrived.behind < probe)
        self._count_rounds(rate, arrived)
        self._window = int(min(MOST_WINDOW_BYTES, max(LEAST_WINDOW_BYTES, self._fitting(rate, now_s))))

    def _fitting(self, rate: float, now_s: float) -> float:
        if now_s - self._trip_at_s > TRIP_HOLDS_S:
            return PROBING * rate * self._trip_s
        fills = rate * max(self._trip_s, LEAST_TRIP_S)
        if self._flat_rounds >= FLAT_ROUNDS:
            return STEADY * fills
        # A line that was given little to carry has not shown what it can.
        return max(RISING * fills, self._window)

    def _count_rounds(self, rate: float, arrived: _Sent) -> None:
        if self._acknowledged < self._round_ends or arrived.behind < self._window / 2:
            return
        self._flat_rounds = 0 if rate > ROSE * self._round_rate else self._flat_rounds + 1
        self._round_ends, self._round_rate = self._sent, rate

    def _highest_rate(self, measured: float, now_s: float) -> float:
        # Only those that may yet be the highest are remembered: they fall from the first to the last.
        while self._rates and self._rates[-1][1] <= measured:
            self._rates.pop()
        self._rates.append((now_s, measured))
        while self._rates[0][0] < now_s - RATE_HOLDS_S:
            self._rates.popleft()
        return self._rates[0][1]

    def _learn_trip(self, trip_s: float, now_s: float, found_it_empty: bool) -> None:
        is_stale = now_s - self._trip_at_s > TRIP_HOLDS_S
        if self._trip_s == 0 or trip_s <= self._trip_s or (is_stale and found_it_empty):
            self._trip_s, self._trip_at_s = trip_s, now_s
