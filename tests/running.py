"""The whole application, behind a real server, for as long as a test needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.e2e.lightbox import free_port


@contextmanager
def running_application() -> Iterator[str]:
    """Its address, http://127.0.0.1:port. It sees the test's database where the test is transactional."""
    from pacs.asgi import application

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", lifespan="off"))
    running = threading.Thread(target=server.run)
    running.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        running.join()
