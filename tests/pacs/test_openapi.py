"""The OpenAPI document says what there is, and whatever is asked by it is answered, never with a fault of ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from pacs.access.models import User
from pacs.dicomweb.offered import TRANSACTIONS
from pacs.http.headers import is_our_host
from pacs.openapi import VIEW_QUERIES, openapi_document
from tests.pacs.access.all_routes import routes
from tests.pacs.access.test_matrix import received
from tests.people import ada, key_of
from tests.running import running_application
from viewer.api import door

KNOWN = {"study": "1.2.3", "series": "1.2.3.4", "instance": "1.2.3.4.5", "frame": 1, "frames": "1"}
NUMBERS = dict.fromkeys(("level", "z", "x", "y"), 0)
PLACES = {**KNOWN, **NUMBERS, "username": "pia", "upload_id": "0b8e0000-0000-4000-8000-000000000000"}
# Ten of each operation: well-formed ones on what is there and on what is not, and malformed ones.
MODES = (
    (GenerationMode.POSITIVE, True, 4),
    (GenerationMode.POSITIVE, False, 2),
    (GenerationMode.NEGATIVE, True, 4),
)


@schemathesis.serializer("multipart/related", "application/dicom")
def as_it_is(context: Any, value: Any) -> bytes:
    """Bodies that are no JSON."""
    return value if isinstance(value, bytes) else str(value).encode()


def test_every_route_of_ours_is_in_the_document() -> None:
    told = {re.sub(r"\{\w+\}", "{}", path) for path in openapi_document()["paths"]}
    views = {f"/{one}" for one in routes() if one.startswith("api/")}
    views |= {f"/dicom-web{row.path}" for row in TRANSACTIONS}
    assert {re.sub(r"<[\w:]+>|\{\w+\}", "{}", path) for path in views} - told == set()
    pictures = [route for route in door.ROUTES if route.path.pattern.startswith("/view/")]
    assert sum(path.startswith("/view/") for path in told) == len(pictures)
    assert VIEW_QUERIES.keys() <= {route.name for route in pictures}


def test_the_document_names_operations_once_and_tells_bodies() -> None:
    document = openapi_document()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = Counter(one["operationId"] for one in operations)
    assert [name for name, count in names.items() if count > 1] == []
    person = document["paths"]["/api/people"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "username" in document["components"]["schemas"][person["$ref"].split("/")[-1]]["properties"]
    assert "multipart/related" in document["paths"]["/dicom-web/studies"]["post"]["requestBody"]["content"]


@pytest.fixture
def asks(transactional_db: None) -> Iterator[Callable[[Any], int]]:
    """Sends a case to the whole application as an administrator; the status that it is answered."""
    received(
        StudyInstanceUID=KNOWN["study"],
        SeriesInstanceUID=KNOWN["series"],
        SOPInstanceUID=KNOWN["instance"],
        PatientID="PIA",
    )
    with running_application() as base:
        assert is_our_host(base.removeprefix("http://").encode())
        headers = {"Authorization": f"Bearer {key_of(ada())}"}

        def ask(case: Any) -> int:
            answer = case.call(base_url=base, headers=headers, timeout=30)
            return int(answer.status_code)

        yield ask


def test_whatever_is_asked_is_no_fault_of_ours(asks: Callable[[Any], int]) -> None:
    """Shown: no 5xx by schemathesis, some well-formed and some not, on what is there and on what is not."""
    schema = schemathesis.openapi.from_dict(openapi_document())
    answered: Counter[int] = Counter()
    faults: list[str] = []
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        for mode, is_known, count in MODES:
            for case in cases_of(operation, mode, is_known, count):
                status = asks(case)
                answered[status] += 1
                if status >= 500:
                    faults.append(f"{status} {case.as_curl_command()}")
    assert faults == []
    assert {200, 400, 404} <= answered.keys(), answered
    assert User.objects.filter(username="ada").exists(), "who asked, may still ask"


def cases_of(operation: Any, mode: GenerationMode, is_known: bool, count: int) -> list[Any]:
    """Some cases of an operation, the same in every run."""
    named = (
        {name: PLACES.get(name, "1") for name in re.findall(r"\{(\w+)\}", operation.path)}
        if is_known
        else None
    )
    made: list[Any] = []

    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=named))
    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def collect(case: Any) -> None:
        made.append(case)

    try:
        collect()
    except Unsatisfiable:
        return []  # nothing of it can be written wrong
    return made
