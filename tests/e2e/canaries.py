"""Promise P16 over the whole browser suite: what stands in no log of server or page, no address and no refusal.

The canaries are the names, IDs and birth dates of the sample patients, and whatever secret the tests themselves used:
PINs, secrets of links, passwords, keys of sessions. They are listened for in every page that `open_app` opens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from playwright.sync_api import BrowserContext, Error, Request, Response

from pacs.samples.cast import HIKARI, PAULA, VERA, ZOE
from pacs.samples.cast import SamplePatient as Patient

# In bodies that pages send. `id` of a link is no secret: it stands in its address.
SECRETS = frozenset(("secret", "answer", "password", "code"))
# What somebody types to search for goes with that one request; no page's address and no log has it.
SEARCHED = frozenset((("/api/studies", "search"), ("/dicom-web/studies", "PatientName")))
SHORTEST_SECRET = 6
SESSION_COOKIES = ("lightbox_session", "__Host-lightbox_session")


@dataclass
class Canaries:
    """What is listened for, and where it was heard."""

    words: dict[str, str] = field(default_factory=dict)  # what it is, by the word
    addresses: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    _refused: list[Response] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """To every page of this browser."""
        context.on("request", self._note_request)
        context.on("requestfinished", self._note_finished)
        context.on("console", lambda message: self.console.append(message.text))

    def leave(self, context: BrowserContext) -> None:
        """Before the context is closed: its sessions are secrets, and its refusals can be read no longer."""
        for cookie in context.cookies():
            if cookie.get("name") in SESSION_COOKIES:
                self._keep_secret("the key of a session", str(cookie.get("value", "")))
        for page in context.pages:
            self.addresses.add(_as_sent(page.url))
        for response in self._refused:
            try:
                self.refusals.append(response.text())
            except (Error, UnicodeDecodeError):  # its page is gone, or it is no text
                continue
        self._refused.clear()

    def heard(self, log: str) -> list[str]:
        """Each canary that was heard, and where. Of a secret not the secret itself is told."""
        places = {
            "log": [log],
            "address": sorted(self.addresses),
            "refusal": self.refusals,
            "console": self.console,
        }
        words = {**{word: word for word in words_of_patients()}, **self.words}
        return [
            f"{what} in the {place}: {_around(text, match)}"
            for word, what in words.items()
            for place, texts in places.items()
            for text in texts
            for match in _matches(word, text)
        ]

    def _note_request(self, request: Request) -> None:
        self.addresses.add(_as_sent(request.url))
        for name, value in _sent(request):
            if name in SECRETS:
                self._keep_secret(f"a {name}", value)

    def _note_finished(self, request: Request) -> None:
        # Only what has come to its end: a body whose page went on while it came is waited for forever.
        response = request.existing_response
        if response is not None and response.status >= 400:
            self._refused.append(response)

    def _keep_secret(self, what: str, value: str) -> None:
        if len(value) >= SHORTEST_SECRET:
            self.words[value] = what


def words_of_patients(patients: Iterable[Patient] = (PAULA, HIKARI, ZOE, VERA)) -> set[str]:
    """Names as they are written and as they are shown, IDs, and birth dates both ways."""
    words: set[str] = set()
    for patient in patients:
        for group in patient.name.split("="):
            family, _, rest = group.partition("^")
            given = rest.partition("^")[0]
            words |= {f"{family}^{given}", f"{family}, {given}", f"{given} {family}"}
        born = patient.birth_date
        words |= {patient.patient_id, born, f"{born[:4]}-{born[4:6]}-{born[6:]}"}
    return words


def _sent(request: Request) -> list[tuple[str, str]]:
    """What a page sent by name, in JSON."""
    if request.method == "GET":
        return []
    try:
        body: Any = json.loads(request.post_data or "")
    except (ValueError, UnicodeDecodeError):  # no JSON: a piece of a file
        return []
    return (
        [(name, value) for name, value in body.items() if isinstance(value, str)]
        if isinstance(body, dict)
        else []
    )


def _as_sent(url: str) -> str:
    """Less what no browser sends, behind #, and less what is searched for."""
    parts = urlsplit(url)
    asked = [
        f"{name}={value}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (parts.path, name) not in SEARCHED
    ]
    return f"{unquote(parts.path)}?{'&'.join(asked)}"


def _matches(word: str, text: str) -> list[re.Match[str]]:
    # Of its own, and no part of a UID or of another number: six digits stand in many.
    return list(re.finditer(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", text, re.IGNORECASE))[:3]


def _around(text: str, match: re.Match[str]) -> str:
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 60]
    return f"…{before}[…]{after}…".replace("\n", " ")
