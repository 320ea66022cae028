"""The web server: one process, which says so once it answers, and ends within seconds of being asked to."""

from __future__ import annotations

import ctypes
import gc
import socket
import sys
from collections.abc import Callable

import uvicorn
from django.conf import settings

from pacs.operations.connections import BoundedHttp

GRACE_FOR_OPEN_REQUESTS_S = 5
MOST_SOCKET_MESSAGE_BYTES = 512 << 10  # from a client: the UIDs of a large series (viewer.streaming.sayings)
# A thread that has made a picture waits so long at most for one that computes in Python. At Python's own 5 ms the
# slowest percent of cached tiles took 72 ms on a busy machine, at 1 ms 41 ms, for the same work of the processor.
SWITCH_THREADS_EVERY_S = 0.001
# Objects made and not yet given up: at Python's own 700 every request pays for a search, and few make a cycle.
LOOK_FOR_CYCLES_AFTER = 20_000
# Frames are made in one thread and given up in another; heaps for each thread would be full of their holes.
HEAPS = 2
# Connections inherit it: asked after a minute of silence, given up after four questions without an answer.
KEEPALIVE = {
    option: value
    for option, value in {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}.items()
    if hasattr(socket, option)  # a kernel's own where it has others
}
M_ARENA_MAX = -8  # mallopt(3) of glibc


class CannotListen(Exception):
    """The address is taken, or is not one of this machine's."""


class Server(uvicorn.Server):
    """uvicorn's, which calls `on_ready` when the first request would be answered."""

    def __init__(self, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                "pacs.asgi:application",
                http=BoundedHttp,
                log_config=None,  # Django's; an access log would tell who looked at whom
                access_log=False,
                server_header=False,
                proxy_headers=settings.IS_HTTPS,
                forwarded_allow_ips=settings.TRUSTED_PROXIES,
                timeout_graceful_shutdown=GRACE_FOR_OPEN_REQUESTS_S,
                ws_max_size=MOST_SOCKET_MESSAGE_BYTES,
                ws_per_message_deflate=False,  # codestreams grow no smaller, and the rest is small
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def tune_process() -> None:
    """Call it before the first thread starts."""
    sys.setswitchinterval(SWITCH_THREADS_EVERY_S)
    gc.set_threshold(LOOK_FOR_CYCLES_AFTER)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's; elsewhere memory is what it is
    if mallopt is not None:
        mallopt(M_ARENA_MAX, HEAPS)


def reserve_address() -> socket.socket:
    """A socket bound to LIGHTBOX_BIND that does not listen yet: nobody is answered before all is prepared.

    Raises CannotListen.
    """
    host, port = settings.BIND_HOST, int(settings.BIND.rpartition(":")[2])
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        reserved = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(error.strerror or str(error)) from error
    try:
        # A restart must not wait until the kernel has forgotten the connections of the process before.
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Whoever is gone without a word (a phone out of reach) is found out in two minutes, not in two hours.
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            reserved.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        reserved.bind(address)
    except OSError as error:
        reserved.close()
        raise CannotListen(error.strerror or str(error)) from error
    reserved.set_inheritable(False)
    return reserved
