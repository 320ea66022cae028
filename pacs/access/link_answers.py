"""What a guest has to know beside the link: a PIN, the patient's date of birth, or a code that came by e-mail.

Answers are short, so they are kept as argon2 hashes, and tries are few (access.link_opening).
"""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import check_password, make_password

from pacs.errors import BadRequest

PIN_DIGITS = 6
MOST_PIN_DIGITS = 12
_RUNS = ("01234567890123456789", "98765432109876543210")


def random_pin() -> str:
    """Six digits that nobody would try first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
        if not is_plain(pin):
            return pin


def is_plain(pin: str) -> bool:
    """Whether it is among the first that are guessed: two different digits at most, a run, or a repetition."""
    repeats = any(pin == (pin[:few] * len(pin))[: len(pin)] for few in (2, 3))
    return repeats or len(set(pin)) <= 2 or any(pin in run for run in _RUNS)


def checked_pin(pin: str) -> str:
    """The sender's own PIN. Raises BadRequest."""
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS <= len(pin) <= MOST_PIN_DIGITS):
        raise BadRequest(parameter="pin", reason=f"A PIN has {PIN_DIGITS} to {MOST_PIN_DIGITS} digits.")
    if is_plain(pin):
        raise BadRequest(parameter="pin", reason="This PIN would be guessed: choose another.")
    return pin


def hash_of(answer: str) -> str:
    """What is kept of it. Takes tens of milliseconds: never in a transaction."""
    return make_password(answer)


def is_right(answer: str, kept: str) -> bool:
    """Whether this is the answer. As slow as hash_of; callers have counted the try before."""
    return check_password(answer, kept)
