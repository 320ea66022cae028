"""DELETE studies/{study}[/series/{series}[/instances/{instance}]]: to the bin, from where it may come back."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from pacs.access.middleware import actor_of
from pacs.bin.throwing_away import delete
from pacs.catalog.unregister import Scope
from pacs.dicomweb.qido import OwnMediaTypes


class DeleteView(OwnMediaTypes):
    """What is retrieved under this address, retrieved no more."""

    def delete(self, request: Request, study: str, series: str = "", instance: str = "") -> Response:
        """204."""
        delete(Scope(study, series, instance), actor=actor_of(request))
        return Response(status=204)
