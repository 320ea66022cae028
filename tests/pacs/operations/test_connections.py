"""A connection's headers have an end, in length and in time: one request of anybody's cannot keep the loop busy."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from pytest_django import Settings
from uvicorn import Config
from uvicorn.server import ServerState

from pacs.http import headers
from pacs.http.read_ahead import read_ahead
from pacs.operations import connections
from pacs.operations.connections import END_OF_HEADERS, MOST_HEADER_BYTES, Answering, BoundedHttp
from pacs.operations.server import Server, reserve_address

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Connection]]
BEGUN = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CHUNKED = BEGUN + b"Transfer-Encoding: chunked\r\n\r\n"


async def count_body(scope: Any, receive: Any, send: Any) -> None:
    """The length of the body."""
    count, is_more = 0, True
    while is_more:
        message = await receive()
        count += len(message.get("body", b""))
        is_more = message.get("more_body", False)
    told = b"%d" % count
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-length", b"%d" % len(told))],
    }
    await send(start)
    await send({"type": "http.response.body", "body": told})


async def no_more() -> dict[str, bool]:
    """To be received of a body that was taken already, or is not wanted."""
    return {"more_body": False}


@asynccontextmanager
async def serving(config: Config) -> AsyncIterator[Connect]:
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: BoundedHttp(config, state, {}), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield lambda: asyncio.open_connection("127.0.0.1", port)


def counting() -> Config:
    return Config(count_body, log_config=None)


async def answer_to(*sent: bytes, config: Config | None = None) -> bytes:
    """The answer; empty where the connection ended without one."""
    async with serving(config or counting()) as connect:
        reader, writer = await connect()
        try:
            for piece in sent:
                writer.write(piece)
                await writer.drain()
            async with asyncio.timeout(10):
                return await reader.read(1 << 16)
        except ConnectionError:
            return b""
        finally:
            writer.close()


@pytest.mark.parametrize(
    "sent",
    [
        (BEGUN + b"X-A: ", *[b"a" * (1 << 20)] * 16),
        (b"GET /" + b"a" * (1 << 20),),
        (BEGUN, b"a: b\r\n" * 100_000),
        (CHUNKED, b"0\r\nX-Trailer: ", *[b"a" * (1 << 20)] * 16),
        (CHUNKED, b"5;", *[b"a" * (1 << 20)] * 16),
    ],
    ids=["one header", "the address", "many headers", "a trailer", "a chunk's line"],
)
async def test_what_is_no_body_ends_at_its_bound(sent: tuple[bytes, ...]) -> None:
    began = time.perf_counter()
    answer = await answer_to(*sent)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")
    assert time.perf_counter() - began < 2


async def test_whoever_sends_too_long_a_header_is_told_so() -> None:
    answer = await answer_to(BEGUN + b"X-A: " + b"a" * MOST_HEADER_BYTES)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"too_large" in answer


async def test_headers_within_the_bound_and_bodies_of_any_length_pass() -> None:
    body = b"x" * (5 << 20)
    long = b"X-A: " + b"a" * (MOST_HEADER_BYTES - 1000)
    head = BEGUN + long + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert (await answer_to(head + body)).endswith(b"\r\n\r\n5242880")
    chunks = (b"1000\r\n" + b"y" * 0x1000 + b"\r\n") * 100
    assert (await answer_to(CHUNKED + chunks + b"0\r\n\r\n")).endswith(b"\r\n\r\n409600")


@pytest.mark.parametrize("sent", [b"", BEGUN], ids=["nothing", "half the headers"])
async def test_headers_have_to_come_in_time(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADERS_WITHIN_S", 0.2)
    assert await answer_to(sent) == b""


async def test_the_time_is_for_headers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADERS_WITHIN_S", 0.2)
    async with serving(counting()) as connect:
        reader, writer = await connect()
        for _ in range(2):  # the second on the same connection
            writer.write(BEGUN + b"Content-Length: 2\r\n\r\na")
            await asyncio.sleep(0.4)
            writer.write(b"b")
            assert b"200 OK" in await reader.read(1 << 16)
        writer.close()


async def test_of_a_body_waits_what_the_application_wants_to_have_ahead() -> None:
    """In one piece what came while it looked away: what it asked for and the last that was read, or little."""
    wanted = [2 << 20, 0]  # of two requests on one connection
    waited: list[int] = []

    async def look_away(scope: Any, receive: Any, send: Any) -> None:
        ahead = wanted[len(waited)]
        if ahead:
            read_ahead(scope, ahead)
        await receive()
        cycle = receive.__self__
        async with asyncio.timeout(10):
            while cycle.more_body and not cycle.flow.read_paused:  # noqa: ASYNC110  # nothing tells of a pause
                await asyncio.sleep(0)  # the loop's next turn, no time
            waited.append(len((await receive())["body"]))
        await count_body(scope, receive, send)

    request = BEGUN + b"Content-Length: %d\r\n\r\n" % (8 << 20) + b"x" * (8 << 20)
    async with serving(Config(look_away, log_config=None)) as connect:
        reader, writer = await connect()
        async with asyncio.timeout(20):
            for _ in wanted:
                writer.write(request)
                assert b"200 OK" in await reader.read(1 << 16)
        writer.close()
    assert 2 << 20 <= waited[0] <= 3 << 20
    assert 0 < waited[1] <= 512 << 10


async def test_a_body_is_what_was_sent_however_it_comes() -> None:
    """In one piece, in several of every length, and while the application looks away."""
    body = secrets.token_bytes(700_001)
    told: list[bytes] = []

    async def look_away(scope: Any, receive: Any, send: Any) -> None:
        read_ahead(scope, 1 << 20)
        came, is_more = b"", True
        while is_more:
            for _ in range(len(told) * 20):
                await asyncio.sleep(0)  # turns of the loop, in which more comes
            message = await receive()
            came += message.get("body", b"")
            is_more = message.get("more_body", False)
        told.append(came)
        await count_body(scope, no_more, send)

    head = BEGUN + b"Content-Length: %d\r\n\r\n" % len(body)
    async with serving(Config(look_away, log_config=None)) as connect:
        reader, writer = await connect()
        for length in (len(body), 1400, 65_536, 300_000):
            sent = head + body
            for begin in range(0, len(sent), length):
                writer.write(sent[begin : begin + length])
                await writer.drain()
            async with asyncio.timeout(20):
                assert b"200 OK" in await reader.read(1 << 16)
        writer.close()
    assert [came == body for came in told] == [True] * 4


async def test_of_a_body_that_is_taken_as_it_comes_nothing_is_copied_to_wait() -> None:
    waited: list[type] = []

    async def look(scope: Any, receive: Any, send: Any) -> None:
        is_more = True
        while is_more:
            cycle = receive.__self__
            await cycle.message_event.wait()
            waited.append(type(cycle.body))
            is_more = (await receive()).get("more_body", False)
        await count_body(scope, no_more, send)

    sent = BEGUN + b"Content-Length: %d\r\n\r\n" % (100 << 10) + b"x" * (100 << 10)
    assert b"200 OK" in await answer_to(sent, config=Config(look, log_config=None))
    assert waited[0] is bytes


async def test_ends_of_headers_in_a_body_that_nobody_wants_are_no_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fed: list[int] = []
    feed = BoundedHttp._feed

    def feeding(self: BoundedHttp, piece: bytes) -> None:
        fed.append(len(piece))
        feed(self, piece)

    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await count_body(scope, no_more, send)

    monkeypatch.setattr(BoundedHttp, "_feed", feeding)
    body = END_OF_HEADERS * (1 << 19)
    async with serving(Config(refuse, log_config=None)) as connect:
        reader, writer = await connect()
        writer.write(BEGUN + b"Content-Length: %d\r\n\r\n" % len(body))
        assert b"200 OK" in await reader.read(1 << 16)
        writer.write(body)
        writer.write(BEGUN + b"Content-Length: 0\r\n\r\n")
        async with asyncio.timeout(10):
            assert b"200 OK" in await reader.read(1 << 16)
        writer.close()
    assert sum(fed) > len(body)
    assert sum(fed) / len(fed) > 16 << 10


async def test_headers_that_no_body_follows_are_written_at_once() -> None:
    written_to: list[type] = []

    async def look(scope: Any, receive: Any, send: Any) -> None:
        written_to.append(type(receive.__self__.transport))
        await count_body(scope, no_more, send)

    for method in (b"HEAD", b"GET"):
        request = BEGUN.replace(b"POST", method) + b"\r\n"
        assert b"200 OK" in await answer_to(request, config=Config(look, log_config=None))
    assert [one is Answering for one in written_to] == [False, True]


class Line:
    """What is written, call by call."""

    def __init__(self) -> None:
        self.written: list[list[bytes]] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        self.written.append([data])

    def writelines(self, pieces: Iterable[bytes]) -> None:
        self.written.append(list(pieces))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


async def test_the_headers_of_an_answer_go_with_the_beginning_of_its_body() -> None:
    long = b"x" * (1 << 20)
    for bodies, written in (
        ([b"body"], [[b"head", b"body"]]),
        ([b""], [[b"head"]]),
        ([long, b"more"], [[b"head", long], [b"more"]]),
    ):
        line = Line()
        answering = Answering(cast("asyncio.Transport", line), asyncio.get_running_loop())
        for piece in (b"head", *bodies):
            answering.write(piece)
        assert [b"".join(call) for call in line.written] == [b"".join(call) for call in written]
        await asyncio.sleep(0)  # the loop's next turn: nothing is left to be written
        assert len(line.written) == len(written)


async def test_headers_without_a_body_do_not_wait_for_one() -> None:
    line = Line()
    answering = Answering(cast("asyncio.Transport", line), asyncio.get_running_loop())
    answering.write(b"head")
    assert line.written == []
    await asyncio.sleep(0)  # the loop's next turn
    assert line.written == [[b"head"]]
    other = Answering(cast("asyncio.Transport", line), asyncio.get_running_loop())
    other.write(b"last")
    other.close()
    assert line.written[1:] == [[b"last"]]
    assert other.is_closing()
    gone = Answering(cast("asyncio.Transport", line), asyncio.get_running_loop())
    gone.write(b"for nobody")
    await asyncio.sleep(0)  # the loop's next turn
    assert len(line.written) == 2


def test_a_name_longer_than_any_name_is_not_kept() -> None:
    headers._is_our_host.cache_clear()
    assert not headers.is_our_host(b"a" * (1 << 20))
    assert headers._is_our_host.cache_info().currsize == 0
    assert headers.is_our_host(b"127.0.0.1:8000")


def test_a_connection_whose_other_end_is_gone_is_found_out(settings: Settings) -> None:
    settings.BIND, settings.BIND_HOST = "127.0.0.1:0", "127.0.0.1"
    with reserve_address() as reserved:
        reserved.listen()
        with socket.create_connection(reserved.getsockname()), reserved.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


@pytest.mark.parametrize(
    ("trusted", "told"),
    [(["127.0.0.0/30"], "203.0.113.66"), (["192.0.2.0/24"], "127.0.0.1"), ([], "127.0.0.1")],
)
async def test_only_a_known_proxy_is_believed_when_it_says_who_called(
    trusted: list[str], told: str, settings: Settings
) -> None:
    settings.IS_HTTPS, settings.TRUSTED_PROXIES = True, trusted
    config = Server(lambda: None).config
    callers: list[str] = []

    async def note_caller(scope: Any, receive: Any, send: Any) -> None:
        callers.append(scope["client"][0])
        await count_body(scope, receive, send)

    config.app = note_caller
    config.load()
    request = BEGUN + b"X-Forwarded-For: 203.0.113.66\r\nContent-Length: 0\r\n\r\n"
    assert b"200 OK" in await answer_to(request, config=config)
    assert callers == [told]
