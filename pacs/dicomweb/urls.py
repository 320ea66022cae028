from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from pacs.dicomweb.capabilities import Capabilities
from pacs.dicomweb.change_transactions import CHANGES
from pacs.dicomweb.changes import ChangesView
from pacs.dicomweb.delete import DeleteView
from pacs.dicomweb.delete_transactions import DELETIONS
from pacs.dicomweb.qido import CountView, SearchView
from pacs.dicomweb.search_transactions import COUNTS, RESOURCES, SEARCHES

# Before the others, for "count" is no UID of a study.
_counts = [
    path(row.django_route(), CountView.as_view(level=resource.level))
    for row, resource in zip(COUNTS, RESOURCES, strict=True)
]
_searches = [
    path(row.django_route(), SearchView.as_view(level=resource.level))
    for row, resource in zip(SEARCHES, RESOURCES, strict=True)
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", Capabilities.as_view()),
    *_counts,
    *_searches,
    *(path(row.django_route(), DeleteView.as_view()) for row in DELETIONS),
    *(path(row.django_route(), ChangesView.as_view()) for row in CHANGES),
]
