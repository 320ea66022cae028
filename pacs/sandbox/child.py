"""The child's side: take a call, run it, answer; over and over until the parent closes or kills.

Started as `python -m pacs.sandbox.child FD MEMORY_BYTES`. Knows nothing of Django, of a database or of a user.
"""

from __future__ import annotations

import importlib
import pickle
import socket
import sys
from typing import Any

from pacs.sandbox.confine import confine
from pacs.sandbox.incoming import SMALL_BYTES
from pacs.sandbox.wire import Wire, pack

LENGTH_BYTES = 8


def serve(connection: socket.socket, is_offline: bool) -> None:
    """Answer calls until the parent goes. Each answer names its call, and whether the network could be left."""
    with connection, connection.makefile("rb") as incoming:
        while head := incoming.read(LENGTH_BYTES):
            # The parent is trusted; what it sends is a pickle. What goes back never is.
            call = pickle.loads(incoming.read(int.from_bytes(head, "little")))  # noqa: S301
            token, *wanted = call
            for piece in _joined(pack({"token": token, "offline": is_offline, **_answer(*wanted)})):
                connection.sendall(piece)


def ready(*modules: str) -> bool:
    """To be called before anything is asked for: imports what will be."""
    for module in modules:
        importlib.import_module(module)
    return True


def _joined(pieces: list[bytes | memoryview]) -> list[bytes | memoryview]:
    """As one piece where that is small: the receiver wakes once and not for each."""
    return [b"".join(pieces)] if sum(map(len, pieces)) <= SMALL_BYTES else pieces


def _answer(module: str, name: str, args: tuple[Any, ...]) -> dict[str, Wire]:
    try:
        function = getattr(importlib.import_module(module), name)
        return {"result": function(*args)}
    except Exception as error:
        # Only words of ours leave: the text of a library's exception may quote the file.
        reason = getattr(error, "reason", None) or getattr(error, "code", "")
        return {"error": type(error).__name__, "reason": str(reason)}


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    serve(connection, confine(int(sys.argv[2])))


if __name__ == "__main__":
    main()
