"""Prepare what is missing, say where to go, and serve."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from pacs.access.setup import issue_setup_token
from pacs.ingest.received.deciding import resume_received
from pacs.ingest.reindex import reindex_orphans
from pacs.ingest.uploads.reading import resume_uploads
from pacs.operations.first_start import SamplesFailed, SignIn, load_samples_with_accounts, samples_wanted
from pacs.operations.server import CannotListen, Server, reserve_address, tune_process
from pacs.operations.tidying import tidying
from pacs.sandbox.pool import warm_up
from pacs.trail.forward import forwarding
from viewer.rendering.stream_making import making_streams

READS_WHAT_COMES = "pacs.ingest.prescan"
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  # compared with, never bound here


class Command(BaseCommand):
    help = (
        "Start Lightbox: migrate, take in what a crash left behind, load samples on the first start, serve."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is interrupted or terminated; either ends it with 0."""
        signal.signal(signal.SIGTERM, _leave)
        try:
            self._serve()
        except KeyboardInterrupt:
            pass
        except CannotListen as error:
            raise CommandError(
                f"Lightbox cannot listen on {settings.BIND}: {error}. Is another one running? "
                "LIGHTBOX_BIND=127.0.0.1:8001 would use another port."
            ) from error
        except SamplesFailed as error:
            raise CommandError(
                "The sample studies could not be loaded; why stands above. Start again to take it up where it "
                "ended, or start without them: SAMPLES=0 make run"
            ) from error

    def _serve(self) -> None:
        reserved = (
            reserve_address()
        )  # first: samples take a minute, and a port that is taken should be told now
        self._tell("Preparing the database...")
        call_command("migrate", interactive=False, verbosity=0)
        found = reindex_orphans()
        if found:
            self._tell(f"Taken into the catalogue after an unclean stop: {found} object{'s' * (found > 1)}.")
        broken_off = resume_uploads()
        if broken_off:
            self._tell(f"Read on after an unclean stop: {broken_off} upload{'s' * (broken_off > 1)}.")
        resume_received()
        sign_ins = self._load_samples() if samples_wanted() else []
        told = where_to_go(sign_ins)
        tune_process()
        threading.Thread(target=warm_up, args=(READS_WHAT_COMES,), name="warming", daemon=True).start()
        with tidying(), making_streams(), forwarding():
            Server(lambda: self._tell(told)).run([reserved])

    def _load_samples(self) -> list[SignIn]:
        self._tell(
            "Making the sample studies, on the first start only: about a minute (SAMPLES=0 does without)."
        )
        return load_samples_with_accounts()

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def where_to_go(sign_ins: list[SignIn]) -> str:
    """What the person who started it needs to know, most of it told only now."""
    address = _address()
    lines = ["", f"Lightbox is at {address}", ""]
    token = issue_setup_token()
    if token:
        lines += [f"First administrator (this link works once): {address}/setup#{token}", ""]
    if sign_ins:
        lines += ["Sample accounts, with passwords made just now and told only here:"]
        lines += [f"  {each.role + ':':<11} {each.username} / {each.password}" for each in sign_ins]
        lines += [""]
    if not settings.IS_LOOPBACK and not settings.IS_HTTPS:
        lines += [
            "Others can reach it, and passwords travel in clear text: put a proxy with TLS in front.",
            "",
        ]
    return "\n".join([*lines, "Stop it with Ctrl-C."])


def _address() -> str:
    host, _, port = settings.BIND.rpartition(":")
    reachable = "127.0.0.1" if settings.BIND_HOST in ANY_ADDRESS else host
    return settings.PUBLIC_URL or f"http://{reachable}:{port}"


def _leave(*_: Any) -> NoReturn:
    sys.exit(0)
