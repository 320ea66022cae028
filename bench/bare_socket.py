"""What a websocket carries at most over a throttled link, where nothing is asked and nothing is thought.

Chromium throttles a websocket more than HTTP: of a link of 200 kB/s it gave one 131 kB/s, whatever the size of the
messages. What a viewer makes of its link is told against what the link gives.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser
from websockets.sync.server import Server, ServerConnection, serve

from bench.throttle import Network, throttle

MESSAGES, MESSAGE_BYTES = 40, 256 << 10  # some ten seconds: what comes at first is no measure
RECEIVE = """
([address, bytes]) => new Promise((told) => {
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  let got = 0, began = null;
  socket.onmessage = ({ data }) => {
    // From the end of the first message on: what came before it is the journey.
    if (began === null) began = performance.now();
    else got += data.byteLength;
    if (got >= bytes) told(got / ((performance.now() - began) / 1000));
  };
})
"""


def carried_by_socket(browser: Browser, network: Network) -> float:
    """Bytes a second, in a page of its own."""
    with _pouring() as port:
        page = browser.new_page()
        session = throttle(page, network)
        address = f"ws://127.0.0.1:{port}"
        carried = float(page.evaluate(RECEIVE, [address, (MESSAGES - 1) * MESSAGE_BYTES]))
        session.detach()
        page.close()
        return carried


@contextmanager
def _pouring() -> Iterator[int]:
    """A server that sends all it has to whoever comes; its port."""

    def pour(connection: ServerConnection) -> None:
        for _ in range(MESSAGES):
            connection.send(bytes(MESSAGE_BYTES))

    with serve(pour, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield _port_of(server)
        server.shutdown()


def _port_of(server: Server) -> int:
    return int(server.socket.getsockname()[1])
