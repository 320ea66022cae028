"""What a row of the tables of DICOMweb says. The tables route, are told as capabilities (PS3.18 8.9) and in OpenAPI,
and are printed as docs/conformance.md: whatever is offered is said once, in the module of its service.

A test asks the whole application for each row and holds every route of a door against the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_PLACE = re.compile(r"\{(\w+)\}")

DICOM_JSON = "application/dicom+json"
JSON = "application/json"
DICOM_XML = 'multipart/related; type="application/dicom+xml"'
DICOM = 'multipart/related; type="application/dicom"'


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A query parameter: its name, what it may be, and what that does."""

    name: str
    values: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One request that may be made: a method on one resource."""

    name: str  # as the standard names it: "Search for Studies"
    method: str  # GET, POST, DELETE
    path: str  # from the base URI on, as the standard writes it: /studies/{study}/series
    gives: tuple[str, ...]  # media types of the answer; the first is given to whoever has no wish
    clause: str = ""  # of PS3.18; empty where the standard has no such transaction
    takes: tuple[str, ...] = ()  # media types of the body
    parameters: tuple[Parameter, ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)  # what each status means, beyond REFUSALS
    remark: str = ""  # a sentence for the conformance statement

    @property
    def places(self) -> tuple[str, ...]:
        """The names that the path leaves open: study, series, instance, frames."""
        return tuple(_PLACE.findall(self.path))

    def told(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "name": self.name,
            "method": self.method,
            "path": self.path,
            "clause": self.clause,
            "accepts": list(self.takes),
            "returns": list(self.gives),
            "parameters": [vars(one) for one in self.parameters],
            "answers": {str(status): meaning for status, meaning in self.answers.items()},
            "remark": self.remark,
        }

    def django_route(self) -> str:
        """The path as Django's URL patterns have it."""
        return _PLACE.sub(r"<str:\1>", self.path).removeprefix("/")

    def filled(self, **values: str) -> str:
        """The path of one resource."""
        return self.path.format(**values)


@dataclass(frozen=True, kw_only=True)
class Service:
    """The transactions of one service, in the order of the standard."""

    name: str  # "Search (QIDO-RS)"
    transactions: tuple[Transaction, ...]
    clause: str = ""
    remarks: tuple[str, ...] = ()  # sentences for the conformance statement


# What every transaction may be answered with.
REFUSALS: Mapping[int, str] = {
    400: "The request cannot be understood; the body says which parameter and why.",
    401: "Nobody is signed in, and no key was shown.",
    403: "The account has no right to this kind of act.",
    404: "It does not exist, or is not open to the account: the two look the same.",
    406: "None of the acceptable media types can be given; the body lists those that can.",
    503: "The server is busy; Retry-After says when to come again.",
}
