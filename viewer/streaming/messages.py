"""What our sockets say: typed, and free of anything of a patient but UIDs that the receiver asked for.

The work list's: StudiesChanged. The viewer's: Opened to Pong, and beside them the levels themselves, as binary
messages (viewer.rendering.stream_parts). Both: SignedOut.
"""

from __future__ import annotations

from typing import Literal, TypedDict

# Codes of close frames: 4000-4999 are ours (RFC 6455 7.4.2), with the digits of the HTTP status that says the same.
BAD_MESSAGE_CODE = 4400
SIGNED_OUT_CODE = 4401
REFUSED_CODE = 4403
TOO_MANY_CODE = 4429
FAILED_CODE = 4500

ClosedReason = Literal["not_found", "too_many", "failed"]


class StudiesChanged(TypedDict):
    """Studies open to the receiver that came, changed or went; `cursor`, for the next socket, is that of their last."""

    type: Literal["studies_changed"]
    studies: list[str]
    cursor: int


class SignedOut(TypedDict):
    """The receiver's standing has ended; the socket closes after this."""

    type: Literal["signed_out"]


class Opened(TypedDict):
    """The stack is open, with so many frames."""

    type: Literal["opened"]
    stack: int
    frames: int


class Unlike(TypedDict):
    """The series is laid out otherwise by now: open the stack by its instances."""

    type: Literal["unlike"]
    stack: int


class Closed(TypedDict):
    """The stack is not open, or not any more: nothing of it comes."""

    type: Literal["closed"]
    stack: int
    reason: ClosedReason


class Cannot(TypedDict):
    """Nothing more of this frame (from 1) comes; said once. Not permanent: another try later may do."""

    type: Literal["cannot"]
    stack: int
    instance: str
    frame: int
    reason: str
    permanent: bool


class Idle(TypedDict):
    """All that the look wants was sent."""

    type: Literal["idle"]


class Pong(TypedDict):
    """Somebody is there."""

    type: Literal["pong"]


class Bad(TypedDict):
    """What was said cannot be read, in this place of it, or too much (`rate`); the socket closes after this."""

    type: Literal["bad"]
    place: str


WorklistMessage = StudiesChanged | SignedOut
ViewingMessage = Opened | Unlike | Closed | Cannot | Idle | Pong | Bad | SignedOut


def studies_changed(studies: list[str], cursor: int) -> StudiesChanged:
    """The message."""
    return {"type": "studies_changed", "studies": studies, "cursor": cursor}


def signed_out() -> SignedOut:
    """The message."""
    return {"type": "signed_out"}
