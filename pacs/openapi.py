"""The OpenAPI document of the whole HTTP surface: the JSON API as the REST framework knows it, DICOMweb from its
tables, pictures from the routes of their door. Nothing of it is written by hand that a table says already.

It stands above the doors, because it sees all of them; it holds nothing of any patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.http import JsonResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.views import APIView

from pacs.dicomweb.offered import SERVICES
from pacs.dicomweb.transactions import REFUSALS, Parameter, Transaction
from viewer.api import door

BASE = "/dicom-web"
UID = {"type": "string", "pattern": r"^[0-9.]{1,64}$", "example": "1.2.3"}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 999_999_999, "example": 1}
UIDS = ("study", "series", "instance")
# Of each picture route the query parameters that its door reads (viewer.api.params).
LOOK = ("window", "preset", "invert", "palette", "voi-lut")
VIEW_QUERIES: Mapping[str, tuple[str, ...]] = {
    "tile": ("size", *LOOK),
    "level": ("part",),
    "value": ("x", "y"),
    "auto_window": ("x", "y", "width", "height"),
    "digest": ("opening",),
    "study_thumbnail": ("v",),
    "series_thumbnail": ("v",),
}
_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")
_BYTES = {"schema": {"type": "string", "format": "binary"}}
Operation = dict[str, Any]


class Described(AutoSchema):  # type: ignore[no-any-unimported,misc,unused-ignore]
    """What the REST framework cannot know of a view: `bodies` and `queries` of its methods, where the view has them."""

    def get_request_serializer(self) -> Any:
        """The serializer that reads the body."""
        return getattr(self.view, "bodies", {}).get(self.method)

    def get_response_serializers(self) -> Any:
        """One JSON object."""
        return OpenApiTypes.OBJECT

    def get_override_parameters(self) -> list[Any]:
        """The query parameters."""
        return [OpenApiParameter(name) for name in getattr(self.view, "queries", {}).get(self.method, ())]

    def get_operation_id(self) -> str:
        """Its own for each method of each path, of which two may differ by a slash at the end."""
        return re.sub(r"\W+", "_", f"{self.method}{self.path}").lower()

    def get_tags(self) -> list[str]:
        """The API of the app, as against DICOMweb and pictures."""
        return ["api"]


class OpenApiView(APIView):
    """GET api/openapi.json, for whoever is signed in."""

    def get(self, request: Request) -> JsonResponse:
        """The document."""
        return JsonResponse(openapi_document())


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document; the same for everyone."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    generated = generator.get_schema(request=None, public=True)
    paths = {path: told for path, told in generated["paths"].items() if path.startswith("/api/")}
    for path, method, operation in (*_dicomweb(), *_views()):
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.0.3",
        "info": {"title": "Lightbox", "version": "1", "description": "Studies, DICOMweb and pictures."},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**generated.get("components", {}).get("schemas", {}), "Error": _error()},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "lightbox_session"},
            },
        },
        "security": [{"key": []}, {"session": []}],
    }


def _dicomweb() -> Iterable[tuple[str, str, Operation]]:
    for service in SERVICES:
        for row in service.transactions:
            yield f"{BASE}{row.path}", row.method.lower(), _transaction(row, service.name)


def _transaction(row: Transaction, service: str) -> Operation:
    content: Operation = {_bare(one): {} for one in row.gives}
    told: Operation = {
        "operationId": re.sub(r"\W+", "_", f"{row.method}_{row.path}").strip("_").lower(),
        "summary": row.name,
        "tags": [service],
        "parameters": [
            *map(_place, row.places),
            *(_query(one) for one in row.parameters if one.name[0] != "{"),
        ],
        "responses": {
            **({"200": {"description": "Success", "content": content}} if row.gives else {}),
            **_responses(row.answers, row.gives),
        },
    }
    if row.takes:
        told["requestBody"] = {"content": {_bare(one): _body(one) for one in row.takes}}
    return told


def _views() -> Iterable[tuple[str, str, Operation]]:
    for route in door.ROUTES:
        path = _GROUP.sub(r"{\1}", route.path.pattern).replace("\\", "")
        if path.startswith("/view/"):
            places = [_place(name) for name in _GROUP.findall(route.path.pattern)]
            yield path, "get", _view(route.name, places)


def _view(name: str, places: list[Operation]) -> Operation:
    queries = [
        _query(Parameter(name=one, values="", meaning=""), {"type": "string"})
        for one in VIEW_QUERIES.get(name, ())
    ]
    return {
        "operationId": f"view_{name}",
        "tags": ["pictures"],
        "parameters": [*places, *queries],
        "responses": {"200": {"description": "Success"}, **_responses({304: "It is the same still."}, ())},
    }


def _place(name: str) -> Operation:
    schema: Mapping[str, Any] = UID if name in UIDS else NUMBER
    if name in ("frames", "path"):
        schema = {"type": "string", "example": "1"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(one: Parameter, schema: Mapping[str, Any] | None = None) -> Operation:
    told = schema or _schema_of(one.values)
    return {"name": one.name, "in": "query", "description": one.meaning, "schema": told}


def _schema_of(values: str) -> Mapping[str, Any]:
    if values == "true | false":
        return {"type": "string", "enum": ["true", "false"]}
    return {"type": "integer", "minimum": 0, "maximum": 1000} if values == "a number" else {"type": "string"}


def _responses(answers: Mapping[int, str], gives: Iterable[str]) -> Operation:
    content: Operation = {_bare(one): {} for one in gives}
    own = {
        str(status): {
            "description": meaning,
            **({"content": content} if status < 300 and status != 204 else {}),
        }
        for status, meaning in answers.items()
        if status != 200
    }
    refusals = {
        str(status): {
            "description": meaning,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        for status, meaning in REFUSALS.items()
    }
    return {**refusals, **own}


def _body(media_type: str) -> Mapping[str, Any]:
    return {"schema": {}} if "json" in media_type else _BYTES


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0]


def _error() -> Mapping[str, Any]:
    text = {"type": "string"}
    error = {
        "type": "object",
        "required": ["code", "message", "fields", "request_id"],
        "properties": {"code": text, "message": text, "fields": {"type": "object"}, "request_id": text},
    }
    return {"type": "object", "required": ["error"], "properties": {"error": error}}
