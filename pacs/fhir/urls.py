from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from pacs.fhir.audit_events import AuditEventSearchView, AuditEventsView, AuditEventView, MetadataView

urlpatterns: list[URLPattern | URLResolver] = [
    path("metadata", MetadataView.as_view()),
    path("AuditEvent", AuditEventsView.as_view()),
    path("AuditEvent/_search", AuditEventSearchView.as_view()),
    path("AuditEvent/<str:number>", AuditEventView.as_view()),
]
