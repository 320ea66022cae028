"""Django's settings, from the knobs of pacs.env. Nothing else in Lightbox reads the environment."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pacs.env import read_environment

KNOBS: dict[str, Any] = read_environment()
ROOT = Path(__file__).resolve().parent.parent
FRONTEND_DIST = ROOT / "frontend" / "dist"

# --- Where things lie --------------------------------------------------------------------------
DATA: Path = KNOBS["LIGHTBOX_DATA"]
os.umask(0o077)  # what is made from here on is for the server's own user: images, names, sessions under way
DATA.mkdir(parents=True, exist_ok=True)


def _close_to_others() -> None:
    """The data folder, and a database that was made before it was closed."""
    for path, closed in ((DATA, 0o007), *((one, 0o077) for one in DATA.glob("lightbox.sqlite3*"))):
        with suppress(PermissionError, FileNotFoundError):  # another user's, or a journal that is gone by now
            mode = path.stat().st_mode
            if mode & closed and not mode & stat.S_ISVTX:  # a folder like /tmp is not ours to close
                path.chmod(stat.S_IMODE(mode) & ~closed)


_close_to_others()
BLOB_ROOT = DATA / "blobs"
STAGING_ROOT = DATA / "staging"  # on the same file system as the blobs: keeping is a rename
DERIVED_ROOT = DATA / "derived"  # droppable and rebuildable at any time
QUARANTINE_ROOT = DATA / "quarantine"
BIN_ROOT = DATA / "bin"  # which blobs are deleted, and may come back
BIN_DAYS: int = KNOBS["LIGHTBOX_BIN_DAYS"]
MIN_FREE_BYTES: int = KNOBS["LIGHTBOX_MIN_FREE_MB"] << 20
AUDIT_FORWARD: str = KNOBS["LIGHTBOX_AUDIT_FORWARD"]
AUDIT_FORWARD_CA: str = KNOBS["LIGHTBOX_AUDIT_FORWARD_CA"]
AUDIT_FORWARD_CERTIFICATE: str = KNOBS["LIGHTBOX_AUDIT_FORWARD_CERTIFICATE"]
MAX_UPLOAD_BYTES: int = KNOBS["LIGHTBOX_MAX_UPLOAD_GB"] << 30

# --- Who may reach it --------------------------------------------------------------------------
BIND: str = KNOBS["LIGHTBOX_BIND"]
BIND_HOST = BIND.rpartition(":")[0].strip("[]")
IS_LOOPBACK = BIND_HOST in ("localhost", "::1") or BIND_HOST.startswith("127.")
PUBLIC_URL: str = KNOBS["LIGHTBOX_PUBLIC_URL"]
TRUSTED_PROXIES: list[str] = [each for each in KNOBS["LIGHTBOX_TRUSTED_PROXIES"].split(",") if each]
IS_HTTPS = PUBLIC_URL.startswith("https://")
DEBUG: bool = KNOBS["LIGHTBOX_DEBUG"]
if DEBUG and not IS_LOOPBACK:
    raise ImproperlyConfigured("LIGHTBOX_DEBUG is refused on an address other than loopback")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", BIND_HOST]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]


def _secret_key() -> str:
    given: str = KNOBS["LIGHTBOX_SECRET_KEY"]
    if given:
        if len(given) < 32 or len(set(given)) < 8:
            raise ImproperlyConfigured(
                "LIGHTBOX_SECRET_KEY is weak: 32 characters at least, and not all the same"
            )
        return given
    kept = DATA / "secret_key"
    if not kept.exists():
        # Written aside and linked: of two processes that start at once both go by the first one's key.
        made = DATA / f"secret_key.{secrets.token_hex(8)}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(64), encoding="utf-8")
        with suppress(FileExistsError):
            kept.hardlink_to(made)
        made.unlink()
    return kept.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()

# --- Django ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pacs.access.admin_config.AdministratorsConfig",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "pacs.catalog",
    "pacs.access",
    "pacs.bin",
    "pacs.ingest",
    "pacs.trail",
    "pacs.samples",
    "pacs.operations",
    "viewer.rendering",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pacs.access.middleware.ActorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "pacs.urls"
ASGI_APPLICATION = "pacs.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20
# Above every body that is let in (api.bodies): nothing of one ever lies in /tmp (promise P16).
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 << 20


def _database() -> dict[str, Any]:
    url: str = KNOBS["DATABASE_URL"]
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": "-c synchronous_commit=on"},  # promise P1
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "lightbox.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Promise P20: a transaction takes its place in the queue when it begins; in the default
            # mode it may be refused half-way, and no timeout helps.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Promise P1: a commit is on the disk when it returns.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;",
        },
        "TEST": {"NAME": str(DATA / "test.sqlite3")},
    }


DATABASES = {"default": _database()}

# --- Accounts ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "pacs.access.accounts.ClosedAccounts"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lightbox"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s: a phone's clock is not always right
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts need no address, so none is ever verified
MFA_ADAPTER = "pacs.access.authenticators.SealedAuthenticators"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOOPBACK and not IS_HTTPS
STAFF_MFA: bool = KNOBS["LIGHTBOX_STAFF_MFA"]
STAFF_MFA_GRACE_DAYS: int = KNOBS["LIGHTBOX_STAFF_MFA_GRACE_DAYS"]
IDLE_LOCK_MINUTES: int = KNOBS["LIGHTBOX_IDLE_LOCK_MINUTES"]
IDLE_LOCK_PATIENT_MINUTES: int = KNOBS["LIGHTBOX_IDLE_LOCK_PATIENT_MINUTES"]
USERSESSIONS_ADAPTER = "pacs.access.devices.Devices"
USERSESSIONS_TRACK_ACTIVITY = True  # told with each session; written by access.devices, not at every request
OIDC_ISSUER: str = KNOBS["LIGHTBOX_OIDC_ISSUER"]
OIDC_NAME: str = KNOBS["LIGHTBOX_OIDC_NAME"]
OIDC_CLAIM: str = KNOBS["LIGHTBOX_OIDC_CLAIM"]
# Another issuer's identifiers are other persons: a tie to one is none to the next.
OIDC_ID = "sso-" + hashlib.sha256(OIDC_ISSUER.encode()).hexdigest()[:16]
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10  # seconds
SOCIALACCOUNT_ADAPTER = "pacs.access.single_sign_on.ApprovedAccounts"
if OIDC_ISSUER:
    if not (KNOBS["LIGHTBOX_OIDC_CLIENT_ID"] and KNOBS["LIGHTBOX_OIDC_CLIENT_SECRET"]):
        raise ImproperlyConfigured(
            "LIGHTBOX_OIDC_ISSUER needs LIGHTBOX_OIDC_CLIENT_ID and LIGHTBOX_OIDC_CLIENT_SECRET"
        )
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,  # RFC 7636
            "APPS": [
                {
                    "provider_id": OIDC_ID,
                    "name": OIDC_NAME,
                    "client_id": KNOBS["LIGHTBOX_OIDC_CLIENT_ID"],
                    "secret": KNOBS["LIGHTBOX_OIDC_CLIENT_SECRET"],
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
LOGIN_URL = "/"
LOGIN_REDIRECT_URL = "/"

# --- Mail: none leaves unless it is said how ----------------------------------------------------
_MAIL = urlsplit(KNOBS["LIGHTBOX_SMTP_URL"])
MAIL_FROM: str = KNOBS["LIGHTBOX_MAIL_FROM"] if _MAIL.hostname else ""
if _MAIL.hostname and not MAIL_FROM:
    raise ImproperlyConfigured("LIGHTBOX_SMTP_URL needs LIGHTBOX_MAIL_FROM")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL.hostname else 'dummy'}.EmailBackend"
EMAIL_HOST = _MAIL.hostname or ""
EMAIL_PORT = _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp" and bool(EMAIL_HOST_USER)  # a relay on this host may speak plain
EMAIL_TIMEOUT = 15  # seconds

# --- Cookies and headers ------------------------------------------------------------------------
_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_PREFIX}lightbox_session"
SESSION_COOKIE_AGE = KNOBS["LIGHTBOX_SESSION_HOURS"] * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = f"{_PREFIX}lightbox_csrf"
CSRF_COOKIE_HTTPONLY = True  # the app reads the token from /api/session
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63072000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for other hosts of the domain, and
    "security.W021",  # for browsers' built-in lists: not ours to decide
    "security.W008",  # the proxy that speaks TLS also sends people there
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": [SELF],  # reports, which may do nothing: they bring a policy of their own
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
    }
}

# --- Pixels ------------------------------------------------------------------------------------
RENDER_THREADS: int = KNOBS["LIGHTBOX_RENDER_THREADS"]
SANDBOX_CHILDREN: int = KNOBS["LIGHTBOX_SANDBOX_CHILDREN"]
SANDBOX_MEMORY_BYTES: int = KNOBS["LIGHTBOX_SANDBOX_MEMORY_MB"] << 20
SANDBOX_DEADLINE_S: int = KNOBS["LIGHTBOX_SANDBOX_DEADLINE_S"]
FRAME_CACHE_BYTES: int = KNOBS["LIGHTBOX_FRAME_CACHE_MB"] << 20
TILE_CACHE_BYTES: int = KNOBS["LIGHTBOX_TILE_CACHE_MB"] << 20
STREAM_DISK_BYTES: int = KNOBS["LIGHTBOX_STREAM_DISK_MB"] << 20
LOAD_SAMPLES: bool = KNOBS["SAMPLES"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["pacs.access.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["pacs.access.authentication.IsSomeone"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "pacs.openapi.Described",
    "EXCEPTION_HANDLER": "pacs.http.errors.answer_error",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "AUTHENTICATION_WHITELIST": [],  # how one signs in is the same everywhere: pacs.openapi says it once
    "COMPONENT_SPLIT_REQUEST": True,
    "DISABLE_ERRORS_AND_WARNINGS": True,
}

# A library's warning may quote the file (promise P16).
warnings.filterwarnings("ignore", module=r"pydicom\.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "kind": {"()": "pacs.errors.KindOnly"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "refusals": {"class": "logging.StreamHandler", "formatter": "kind"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "pacs": {"level": "INFO"},
        "viewer": {"level": "INFO"},
        # Request lines carry UIDs and search words: an access log would be a copy of who looked at whom. Django's
        # own words quote them: a fault is told by api.faults instead, a refusal by the name of its kind alone.
        "django.request": {"level": "CRITICAL"},
        "django.security": {"handlers": ["refusals"], "level": "WARNING", "propagate": False},
        "pydicom": {"level": "ERROR"},
    },
}
