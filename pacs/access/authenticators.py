"""Second factors: their secrets are sealed in the database, so that a copy of it opens no account."""

from __future__ import annotations

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from pacs.access import audit
from pacs.access.actors import Actor


class SealedAuthenticators(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's second factors; the seal's key comes from LIGHTBOX_SECRET_KEY, which lies elsewhere.

    With a new secret key, TOTP and recovery codes have to be set up again; passkeys, which hold public
    keys only, stay good.
    """

    def encrypt(self, text: str) -> str:
        """Sealed text."""
        return _seal().encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises InvalidToken where it was sealed with another key."""
        return _seal().decrypt(encrypted_text.encode("ascii")).decode("utf-8")


def remove_authenticator(authenticator: Authenticator, *, actor: Actor) -> None:
    """Take a second factor away whose device is lost. Staff who have none left are held until they add one."""
    with transaction.atomic():
        whose = authenticator.user.username
        audit.record(actor, "authenticator removed", account=whose, type=str(authenticator.type))
        authenticator.delete()


def _seal() -> Fernet:
    secret = str(settings.SECRET_KEY).encode("utf-8")
    key = hashlib.blake2b(secret, digest_size=32, person=b"lightbox mfa").digest()
    return Fernet(base64.urlsafe_b64encode(key))
