"""Every knob of Lightbox: its name, kind, default and reason; read once, refused loudly when it is nonsense.

A secret may come from a mounted file: NAME_FILE holds the path of a file whose text is the value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

Value = str | int | bool | Path


class BadSetting(Exception):
    """A setting that cannot be understood: the start stops here, before anything is served."""


@dataclass(frozen=True)
class Knob:
    """One setting: environment name, parser, default as text, and what it is for."""

    name: str
    parse: Callable[[str], Value]
    default: str
    meaning: str


def parse_switch(text: str) -> bool:
    """1/0, true/false, yes/no, on/off."""
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.strip().lower() not in known:
        raise ValueError("expected 1 or 0")
    return known[text.strip().lower()]


def parse_amount(text: str) -> int:
    """A whole number above zero."""
    amount = int(text)
    if amount <= 0:
        raise ValueError("expected a whole number above 0")
    return amount


def parse_days(text: str) -> int:
    """A whole number of days, or 0 for none."""
    days = int(text)
    if days < 0:
        raise ValueError("expected a whole number of days")
    return days


def parse_path(text: str) -> Path:
    """A folder; the tilde is the user's home."""
    return Path(text).expanduser().resolve()


def parse_bind(text: str) -> str:
    """host:port."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("expected host:port")
    return text


def parse_origin(text: str) -> str:
    """Empty, or scheme://host[:port] without a path."""
    if text and (not text.startswith(("http://", "https://")) or text.rstrip("/").count("/") != 2):
        raise ValueError("expected https://host, without a path")
    return text.rstrip("/")


def parse_issuer(text: str) -> str:
    """Empty, or https:// without a query; plain http of this machine alone, for tests."""
    parts = urlsplit(text)
    is_own = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if text and (not parts.hostname or parts.query or not (parts.scheme == "https" or is_own)):
        raise ValueError("expected https://host/path, or nothing")
    return text.rstrip("/")


def parse_networks(text: str) -> str:
    """Addresses and networks, separated by commas."""
    networks = [part.strip() for part in text.split(",") if part.strip()]
    for network in networks:
        ip_network(network)
    return ",".join(networks)


def parse_collector(text: str) -> str:
    """Empty, or udp://host[:port], tcp://host[:port] or tls://host[:port]."""
    parts = urlsplit(text)
    is_one = parts.scheme in ("udp", "tcp", "tls") and bool(parts.hostname) and not parts.path.strip("/")
    if text and not is_one:
        raise ValueError("expected udp://host:port, tcp://host:port or tls://host:port")
    _ = parts.port  # raises ValueError for one that is none
    return text


def parse_database(text: str) -> str:
    """Empty for the embedded SQLite, or a postgres:// address."""
    if text and not text.startswith(("postgres://", "postgresql://")):
        raise ValueError("expected postgres://user:password@host/name, or nothing")
    return text


def parse_mail(text: str) -> str:
    """Empty, or the address of a mail server."""
    if text and not (text.startswith(("smtp://", "smtps://")) and urlsplit(text).hostname):
        raise ValueError(
            "expected smtp://user:password@host:587 or smtps://user:password@host:465, or nothing"
        )
    return text


KNOBS = (
    Knob("LIGHTBOX_BIND", parse_bind, "127.0.0.1:8000", "Address and port to listen on."),
    Knob(
        "LIGHTBOX_DATA",
        parse_path,
        "./data",
        "Folder that holds the images, the database and what is derived from them.",
    ),
    Knob(
        "LIGHTBOX_PUBLIC_URL",
        parse_origin,
        "",
        "Address users type, when a proxy with TLS stands in front; https turns Secure cookies and HSTS on.",
    ),
    Knob(
        "LIGHTBOX_TRUSTED_PROXIES",
        parse_networks,
        "127.0.0.1,::1",
        "Addresses and networks of the proxies in front, which are believed when they say who called. With an https "
        "LIGHTBOX_PUBLIC_URL only; of a proxy that is not named here all callers look like one.",
    ),
    Knob(
        "LIGHTBOX_SECRET_KEY",
        str,
        "",
        "Signs sessions and seals authenticator secrets, which are lost with it. "
        "Made at random in the data folder on the first start when empty.",
    ),
    Knob(
        "LIGHTBOX_DEBUG",
        parse_switch,
        "0",
        "Django's debug pages. Refused on an address other than loopback.",
    ),
    Knob(
        "DATABASE_URL",
        parse_database,
        "",
        "postgres://user:password@host/name. Empty: SQLite in the data folder.",
    ),
    Knob("SAMPLES", parse_switch, "1", "Load the sample studies on the first start."),
    Knob("LIGHTBOX_RENDER_THREADS", parse_amount, "2", "Threads that render tiles and answer pixel routes."),
    Knob("LIGHTBOX_SANDBOX_CHILDREN", parse_amount, "2", "Child processes that read hostile bytes."),
    Knob("LIGHTBOX_SANDBOX_MEMORY_MB", parse_amount, "2048", "Address space of one such child, in MiB."),
    Knob(
        "LIGHTBOX_SANDBOX_DEADLINE_S",
        parse_amount,
        "30",
        "Seconds one visit to a child (a file, a few that came together, a frame) may take before the child is ended.",
    ),
    Knob("LIGHTBOX_FRAME_CACHE_MB", parse_amount, "160", "Memory for decoded frames, in MiB."),
    Knob("LIGHTBOX_TILE_CACHE_MB", parse_amount, "64", "Memory for encoded tiles, in MiB."),
    Knob(
        "LIGHTBOX_STREAM_DISK_MB",
        parse_amount,
        "8192",
        "Disk for the codestreams that phones are sent, in MiB; beyond it the least recently used are dropped, "
        "and made again when they are wanted.",
    ),
    Knob("LIGHTBOX_MAX_UPLOAD_GB", parse_amount, "16", "Largest single file or archive accepted, in GiB."),
    Knob(
        "LIGHTBOX_MIN_FREE_MB",
        parse_amount,
        "512",
        "Free disk below which nothing new is accepted, in MiB; viewing goes on.",
    ),
    Knob(
        "LIGHTBOX_AUDIT_FORWARD",
        parse_collector,
        "",
        "Collector that every event of the audit trail is sent to as syslog (RFC 5424): udp://, tcp:// or "
        "tls://host:port. Empty: nothing is sent.",
    ),
    Knob(
        "LIGHTBOX_AUDIT_FORWARD_CA",
        str,
        "",
        "PEM file of the authorities by which the collector's certificate is believed. Empty: the system's.",
    ),
    Knob(
        "LIGHTBOX_AUDIT_FORWARD_CERTIFICATE",
        str,
        "",
        "PEM file with the certificate and key that are shown to a collector that asks who we are.",
    ),
    Knob(
        "LIGHTBOX_SMTP_URL",
        parse_mail,
        "",
        "smtp://user:password@host:587 (STARTTLS) or smtps://…:465, through which codes are sent to guests of links. "
        "Empty: no mail leaves.",
    ),
    Knob("LIGHTBOX_MAIL_FROM", str, "", "Address that such mail comes from; LIGHTBOX_SMTP_URL needs it."),
    Knob(
        "LIGHTBOX_BIN_DAYS",
        parse_amount,
        "30",
        "Days for which what was deleted can be brought back; then it is erased for good.",
    ),
    Knob(
        "LIGHTBOX_STAFF_MFA",
        parse_switch,
        "1",
        "Administrators, clinicians and technologists need a passkey or an authenticator app beside their password.",
    ),
    Knob(
        "LIGHTBOX_STAFF_MFA_GRACE_DAYS",
        parse_days,
        "7",
        "Days after their first sign-in for which they may work before they have one; 0: none.",
    ),
    Knob(
        "LIGHTBOX_IDLE_LOCK_MINUTES",
        parse_amount,
        "15",
        "Minutes without a touch after which a session is locked until its person shows that it is they.",
    ),
    Knob("LIGHTBOX_IDLE_LOCK_PATIENT_MINUTES", parse_amount, "30", "The same for patients."),
    Knob(
        "LIGHTBOX_OIDC_ISSUER",
        parse_issuer,
        "",
        "Issuer of the OpenID Connect service through which people may sign in; its callback is sso/callback here. "
        "Empty: none.",
    ),
    Knob("LIGHTBOX_OIDC_CLIENT_ID", str, "", "Client ID that this service gave Lightbox."),
    Knob("LIGHTBOX_OIDC_CLIENT_SECRET", str, "", "Client secret that it gave."),
    Knob("LIGHTBOX_OIDC_NAME", str, "your organisation", "What people call the service: Sign in with …"),
    Knob(
        "LIGHTBOX_OIDC_CLAIM",
        str,
        "email",
        "Claim that is held against what an administrator wrote into an account; an e-mail address counts only when "
        "it is verified.",
    ),
    Knob("LIGHTBOX_SESSION_HOURS", parse_amount, "12", "Hours after which a sign-in ends."),
)


def read_environment(environ: Mapping[str, str] | None = None) -> dict[str, Value]:
    """All knobs by name. Raises BadSetting naming every value that cannot be understood."""
    source = os.environ if environ is None else environ
    values: dict[str, Value] = {}
    wrong: list[str] = []
    for knob in KNOBS:
        try:
            values[knob.name] = knob.parse(_text_of(knob, source))
        except (ValueError, OSError) as error:
            wrong.append(f"{knob.name}: {error}")
    wrong += [
        f"{name}: no such setting" for name in source if name.startswith("LIGHTBOX_") and not _is_known(name)
    ]
    if wrong:
        raise BadSetting("Lightbox does not start: " + "; ".join(wrong))
    return values


def _text_of(knob: Knob, source: Mapping[str, str]) -> str:
    mounted = source.get(f"{knob.name}_FILE")
    if mounted:
        return Path(mounted).read_text(encoding="utf-8").strip()
    return source.get(knob.name, knob.default)


def _is_known(name: str) -> bool:
    if name.startswith("LIGHTBOX_TEST_"):
        return True  # what the tests are told, which run in the same environment
    return any(name in (knob.name, f"{knob.name}_FILE") for knob in KNOBS)
