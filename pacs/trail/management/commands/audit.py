from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.access.trail import Asked
from pacs.access.trail_checks import Verdict, check_trail
from pacs.trail.export import FORMATS, lines

ACTOR = system_actor("audit")
WORDS = {
    "changed": "event {} was changed",
    "inserted": "event {} was not written where it stands",
    "moved": "event {} stands before what it follows",
    "missing_before": "before event {} one is missing",
}
UNGUARDED = "The database lets events be changed: its triggers are gone. `manage.py migrate` puts them back."
MODE = 0o600  # what is exported is for whoever exports it


class Command(BaseCommand):
    help = "The audit trail: verify its chain, or write it out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser(
            "verify", help="verify the chain, and name every event that is not as it was written"
        )
        verify.add_argument(
            "--expect",
            metavar="HASH",
            default="",
            help="a last hash kept elsewhere, to see that nothing was cut off",
        )
        export = acts.add_parser("export", help="write events out, the oldest first")
        export.add_argument("--format", choices=sorted(FORMATS), required=True, dest="form")
        export.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="the first day (UTC)")
        export.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="the last day (UTC)")
        export.add_argument(
            "--output", type=Path, help="a new file; the standard output, when it is not given"
        )

    def handle(self, *, act: str, **options: Any) -> None:
        if act == "verify":
            self._verify(options["expect"])
        else:
            self._export(options)

    def _verify(self, expect: str) -> None:
        verdict = check_trail(expect)
        if not verdict.is_guarded:
            self.stderr.write(UNGUARDED)
        if not verdict.is_whole:
            raise CommandError("The audit trail is broken: " + "; ".join(_told(verdict)))
        self.stdout.write(f"The audit trail is whole: {verdict.events} events. Last hash:")
        self.stdout.write(verdict.last_hash)

    def _export(self, options: dict[str, Any]) -> None:
        until = options["until"]
        asked = Asked(since=options["since"], until=until + timedelta(days=1) if until else None)
        record(ACTOR, "audit exported", format=options["form"])
        if options["output"] is None:
            _write(asked, options["form"], sys.stdout.buffer)
            return
        try:
            options["output"].touch(MODE, exist_ok=False)
            with options["output"].open("wb") as file:
                _write(asked, options["form"], file)
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error


def _write(asked: Asked, form: str, file: BinaryIO) -> None:
    for piece in lines(asked, form):
        file.write(piece)
    file.flush()


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a date") from error


def _told(verdict: Verdict) -> list[str]:
    told = [WORDS[broken.what].format(broken.event) for broken in verdict.breaks]
    return [*told, *(["an event that was the newest once is not there any more"] if verdict.is_cut else [])]
