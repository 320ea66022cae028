"""A SMART Health Links Receiving Application as the guide tells of one: it knows a shlink:/ and nothing of us.

What it decrypts with is not what Lightbox encrypts with.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK


@dataclass(frozen=True)
class Read:
    """What a link says of itself."""

    url: str
    key: str
    expires_at: int  # seconds of the epoch
    flag: str
    label: str
    version: int


def read(shlink: str) -> Read:
    """The payload of a bare link."""
    assert shlink.startswith("shlink:/")
    told = json.loads(_bytes_of(shlink.removeprefix("shlink:/")))
    assert set(told) <= {"url", "key", "exp", "flag", "label", "v"}
    return Read(told["url"], told["key"], told["exp"], told["flag"], told["label"], told["v"])


def decrypted(sealed: str, key: str) -> tuple[dict[str, Any], Any]:
    """The header of a JWE, and what was in it. Raises when the key is another."""
    box = JWE(algs=["dir", "A256GCM"])
    box.deserialize(sealed, JWK(kty="oct", k=key))
    return json.loads(_bytes_of(sealed.partition(".")[0])), json.loads(box.payload)


def _bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def manifest(link: Read, passcode: str, recipient: str = "A receiving application") -> tuple[int, Any]:
    """The status and the body that the manifest's address answers."""
    asked = json.dumps({"recipient": recipient, "passcode": passcode}).encode()
    request = Request(link.url, asked, {"Content-Type": "application/json"}, method="POST")
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, json.load(refused)


def main() -> None:
    """Read a link and a passcode, a line each; print the status, and what the first file holds or what was answered."""
    link, passcode = read(input()), input()
    status, answer = manifest(link, passcode)
    told = decrypted(answer["files"][0]["embedded"], link.key)[1] if status == 200 else answer
    json.dump({"status": status, "told": told, "label": link.label}, sys.stdout)


if __name__ == "__main__":
    main()
