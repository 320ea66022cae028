"""How much a viewer may say: more than any hand makes it say, and no more."""

from __future__ import annotations

MESSAGES_A_SECOND = 200.0  # a look each time the screen is drawn, and an acknowledgement each 25 ms
AT_ONCE = 600.0


class Pace:
    """Lets so many messages pass a second, and that many at once after a silence."""

    def __init__(self, now_s: float) -> None:
        self._room, self._at_s = AT_ONCE, now_s

    def has_room(self, now_s: float) -> bool:
        """Whether one more may pass; it is counted."""
        self._room = min(AT_ONCE, self._room + (now_s - self._at_s) * MESSAGES_A_SECOND) - 1
        self._at_s = now_s
        return self._room >= 0
