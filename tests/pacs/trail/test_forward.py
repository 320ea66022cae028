"""The trail is sent on while it is written, to collectors that really listen; and no request waits for one."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from pacs.access import audit
from pacs.access.actors import system_actor
from pacs.access.models import AuditEvent, TrailForwarding
from pacs.env import BadSetting, read_environment
from pacs.trail import forward
from pacs.trail.collector import Collector, collector_at
from pacs.trail.forward import forwarding, forwarding_to
from tests.pacs.trail.collectors import Listener, certified

WHO = system_actor("test")
pytestmark = pytest.mark.django_db(transaction=True)  # the forwarder is a thread of its own
# RFC 5424 6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG
LINE = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<host>[!-~]{1,255}) Lightbox "
    rb"(?P<number>\d+) DICOM\+RFC3881 - \xef\xbb\xbf(?P<xml><AuditMessage>.*</AuditMessage>)",
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks more often than a server has to."""
    monkeypatch.setattr(forward, "LOOKS_EVERY_S", 0.02)
    monkeypatch.setattr(forward, "TRIES_AGAIN_AFTER_S", (0.05,))


def written(count: int) -> list[int]:
    """The numbers of so many new events."""
    return [audit.record(WHO, "study opened", number=number).pk for number in range(count)]


def begun() -> None:
    """The forwarder has seen what was there before it."""
    ends_at = time.monotonic() + 30
    while not TrailForwarding.objects.exists():
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def numbers(messages: list[bytes]) -> list[int]:
    found = [LINE.fullmatch(message) for message in messages]
    assert all(found), messages
    return [int(one["number"]) for one in found if one]


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_each_event_arrives_once_in_its_order(kind: str) -> None:
    written(2)  # before it was switched on
    with Listener(kind=kind) as listener, forwarding_to(Collector(kind, "127.0.0.1", listener.port)):
        begun()
        wanted = written(7)
        assert numbers(listener.wait_for(7)) == wanted
    found = LINE.fullmatch(listener.messages[0])
    assert found
    assert found["pri"] == b"85"  # facility 10, severity 5 (PS3.15 A.6)


def test_over_tls_to_whom_the_authority_vouches_for(tmp_path: Path) -> None:
    tls, authority = certified(tmp_path)
    with (
        Listener(tls) as listener,
        forwarding_to(Collector("tls", "127.0.0.1", listener.port, authorities=authority)),
    ):
        begun()
        wanted = written(3)
        assert numbers(listener.wait_for(3)) == wanted


def test_over_tls_to_nobody_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    tls, _ = certified(tmp_path)
    with Listener(tls) as listener, forwarding_to(Collector("tls", "127.0.0.1", listener.port)):
        listener.until(lambda: bool(caplog.records))
    assert listener.messages == []
    assert "not sent on" in caplog.text


def test_what_was_written_while_the_collector_was_away_comes_when_it_is_back() -> None:
    with Listener() as listener:
        port = listener.port
    # Nobody listens there now.
    TrailForwarding.objects.create(sent=0)
    wanted = written(5)
    with forwarding_to(Collector("tcp", "127.0.0.1", port)):
        time.sleep(0.3)
        assert TrailForwarding.objects.get().sent == 0
        with Listener(port=port) as back:
            assert numbers(back.wait_for(5)) == wanted


def test_a_collector_that_hangs_up_is_called_again() -> None:
    with Listener() as listener, forwarding_to(Collector("tcp", "127.0.0.1", listener.port)):
        begun()
        first = written(2)
        listener.wait_for(2)
        listener.hang_up()
        second = written(2)
        assert numbers(listener.wait_for(4)) == first + second


def test_a_restart_goes_on_where_it_was() -> None:
    with Listener() as listener:
        collector = Collector("tcp", "127.0.0.1", listener.port)
        with forwarding_to(collector):
            begun()
            first = written(2)
            listener.until(lambda: TrailForwarding.objects.get().sent == first[-1])
        between = written(2)
        with forwarding_to(collector):
            assert numbers(listener.wait_for(4)) == first + between


def test_no_writer_waits_for_a_collector_that_takes_nothing() -> None:
    """It listens, and reads nothing: what is sent fills the line, and the writers go on."""
    import socket

    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:
        port = silent.getsockname()[1]
        with forwarding_to(Collector("tcp", "127.0.0.1", port)):
            begun()
            written(300)
            assert AuditEvent.objects.count() == 300


def test_nothing_is_sent_unless_it_is_asked_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise P18."""
    assert (settings.AUDIT_FORWARD, read_environment({})["LIGHTBOX_AUDIT_FORWARD"]) == ("", "")
    monkeypatch.setattr(forward, "open_line", lambda collector: pytest.fail("a line was opened"))
    with forwarding():
        written(1)
        time.sleep(0.1)
    assert not TrailForwarding.objects.exists()


def test_the_setting_says_where_and_how(settings: Settings) -> None:
    assert collector_at("tls://logs.example.org") == Collector("tls", "logs.example.org", 6514)
    with Listener(kind="udp") as listener:
        settings.AUDIT_FORWARD = f"udp://127.0.0.1:{listener.port}"
        with forwarding():
            begun()
            written(1)
            listener.wait_for(1)


@pytest.mark.parametrize(
    "address", ["logs.example.org", "http://logs:1", "tcp://", "tls://logs:99999", "udp://a/b"]
)
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    with pytest.raises(BadSetting, match="LIGHTBOX_AUDIT_FORWARD"):
        read_environment({"LIGHTBOX_AUDIT_FORWARD": address})
