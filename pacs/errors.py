"""The error tree: a code and fields, nothing of HTTP or DIMSE. Each door translates it once."""

from __future__ import annotations

import logging
import traceback
from typing import ClassVar

Field = str | int | float


class LightboxError(Exception):
    """Something that could not be done, told as a code and fields that never hold a patient's data."""

    code: ClassVar[str] = "error"

    def __init__(self, **fields: Field) -> None:
        super().__init__(self.code)
        self.fields = fields

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in sorted(self.fields.items()))
        return f"{self.code}({told})"


class NotFound(LightboxError):
    """It does not exist, or the actor may not know that it does: the two look the same."""

    code = "not_found"


class NotSignedIn(LightboxError):
    """The act needs an actor, and nobody came."""

    code = "not_signed_in"


class NotAllowed(LightboxError):
    """A known actor lacks the right to this kind of act (never said of a single object: that is NotFound)."""

    code = "not_allowed"


class NotFresh(LightboxError):
    """The act asks once more who is acting (access.step_up). Fields: within_s."""

    code = "not_fresh"


class WrongAnswer(LightboxError):
    """A guest's answer opens nothing. Fields: tries_left, why."""

    code = "wrong_answer"


class BadRequest(LightboxError):
    """A parameter cannot be understood. Fields: parameter, reason."""

    code = "bad_request"


class Conflict(LightboxError):
    """It does not fit what is there already. Fields: what is there."""

    code = "conflict"


class Outdated(LightboxError):
    """What it goes on from is of another time: whoever asks has to begin anew. Fields: parameter, reason."""

    code = "outdated"


class TooLarge(LightboxError):
    """More is sent than is accepted. Fields: most_bytes, or what else is bounded."""

    code = "too_large"


class TooSlow(LightboxError):
    """What was announced did not come in time. Fields: waited_s."""

    code = "too_slow"


class StorageFull(LightboxError):
    """No room to keep an object safely: nothing was acknowledged."""

    code = "storage_full"


class Overloaded(LightboxError):
    """Too much is asked at once. Fields: retry_after_s."""

    code = "overloaded"


class SandboxKilled(LightboxError):
    """The child that worked on hostile bytes was ended. Fields: why (deadline, memory, died)."""

    code = "sandbox_killed"


class SandboxRefused(LightboxError):
    """The function in the child raised. Fields: error (its class or code), reason."""

    code = "sandbox_refused"


def places_of(error: BaseException) -> str:
    """The class of an unforeseen error and the places in our code, for the log; its words may quote a file (P10)."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


class KindOnly(logging.Formatter):
    """A line of the log that names the logger and nothing else: for loggers whose words quote the request."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level and name."""
        return f"{self.formatTime(record)} {record.levelname} {record.name} a request was refused"
