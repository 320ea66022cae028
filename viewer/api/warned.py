"""What a picture is accompanied by where something of the request was ignored: Warning: 299 (PS3.18 8.3.5.1.1)."""

from __future__ import annotations

from pacs.http.headers import Header
from pacs.http.requests import DoorRequest
from viewer.api.params import unknown_annotations
from viewer.api.uri_query import annotation_of


def rendered_warnings(request: DoorRequest) -> tuple[Header, ...]:
    """Of /rendered."""
    return _warnings(request, request.parameters().get("annotation"))


def uri_warnings(request: DoorRequest) -> tuple[Header, ...]:
    """Of WADO-URI."""
    return _warnings(request, annotation_of(request.parameters()))


def _warnings(request: DoorRequest, annotation: str | None) -> tuple[Header, ...]:
    unknown = ",".join(unknown_annotations(annotation)) if annotation is not None else ""
    if not unknown:
        return ()
    base = f"{request.origin()}/dicom-web"
    told = f"299 {base}: The following annotation values are not supported: {unknown}"
    return ((b"warning", told.encode()),)
