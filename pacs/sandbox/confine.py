"""What a child may not do, set before it sees the first hostile byte: memory, files, network, outliving its parent."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
from typing import Any, NoReturn

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
MOST_OPEN_FILES = 64
# What is at hand is given before what is still decoded (P8): beside two clients that had JPEG 2000 decoded, twice as
# many cached tiles were given in a second on a busy machine, for a third fewer decoded frames.
BEHIND_THE_SERVER = 5


def confine(memory_bytes: int) -> bool:
    """Limit this process for the rest of its life (promise P8); whether it left the network. Only Linux gives all."""
    os.nice(BEHIND_THE_SERVER)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold a patient's image
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN_FILES, MOST_OPEN_FILES))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a child ends
    return _leave_the_network()


def _leave_the_network() -> bool:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        left = bool(libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
    except (OSError, AttributeError):
        left = False
    if not left:
        # No name space to be had here: at least nothing written in Python opens a connection.
        socket.socket = _no_socket  # type: ignore[assignment,misc]  # replaced on purpose, for good
    return left


def _no_socket(*args: Any, **kwargs: Any) -> NoReturn:
    raise PermissionError(os.strerror(1))
