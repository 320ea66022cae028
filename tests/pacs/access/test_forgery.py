"""CSRF on every unsafe verb that shows a cookie, on the doors in front of Django too."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from pacs.access.standing import refuse_cross_site
from pacs.errors import NotAllowed
from tests.people import alice, signed_in

pytestmark = pytest.mark.django_db
TOKEN_HEADER = b"x-csrftoken"


def posted(*headers: tuple[bytes, bytes], method: str = "POST") -> dict[str, Any]:
    """The scope of a STOW-RS request with these headers."""
    kind = (b"content-type", b'multipart/related; type="application/dicom"; boundary=x')
    return {
        "type": "http",
        "method": method,
        "path": "/dicom-web/studies",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"localhost"), kind, *headers],
    }


@pytest.fixture
def shown() -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """The cookies of a signed-in browser, and its token's header."""
    client = signed_in(alice())
    token = client.get("/api/session").json()["csrf_token"]
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookies = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
    return (b"cookie", cookies.encode()), (TOKEN_HEADER, token.encode())


Shown = tuple[tuple[bytes, bytes], tuple[bytes, bytes]]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_cookie_alone_is_refused(method: str, shown: Shown) -> None:
    with pytest.raises(NotAllowed):
        refuse_cross_site(posted(shown[0], method=method))


def test_a_cookie_with_the_token_is_not(shown: Shown) -> None:
    refuse_cross_site(posted(*shown))


def test_a_wrong_token_or_another_sites_origin_is_refused(shown: Shown) -> None:
    with pytest.raises(NotAllowed):
        refuse_cross_site(posted(shown[0], (TOKEN_HEADER, b"x" * 64)))
    with pytest.raises(NotAllowed):
        refuse_cross_site(posted(*shown, (b"origin", b"http://evil.example")))


def test_reading_and_keys_need_no_token(shown: Shown) -> None:
    refuse_cross_site(posted(shown[0], method="GET"))
    refuse_cross_site(posted(shown[0], (b"authorization", b"Bearer something")))
    refuse_cross_site(posted())
