"""The least that an answer by HTTP costs: an ASGI app that sends the same bytes to everybody, under our server.

What a route of ours takes beyond it is ours; what it takes itself is the server's, the client's and the machine's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn

from bench.load import Target
from bench.servers import end, free_port, wait_for

Message = MutableMapping[str, Any]
NOT_OURS = ("date", "transfer-encoding", "connection")  # the server's to say


@contextmanager
def bare(like: Target) -> Iterator[Target]:
    """A server that answers whatever is asked as the first path of this one is answered."""
    request = Request(f"http://127.0.0.1:{like.port}{like.paths[0]}", headers=dict(like.headers))
    with urlopen(request, timeout=30) as answer:
        told = [f"{name}: {value}" for name, value in answer.headers.items() if name.lower() not in NOT_OURS]
        body = answer.read()
    with tempfile.TemporaryDirectory(prefix="lightbox-bench-") as folder:
        port, file, log = free_port(), Path(folder) / "answer", Path(folder) / "log"
        file.write_bytes("\n".join(told).encode("latin-1") + b"\n\n" + body)
        with log.open("wb") as out:
            command = [sys.executable, "-m", "bench.bare_answer", str(port), str(file)]
            process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            wait_for(process, port, "/", log)
            yield Target(port, like.paths, like.headers)
        finally:
            end(process)


def _app(answer: bytes) -> Callable[..., Awaitable[None]]:
    head, _, body = answer.partition(b"\n\n")
    headers = [tuple(line.split(b": ", 1)) for line in head.splitlines()]

    async def app(scope: Message, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


if __name__ == "__main__":
    uvicorn.run(
        _app(Path(sys.argv[2]).read_bytes()),
        port=int(sys.argv[1]),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
