"""The tables of DICOMweb and its routes say the same: no row without a route, no route without a row."""

from __future__ import annotations

import re

import pytest
from django.urls import get_resolver

from pacs.dicomweb import retrieve, stow
from pacs.dicomweb.offered import TRANSACTIONS
from pacs.dicomweb.transactions import Transaction
from tests.pacs.access.all_routes import routes
from viewer.api import door

PLACES = {
    "study": "1.2.3",
    "series": "1.2.3.4",
    "instance": "1.2.3.4.5",
    "frame": "1",
    "frames": "1",
    "tags": "7FE00010",
}


def route_of(row: Transaction) -> str:
    """The route that answers this transaction, named as the access matrix names it; empty where there is none."""
    path = "/dicom-web" + row.filled(**{place: PLACES.get(place, "1") for place in row.places})
    if door.serves(path):
        names = [route.name for route in door.ROUTES if route.path.fullmatch(path)]
        return f"door {names[0]}" if names else ""
    if row.method == "POST" and stow.PATH.fullmatch(path):
        return "stow"
    if retrieve.serves(row.method, path):
        return next(f"retrieve {route.name}" for route in retrieve.ROUTES if route.path.fullmatch(path))
    found = get_resolver().resolve(path).route
    return found if found.startswith("dicom-web") else ""


def dicomweb_routes() -> set[str]:
    """All that lie below the base URI."""
    doors = {f"door {one.name}" for one in door.ROUTES if one.path.pattern.startswith("/dicom-web")}
    doors |= {f"retrieve {one.name}" for one in retrieve.ROUTES}
    return doors | {one for one in routes() if one == "stow" or one.startswith("dicom-web/")}


@pytest.mark.parametrize("row", TRANSACTIONS, ids=lambda row: f"{row.method} {row.path}")
def test_every_row_has_its_route(row: Transaction) -> None:
    assert route_of(row)


def test_every_route_has_its_row() -> None:
    assert dicomweb_routes() - {route_of(row) for row in TRANSACTIONS} == set(), "say it in its table"


def test_no_transaction_is_said_twice() -> None:
    said = [(row.method, re.sub(r"\{\w+\}", "{}", row.path)) for row in TRANSACTIONS]
    assert len(said) == len(set(said))
    assert len({row.name for row in TRANSACTIONS}) == len(TRANSACTIONS)
