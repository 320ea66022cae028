"""A real OpenID Connect service in a process of its own (django-oauth-toolkit), which says what the tests let it say.

`python -m tests.identity_provider PORT FOLDER CALLBACK` serves until it is ended. Whoever comes to /become/NAME is
that person there, with the claims that FOLDER/claims.json gives them; the file is read at each question.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

CLIENT_ID, CLIENT_SECRET = "lightbox", "a secret between the two of us"
CLAIMS = "claims.json"
FOLDER = "PROVIDER_FOLDER"  # in the environment of its process


def settings_in(folder: Path, port: int) -> dict[str, Any]:
    """Django's settings of the service."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "SECRET_KEY": "of a service that lives as long as a test",
        "ALLOWED_HOSTS": ["127.0.0.1", "localhost"],
        "ROOT_URLCONF": __name__,
        "DATABASES": {
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}
        },
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        "SESSION_COOKIE_NAME": "provider_session",  # cookies of a host are told to all of its ports
        "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        "USE_TZ": True,
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.MD5PasswordHasher"
        ],  # of our own secret: to be quick
        "OAUTH2_PROVIDER": {
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}/o",
            "PKCE_REQUIRED": True,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http"],
            "SCOPES": {"openid": "who", "profile": "their name", "email": "their address"},
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
        },
    }


def serve(port: int, folder: Path, callback: str) -> None:
    """Until it is ended."""
    import django
    from django.conf import settings

    os.environ[FOLDER] = str(folder)
    settings.configure(**settings_in(folder, port))
    django.setup()
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    Application.objects.create(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=callback,
        algorithm=Application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    server.serve_forever()


def become(request: Any, name: str) -> Any:
    """From now on this browser is signed in there as this person."""
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse

    person, _ = get_user_model().objects.get_or_create(username=name)
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(f"You are {name}.")


def __getattr__(name: str) -> Any:
    """What needs Django to be set up: the addresses, and what is said of people."""
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("become/<str:name>", become), path("o/", include("oauth2_provider.urls"))]
    if name == "Validator":
        return _validator()
    raise AttributeError(name)


def _validator() -> type[Any]:
    from oauth2_provider.oauth2_validators import OAuth2Validator

    class Validator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
        def get_additional_claims(self, request: Any) -> dict[str, Any]:
            told: dict[str, dict[str, Any]] = json.loads((Path(os.environ[FOLDER]) / CLAIMS).read_text())
            return told.get(request.user.username, {})

    return Validator


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
