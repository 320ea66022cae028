"""Files under a key that only the link has: JSON Web Encryption in its compact form (RFC 7516)."""

from __future__ import annotations

import secrets

from joserfc import jwe
from joserfc.jwk import OctKey

KEY_BYTES = 32
# "Encrypting and Decrypting Files": the key itself encrypts, by AES-256 in Galois/Counter Mode.
HEADER = {"alg": "dir", "enc": "A256GCM"}


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def seal(plain: bytes, key: bytes, content_type: str) -> str:
    """The bytes as a JWE; with a nonce of its own each time, so what is the same does not look it."""
    return jwe.encrypt_compact({**HEADER, "cty": content_type}, plain, OctKey.import_key(key))
