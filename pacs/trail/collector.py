"""A collector of syslog messages: where it is, and a line to it by UDP, TCP or TLS."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import urlsplit

from pacs.trail.syslog import counted

CONNECTED_WITHIN_S = 10.0
SENT_WITHIN_S = 10.0
DEFAULT_PORTS = {"udp": 514, "tcp": 514, "tls": 6514}  # RFC 5426 3.3, RFC 6587 3.2, RFC 5425 4.1


@dataclass(frozen=True)
class Collector:
    """Where to send, and for TLS whom to trust and whom to be; the system's authorities where none is named."""

    transport: str
    host: str
    port: int
    authorities: Path | None = None
    certificate: Path | None = None


class Line(Protocol):
    """Takes messages to a collector. Raises OSError where it cannot."""

    def send(self, messages: list[bytes]) -> None:
        """All of them."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


def collector_at(address: str, authorities: str = "", certificate: str = "") -> Collector | None:
    """The collector of an address like tls://logs.example.org:6514; None for an empty one."""
    if not address:
        return None
    parts = urlsplit(address)
    return Collector(
        transport=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        authorities=Path(authorities) if authorities else None,
        certificate=Path(certificate) if certificate else None,
    )


def open_line(collector: Collector) -> Line:
    """A line to it. Raises OSError."""
    if collector.transport == "udp":
        return _Datagrams(collector)
    return _Stream(collector)


class _Datagrams:
    """One message in each datagram (RFC 5426): whether it arrives nobody knows."""

    def __init__(self, collector: Collector) -> None:
        family, kind, protocol, _, address = socket.getaddrinfo(
            collector.host, collector.port, type=socket.SOCK_DGRAM
        )[0]
        self._socket = socket.socket(family, kind, protocol)
        self._socket.settimeout(SENT_WITHIN_S)
        self._socket.connect(address)

    def send(self, messages: list[bytes]) -> None:
        for message in messages:
            self._socket.send(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


class _Stream:
    """Messages one after the other, each with its length before it."""

    def __init__(self, collector: Collector) -> None:
        plain = socket.create_connection((collector.host, collector.port), CONNECTED_WITHIN_S)
        self._socket = plain
        if collector.transport == "tls":
            try:
                self._socket = _trust(collector).wrap_socket(plain, server_hostname=collector.host)
            except BaseException:
                plain.close()
                raise
        self._socket.settimeout(SENT_WITHIN_S)

    def send(self, messages: list[bytes]) -> None:
        self._require_open()
        self._socket.sendall(b"".join(map(counted, messages)))

    def _require_open(self) -> None:
        """Notice that the collector has hung up: what is sent then is lost, and nobody says so.

        It never sends anything itself. Raises ConnectionError.
        """
        self._socket.setblocking(False)
        try:
            if not self._socket.recv(1):
                raise ConnectionResetError("the collector has hung up")
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self._socket.settimeout(SENT_WITHIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def _trust(collector: Collector) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=collector.authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # PS3.15 A.6
    if collector.certificate is not None:
        context.load_cert_chain(collector.certificate)
    return context
