"""The site of Django's admin, entered by the app's own sign-in: one rate limit and one second factor for all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

ACCOUNT = "/account"


class AdministratorsSite(AdminSite):
    """Open to administrators (User.is_staff follows the role); without a password form of its own.

    Whoever would change a password here could try old ones without limit, unseen and without a second factor.
    """

    site_header = "Lightbox"
    site_title = "Lightbox"
    site_url = "/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the app's sign-in, and back after it."""
        back = request.GET.get("next", request.path)
        return HttpResponseRedirect("/signin?" + urlencode({"next": back}))

    def logout(  # type: ignore[override]  # the stubs know of pages only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As the app signs out: what the browser kept goes with the person (promise P16)."""
        if request.method != "POST":
            return HttpResponseRedirect(ACCOUNT)
        logout(request)
        return HttpResponseRedirect("/signin", headers={"Clear-Site-Data": '"cache"'})

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To where the app changes it."""
        return HttpResponseRedirect(ACCOUNT)

    def password_change_done(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The same."""
        return HttpResponseRedirect(ACCOUNT)
