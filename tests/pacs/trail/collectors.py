"""Collectors of syslog messages that really listen: by UDP, TCP and TLS, framed as the RFCs say."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE_S = 60.0


class Listener:
    """Keeps what comes. It can hang up, and be gone."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0, kind: str = "tcp") -> None:
        self.messages: list[bytes] = []
        self.kind = kind
        self._tls = tls
        self._lines: list[socket.socket] = []
        if kind == "udp":
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind(("127.0.0.1", port))
        else:
            self._socket = socket.create_server(("127.0.0.1", port), reuse_port=True)
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def wait_for(self, count: int) -> list[bytes]:
        """The messages, once there are so many."""
        return self.until(lambda: len(self.messages) >= count)

    def until(self, holds: Callable[[], bool]) -> list[bytes]:
        """The messages, once this is so."""
        ends_at = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < ends_at, f"{len(self.messages)} messages"
            time.sleep(0.02)
        return list(self.messages)

    def hang_up(self) -> None:
        """End the lines that are open, and go on listening."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                if self.kind == "udp":
                    self.messages.append(self._socket.recv(65_536))
                else:
                    line, _ = self._socket.accept()
                    self._lines.append(line)
                    threading.Thread(target=self._read, args=(line,), daemon=True).start()

    def _read(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            talking = self._tls.wrap_socket(line, server_side=True) if self._tls else line
            stream = talking.makefile("rb")
            while True:
                self.messages.append(_next_message(stream.read))


def _next_message(read: Callable[[int], bytes]) -> bytes:
    """One message by octet counting (RFC 5425 4.3). Raises ValueError at the end, or where it is none."""
    digits = b""
    while (character := read(1)) != b" ":
        if not character.isdigit() or len(digits) > 6:
            raise ValueError(character)
        digits += character
    message = read(int(digits))
    if len(message) != int(digits):
        raise ValueError("cut short")
    return message


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server of the name 127.0.0.1 shows, and the file of the authority that says so."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = datetime.datetime.now(datetime.UTC)
    import ipaddress

    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "collector.pem", folder / "collector.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
