"""Where every Django route is mounted. The pixel and STOW doors stand in front of it, in pacs.asgi."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from pacs.api.health import healthz, readyz
from pacs.api.shell import app_shell
from pacs.api.sso import sso_callback
from pacs.dicomweb.capabilities import Capabilities
from pacs.openapi import OpenApiView

handler500 = "pacs.api.faults.server_error"
urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/openapi.json", OpenApiView.as_view()),
    path("api/", include("pacs.api.urls")),
    path("fhir/", include("pacs.fhir.urls")),
    path("dicom-web/", include("pacs.dicomweb.urls")),
    path("dicom-web", Capabilities.as_view()),  # clients write the base URI without its slash too
    path("", include("pacs.api.closed")),
    path("_allauth/", include("allauth.headless.urls")),
    path("sso/callback", sso_callback, {"provider_id": settings.OIDC_ID}, name="openid_connect_callback"),
    path("admin/", admin.site.urls),
    path("", app_shell),
    path("<path:route>", app_shell),
]
