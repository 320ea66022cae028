"""A Lightbox that two institutions share, with nothing in it but what its tests put there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests import builders
from tests.e2e.lightbox import Lightbox
from tests.people import PASSWORD

THEIRS = "St. Elsewhere"


@dataclass
class TwoHouses:
    """The server, whoever administers it by key, and the number of the other institution."""

    lightbox: Lightbox
    key: str
    elsewhere: int = 0

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer of the API, to an administrator."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.lightbox.address + path, data, headers, method=method)
        with urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def add_person(self, username: str, role: str, display_name: str, institution: int = 0) -> None:
        """Who signs in by PASSWORD."""
        told = {"username": username, "role": role, "display_name": display_name, "password": PASSWORD}
        self.ask("POST", "/api/people", {**told, "institution": institution})

    def add_study_elsewhere(self, folder: Path, **header: Any) -> str:
        """Two slices of the other institution; the UID of their study."""
        told: dict[str, Any] = {"InstitutionName": THEIRS, "WindowCenter": 40, "WindowWidth": 400, **header}
        folder.mkdir()
        for number, slice_ in enumerate(builders.ct_series(2, rows=256, columns=256, **told)):
            (folder / f"{number}.dcm").write_bytes(slice_)
        self.lightbox.manage("import_dicom", str(folder))
        return str(told["StudyInstanceUID"])


def share(lightbox: Lightbox) -> TwoHouses:
    """Make the other institution, and somebody who administers by key."""
    key = lightbox.manage("issue_api_key", "--user", "houses-key", "--role", "administrator").split()[-1]
    houses = TwoHouses(lightbox, key)
    made = houses.ask("POST", "/api/institutions", {"name": THEIRS, "called": [THEIRS]})
    houses.elsewhere = made["number"]
    return houses
