"""python -m bench.python_client CONNECTIONS SECONDS http://127.0.0.1:PORT PATHS_FILE [Header: value]…

A load generator for machines without wrk: plain sockets and asyncio. Prints the line that bench.load reads.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


class Client:
    """Several connections to one server, and what they saw."""

    def __init__(self, host: str, port: int, requests: list[bytes]) -> None:
        self._address = (host, port)
        self._requests = requests
        self._place = 0
        self.times_s: list[float] = []
        self.errors = 0

    async def press(self, connections: int, seconds: float) -> float:
        """Press for so long; the seconds it took."""
        began = time.perf_counter()
        ends_at = began + seconds
        await asyncio.gather(*(self._connection(ends_at) for _ in range(connections)))
        return time.perf_counter() - began

    async def _connection(self, ends_at: float) -> None:
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            while (began := time.perf_counter()) < ends_at:
                self._place = (self._place + 1) % len(self._requests)
                writer.write(self._requests[self._place])
                if not await _answered(reader):
                    self.errors += 1
                self.times_s.append(time.perf_counter() - began)
        finally:
            writer.close()


async def _answered(reader: asyncio.StreamReader) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    if length:
        await reader.readexactly(int(length))
    elif b"transfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return head.split(b" ", 2)[1] in (b"200", b"304")


def main() -> None:
    """Read the command line, press, tell."""
    connections, seconds, address, file, *headers = sys.argv[1:]
    host, port = urlsplit(address).hostname or "", urlsplit(address).port or 80
    said = "".join(f"{header}\r\n" for header in headers)
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{said}\r\n".encode()
        for path in Path(file).read_text().split()
    ]
    client = Client(host, port, requests)
    took_s = asyncio.run(client.press(int(connections), float(seconds)))
    times = sorted(client.times_s)
    p50, p95, p99 = (times[int(share * (len(times) - 1))] * 1000 for share in (0.5, 0.95, 0.99))
    print(f"RESULT {len(times)} {took_s:.3f} {p50:.4f} {p95:.4f} {p99:.4f} {client.errors}")


if __name__ == "__main__":
    main()
