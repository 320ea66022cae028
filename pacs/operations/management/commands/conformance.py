from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pacs.dicomweb.conformance import conformance_statement

PAGE = settings.ROOT / "docs" / "conformance.md"


class Command(BaseCommand):
    help = "Write docs/conformance.md anew from the tables of DICOMweb."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where it would change")

    def handle(self, *, check: bool, **_: Any) -> None:
        told = conformance_statement()
        if not check:
            PAGE.write_text(told, encoding="utf-8")
        elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != told:
            raise CommandError("docs/conformance.md is not what the tables say: run manage.py conformance")
