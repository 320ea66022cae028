"""By which of the rules that a search may choose from its keys are matched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pacs.errors import BadRequest

EMPTY = '""'  # PS3.4 C.2.2.2.7
LISTED = re.compile(r"[,\\]")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What PS3.18 8.3.4.2, 8.3.4.5 and 8.3.4.6 let a client choose."""

    fuzzy: bool = False  # names match by the beginnings of their words
    empty_values: bool = False  # two quotation marks match an attribute without a value
    multiple_values: bool = False  # of several values, each has to match one of the attribute's

    def asks_for_none(self, value: str) -> bool:
        """Whether this value asks for attributes that have none."""
        return self.empty_values and value == EMPTY


LITERAL = Rules()


def listed(value: str) -> list[str]:
    """The values between commas or backslashes."""
    return [one.strip() for one in LISTED.split(value) if one.strip()]


def refuse(parameter: str, reason: str) -> BadRequest:
    """The refusal of a key, to be raised."""
    return BadRequest(parameter=parameter, reason=reason)
