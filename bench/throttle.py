"""Mobile networks, as Chromium throttles itself by the DevTools protocol, and what went over them.

Its latency is waited for once for each request, before the answer's first byte; its rate is shared by all that a
page loads. The processor is slowed down for the page's main thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True)
class Network:
    """A link and the phone at its end."""

    name: str
    down_mbit_s: float
    up_mbit_s: float
    latency_ms: float
    cpu_slowdown: float = 1

    @property
    def bytes_per_s(self) -> float:
        """What it carries towards the phone."""
        return self.down_mbit_s * 1e6 / 8


GOOD_4G = Network("9 Mbit/s, 170 ms", 9, 9, 170)
SLOW_4G = Network("1.6 Mbit/s, 150 ms, CPU x4", 1.6, 0.75, 150, cpu_slowdown=4)


@dataclass
class Request:
    """One request of the page, and how much of its answer came when."""

    url: str
    began_s: float
    ended_s: float | None = None
    was_dropped: bool = False
    arrived: list[tuple[float, int]] = field(default_factory=list)

    @property
    def is_picture(self) -> bool:
        """Tiles and levels of frames."""
        return "/view/instances/" in self.url

    @property
    def total_bytes(self) -> int:
        """On the wire, headers and all."""
        return sum(count for _, count in self.arrived)


class Traffic:
    """What a page asks for and gets, by the clock of the browser's network; 0 is its first request."""

    def __init__(self, session: CDPSession) -> None:
        self._requests: dict[str, Request] = {}
        self._began_s: float | None = None
        self._wall_s = 0.0
        self.messages: list[tuple[float, int]] = []  # of websockets, towards the page
        handlers: Mapping[str, Any] = {
            "requestWillBeSent": self._sent,
            "responseReceived": self._answered,
            "dataReceived": self._received,
            "loadingFinished": self._finished,
            "loadingFailed": self._failed,
            "webSocketFrameReceived": self._message,
        }
        for name, handler in handlers.items():
            session.on(f"Network.{name}", handler)
        session.send("Network.enable")

    @property
    def requests(self) -> list[Request]:
        """In the order in which they were sent."""
        return list(self._requests.values())

    @property
    def began_wall_ms(self) -> float:
        """When the first request was sent, since 1970: performance.timeOrigin is the same clock."""
        return self._wall_s * 1000

    def bytes_until(self, moment_s: float) -> int:
        """All that had come by then."""
        parts = [part for request in self.requests for part in request.arrived]
        return sum(count for when_s, count in (*parts, *self.messages) if when_s <= moment_s)

    def picture_bytes(self) -> int:
        """Of pictures, in all."""
        by_request = sum(request.total_bytes for request in self.requests if request.is_picture)
        return by_request + sum(count for _, count in self.messages)

    def useful_between(self, first_s: float, last_s: float) -> tuple[int, int]:
        """Bytes of pictures that came from then to then: those of use, and those dropped or had before."""
        useful, of_no_use = 0, 0
        known: set[str] = set()
        for request in self.requests:
            if not request.is_picture:
                continue
            came = sum(count for when_s, count in request.arrived if first_s < when_s <= last_s)
            if request.was_dropped or request.url in known:
                of_no_use += came
            else:
                useful += came
                known.add(request.url)
        return useful + sum(count for when_s, count in self.messages if first_s < when_s <= last_s), of_no_use

    def requests_until(self, moment_s: float) -> int:
        """How many were answered by then."""
        return sum(
            1 for request in self.requests if request.ended_s is not None and request.ended_s <= moment_s
        )

    def _sent(self, event: Mapping[str, Any]) -> None:
        if not event["request"]["url"].startswith("http"):
            return
        if self._began_s is None:
            self._began_s, self._wall_s = event["timestamp"], event["wallTime"]
        self._requests[event["requestId"]] = Request(event["request"]["url"], self._since(event))

    def _answered(self, event: Mapping[str, Any]) -> None:
        self._note(event, int(event["response"]["encodedDataLength"]))

    def _received(self, event: Mapping[str, Any]) -> None:
        self._note(event, max(0, int(event["encodedDataLength"])))

    def _finished(self, event: Mapping[str, Any]) -> None:
        request = self._requests.get(event["requestId"])
        if request is not None:
            request.ended_s = self._since(event)
            # Whatever the parts before did not tell of.
            self._note(event, max(0, int(event["encodedDataLength"]) - request.total_bytes))

    def _failed(self, event: Mapping[str, Any]) -> None:
        request = self._requests.get(event["requestId"])
        if request is not None:
            request.was_dropped = True

    def _note(self, event: Mapping[str, Any], count: int) -> None:
        request = self._requests.get(event["requestId"])
        if request is not None and count > 0:
            request.arrived.append((self._since(event), count))

    def _message(self, event: Mapping[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        # Binary payloads are told in base64.
        count = len(payload) * 3 // 4 if event["response"]["opcode"] == 2 else len(payload)
        self.messages.append((self._since(event), count))

    def _since(self, event: Mapping[str, Any]) -> float:
        return float(event["timestamp"]) - (self._began_s or float(event["timestamp"]))


def throttle(page: Page, network: Network) -> CDPSession:
    """Slow the page down from now on, and its service worker. The session must live as long as the page.

    Of a dedicated worker Chromium slows down nothing: what the app fetches, its page fetches.
    """
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", _conditions(network))
    session.send("Emulation.setCPUThrottlingRate", {"rate": network.cpu_slowdown})
    session.on(
        "Target.attachedToTarget", lambda event: _throttle_worker(session, event["sessionId"], network)
    )
    session.send(
        "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": False}
    )
    return session


def _conditions(network: Network) -> dict[str, Any]:
    return {
        "offline": False,
        "latency": network.latency_ms,
        "downloadThroughput": network.bytes_per_s,
        "uploadThroughput": network.up_mbit_s * 1e6 / 8,
    }


def _throttle_worker(session: CDPSession, worker: str, network: Network) -> None:
    """Where it can be; and let it run."""
    said: tuple[dict[str, object], ...] = (
        {"method": "Network.enable"},
        {"method": "Network.emulateNetworkConditions", "params": _conditions(network)},
        {"method": "Runtime.runIfWaitingForDebugger"},
    )
    for number, message in enumerate(said, 1):
        told = json.dumps({"id": number, **message})
        session.send("Target.sendMessageToTarget", {"sessionId": worker, "message": told})
