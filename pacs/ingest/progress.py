"""A progress bar on a terminal, and silence anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

BAR_WIDTH = 30
CLEAR_LINE = "\r\x1b[K"


class Screen(Protocol):
    """What a bar is drawn on."""

    def isatty(self) -> bool:
        """Whether somebody looks."""

    def write(self, msg: str, /, *, ending: str) -> None:
        """Write without a line's end of its own."""

    def flush(self) -> None:
        """Show it now."""


@dataclass
class Progress:
    """How many of all files are done."""

    screen: Screen
    total: int
    done: int = 0

    def advance(self) -> None:
        """One more."""
        self.done += 1
        if self.screen.isatty() and self.total:
            filled = BAR_WIDTH * self.done // self.total
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            self.screen.write(f"{CLEAR_LINE}{bar} {self.done} of {self.total}", ending="")
            self.screen.flush()

    def clear(self) -> None:
        """Make room for a line of text."""
        if self.screen.isatty():
            self.screen.write(CLEAR_LINE, ending="")
            self.screen.flush()
