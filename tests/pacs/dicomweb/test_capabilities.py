"""What is offered is told in JSON, in WADL and on a page; the page is what the tables say now."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from pacs.catalog.attributes import ATTRIBUTES
from pacs.dicomweb.conformance import conformance_statement
from pacs.dicomweb.offered import TRANSACTIONS
from pacs.operations.management.commands import conformance
from tests.people import alice, signed_in

WADL = "application/vnd.sun.wadl+xml"
IN_WADL = "{http://wadl.dev.java.net/2009/02}"


def test_the_statement_is_what_the_tables_say() -> None:
    """Shown: it cannot drift. Run `manage.py conformance` where this fails."""
    call_command("conformance", "--check")


def test_a_statement_that_has_drifted_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(conformance, "PAGE", tmp_path / "conformance.md")
    with pytest.raises(CommandError):
        call_command("conformance", "--check")
    call_command("conformance")
    call_command("conformance", "--check")
    page = tmp_path / "conformance.md"
    page.write_text(page.read_text().replace("PatientName", "PatientsName"))
    with pytest.raises(CommandError):
        call_command("conformance", "--check")


def test_every_row_and_attribute_stands_in_the_statement() -> None:
    told = conformance_statement()
    assert [row.name for row in TRANSACTIONS if f"| {row.name} |" not in told] == []
    assert [one.keyword for one in ATTRIBUTES if f"| {one.keyword} |" not in told] == []


@pytest.mark.django_db
def test_capabilities_are_told_by_both_methods() -> None:
    client = signed_in(alice())
    told = client.get("/dicom-web/").json()
    rows = [row for service in told["services"] for row in service["transactions"]]
    assert {(row["method"], row["path"]) for row in rows} == {(row.method, row.path) for row in TRANSACTIONS}
    assert told["base"] == "http://testserver/dicom-web"
    study = {one["keyword"] for one in told["search"]["study"]}
    assert {"PatientName", "ModalitiesInStudy"} <= study
    answer = client.options("/dicom-web/")
    assert answer.json() == told
    assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert client.get("/dicom-web").json() == told
    assert Client().options("/dicom-web/").status_code == 401


@pytest.mark.django_db
def test_each_resource_tells_what_may_be_asked_of_it() -> None:
    client = signed_in(alice())
    answer = client.options("/dicom-web/studies")
    assert set(answer["Allow"].split(", ")) == {"HEAD", "OPTIONS", "GET", "POST"}
    told = {row["name"] for row in answer.json()["transactions"]}
    assert told == {"Search for Studies", "Store Instances"}
    answer = client.options("/dicom-web/studies/1.2.3/series/count")
    assert [row["name"] for row in answer.json()["transactions"]] == ["Count Study's Series"]
    assert Client().options("/dicom-web/studies").status_code == 401


@pytest.mark.django_db
def test_capabilities_are_wadl_for_whoever_names_it() -> None:
    answer = signed_in(alice()).options("/dicom-web/", headers={"Accept": WADL})
    assert answer["Content-Type"] == WADL
    tree = ElementTree.fromstring(answer.content)  # noqa: S314  # our own
    base = tree.find(f"{IN_WADL}resources")
    assert base is not None
    assert base.get("base") == "http://testserver/dicom-web"
    assert len(list(tree.iter(f"{IN_WADL}method"))) == len(TRANSACTIONS)
    path = "/".join(
        f"{IN_WADL}resource[@path='{name}']"
        for name in ("studies", "{study}", "series", "{series}", "instances")
    )
    found = base.findall(f"{path}/{IN_WADL}method")
    assert [one.get("id") for one in found] == ["SearchForStudySSeriesInstances"]
