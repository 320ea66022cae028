"""Runs a pure function on hostile bytes in a child process that may be killed and is then replaced (promise P8)."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import pickle
import queue
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from django.conf import settings

from pacs.errors import LightboxError, Overloaded, SandboxKilled, SandboxRefused
from pacs.processors import for_children, place
from pacs.sandbox.child import LENGTH_BYTES, ready
from pacs.sandbox.incoming import Incoming, send
from pacs.sandbox.wire import BadWire, Wire, pack, unpack

__all__ = ["Wire", "pack", "run", "warm_up"]

LONGEST_WAIT_FOR_A_CHILD_S = 60.0
CALLS_BEFORE_RETIRING = 5000  # bounds what a leaking decoder can pile up
SHORT_S = 0.005  # about what looking at a file takes
LONG_FOR_S = 30.0  # after this it is tried again
TOKEN_BYTES = 8  # a child that was taken over cannot guess the next call's

log = logging.getLogger(__name__)
_is_told = False


def run(
    function: Callable[..., Any],
    *args: Any,
    deadline_s: float | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Wire:
    """What `function(*args)` returns in a confined child process.

    The function is found there by its module and name. Raises SandboxRefused (it raised; fields: error, reason),
    SandboxKilled (why: deadline, memory or died) or Overloaded (no child came free).

    `meanwhile` is called while the child works. It keeps the child from the next caller until it returns, so it is not
    called where no other is idle and it took long not long ago. Who wants it done for certain does it then.
    """
    pool = _the_pool()
    try:
        child = pool.get(timeout=LONGEST_WAIT_FOR_A_CHILD_S)
    except queue.Empty:
        raise Overloaded(retry_after_s=5) from None
    try:
        if pool.empty() and _meanwhile.is_long:
            meanwhile = None
        return child.call(function, args, deadline_s or settings.SANDBOX_DEADLINE_S, meanwhile)
    finally:
        pool.put(child)


def warm_up(*modules: str) -> None:
    """Start every child that is idle, each with these modules imported: the first callers need not wait for it."""
    pool = _the_pool()
    idle = []
    with contextlib.suppress(queue.Empty):
        while True:
            idle.append(pool.get_nowait())
    for child in idle:
        try:
            child.call(ready, modules, settings.SANDBOX_DEADLINE_S)
        except LightboxError as error:
            log.warning("a child could not be made ready: %s", error.code)  # whoever needs it will try again
        finally:
            pool.put(child)


class Child:
    """One place in the pool: a process that is started when first needed and again after each death."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._calls = 0
        self._processors: frozenset[int] = frozenset()

    def call(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        deadline_s: float,
        meanwhile: Callable[[], object] | None = None,
    ) -> Wire:
        """Run it here; one caller at a time. `meanwhile` is done here while it runs there."""
        connection = self._ready()
        self._keep_off_the_loop()
        ends_at = time.monotonic() + deadline_s
        token = secrets.token_hex(TOKEN_BYTES)
        message = pickle.dumps((token, function.__module__, function.__qualname__, args), protocol=5)
        try:
            send(connection, len(message).to_bytes(LENGTH_BYTES, "little") + message, ends_at)
            incoming = Incoming(connection, ends_at + _meanwhile.do(meanwhile))
            answer = unpack(incoming.read, settings.SANDBOX_MEMORY_BYTES)
            if not incoming.is_read:
                raise BadWire("more than an answer")
            return _read(answer, token)
        except SandboxRefused:
            raise  # a whole answer: the child may serve the next caller
        except TimeoutError:
            self.end()
            raise SandboxKilled(why="deadline") from None
        except (OSError, EOFError, BadWire, RecursionError):
            self.end()
            raise SandboxKilled(why="died") from None
        except BaseException:
            self.end()  # whatever is left in the pipe would be read as the next caller's answer
            raise

    def _ready(self) -> socket.socket:
        self._calls += 1
        if self._calls > CALLS_BEFORE_RETIRING:
            self.end()
        if self._process is None or self._process.poll() is not None or self._connection is None:
            self.end()
            self._start()
        assert self._connection is not None  # noqa: S101  # _start has just made it
        return self._connection

    def _keep_off_the_loop(self) -> None:
        wanted = for_children()
        if self._process is not None and wanted != self._processors:
            place(self._process.pid, wanted)
            self._processors = wanted

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _started_by_a_lasting_thread(theirs.fileno())
        self._connection = ours
        self._calls = 0
        self._processors = frozenset()

    def end(self) -> None:
        """Kill it now. The next call starts another."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process, self._connection = None, None


class _Meanwhile:
    """What is done here while a child works."""

    _is_long_until_s = 0.0

    @property
    def is_long(self) -> bool:
        """Whether it took longer than a child does the last time, and that is not long ago."""
        return time.monotonic() < self._is_long_until_s

    def do(self, work: Callable[[], object] | None) -> float:
        """Do it. How long it took, in seconds: the child's time is not made shorter by it."""
        if work is None:
            return 0.0
        began_s = time.monotonic()
        work()
        ended_s = time.monotonic()
        self._is_long_until_s = ended_s + LONG_FOR_S if ended_s - began_s > SHORT_S else 0.0
        return ended_s - began_s


_meanwhile = _Meanwhile()


def _read(answer: Wire, token: str) -> Wire:
    """The result. Raises SandboxRefused, SandboxKilled, or BadWire for what is no answer to this very call."""
    if not isinstance(answer, dict) or answer.get("token") != token:
        raise BadWire("the answer to another call, or to none")
    _tell_of_the_network(answer.get("offline") is True)
    if "result" in answer:
        return answer["result"]
    error, reason = str(answer.get("error", "")), str(answer.get("reason", ""))
    if error == "MemoryError":
        raise SandboxKilled(
            why="memory"
        )  # its heap is as full as it may be: a fresh one serves the next caller
    raise SandboxRefused(error=error, reason=reason)


def _tell_of_the_network(is_offline: bool) -> None:
    global _is_told  # once for the life of this process
    if not is_offline and not _is_told:
        _is_told = True
        log.warning("children cannot leave the network here (no user namespaces): see docs/threat-model.md")


def _start_process(connection: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-m", "pacs.sandbox.child", str(connection), str(settings.SANDBOX_MEMORY_BYTES)],
        pass_fds=[connection],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a library's warning may quote the file
        cwd=settings.ROOT,
        env={
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(settings.ROOT),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
    )


def _started_by_a_lasting_thread(connection: int) -> subprocess.Popen[bytes]:
    """Start a child from a thread that lasts as long as this process.

    Linux ends a child with the *thread* that started it (prctl PR_SET_PDEATHSIG): one that a worker had started
    would die when its crew is done, under the hands of whoever calls it next.
    """
    started: Future[subprocess.Popen[bytes]] = Future()
    _starter().put((started, connection))
    return started.result()


def _start_on_demand(wanted: queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], int]]) -> None:
    while True:
        started, connection = wanted.get()
        try:
            started.set_result(_start_process(connection))
        except OSError as error:
            started.set_exception(error)
        del started


_lock = threading.Lock()
_pools: dict[
    int, queue.LifoQueue[Child]
] = {}  # by process: a forked server must not share its parent's children
_starters: dict[int, queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], int]]] = {}


def _starter() -> queue.SimpleQueue[tuple[Future[subprocess.Popen[bytes]], int]]:
    with _lock:
        if os.getpid() not in _starters:
            wanted = _starters[os.getpid()] = queue.SimpleQueue()
            threading.Thread(target=_start_on_demand, args=(wanted,), name="sandbox", daemon=True).start()
        return _starters[os.getpid()]


def _the_pool() -> queue.LifoQueue[Child]:
    with _lock:
        if os.getpid() not in _pools:
            children: queue.LifoQueue[Child] = (
                queue.LifoQueue()
            )  # last used first: the warm one is taken again
            for _ in range(settings.SANDBOX_CHILDREN):
                children.put(Child())
            _pools[os.getpid()] = children
        return _pools[os.getpid()]


@atexit.register
def end_all() -> None:
    """End this process's idle children; the kernel ends the others with it."""
    children = _pools.pop(os.getpid(), None)
    while children is not None and not children.empty():
        children.get().end()
