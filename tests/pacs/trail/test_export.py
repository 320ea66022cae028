"""`manage.py audit export`: the whole trail, or some days of it, as lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pacs.access.models import AuditEvent
from tests.pacs.trail.test_forward import LINE
from tests.tampering import unguarded


def exported(path: Path, *options: str) -> list[bytes]:
    call_command("audit", "export", *options, "--output", str(path))
    return path.read_bytes().splitlines()


def test_each_event_is_a_line_of_json(every_kind: list[AuditEvent], tmp_path: Path) -> None:
    told = [json.loads(line) for line in exported(tmp_path / "trail.ndjson", "--format", "ndjson")]
    assert [int(one["id"]) for one in told] == list(
        AuditEvent.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert (tmp_path / "trail.ndjson").stat().st_mode & 0o077 == 0


def test_each_event_is_a_message_of_syslog(every_kind: list[AuditEvent], tmp_path: Path) -> None:
    lines = exported(tmp_path / "trail.log", "--format", "syslog")
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found)
    assert len(lines) == AuditEvent.objects.count()
    assert {one["pri"] for one in found if one} == {b"85", b"84"}  # 84: what was refused


def test_days_narrow_it_and_writing_it_out_is_written_down(
    every_kind: list[AuditEvent], tmp_path: Path
) -> None:
    chosen = every_kind[3].pk
    with unguarded():
        AuditEvent.objects.filter(pk=chosen).update(at=datetime(2026, 1, 2, 23, 59, tzinfo=UTC))
    days = ("--since", "2026-01-02", "--until", "2026-01-02")
    told = [json.loads(line) for line in exported(tmp_path / "a", "--format", "ndjson", *days)]
    assert [int(one["id"]) for one in told] == [chosen]
    last = AuditEvent.objects.order_by("-pk").first()
    assert last is not None
    assert (last.action, last.actor_label, last.means) == ("audit exported", "audit", "command")


def test_a_file_that_is_there_stays(every_kind: list[AuditEvent], tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    with pytest.raises(CommandError, match="exists"):
        exported(tmp_path / "kept", "--format", "ndjson")
    assert (tmp_path / "kept").read_text() == "kept"
