"""Codes by e-mail, where the site says how mail leaves it; nothing leaves unasked (promise P18)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail

SUBJECT = "Your code"
TEXT = """{code} is your code for the images that were shared with you.

It is good for ten minutes and for you alone: nobody will ask you for it.
If you have not just opened such a link, you need do nothing.
"""


def can_send() -> bool:
    """Whether mail leaves this site."""
    return bool(settings.MAIL_FROM)


def send_code(address: str, code: str) -> None:
    """The code and nothing else: no name, no study, no link. Raises what the mail server says."""
    send_mail(SUBJECT, TEXT.format(code=code), settings.MAIL_FROM, [address])
