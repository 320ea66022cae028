"""manage.py bin: what was deleted, and what becomes of it (list, delete, restore, erase, empty)."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pacs.access.actors import system_actor
from pacs.bin.emptying import empty_bin, erase
from pacs.bin.entries import visible_deletions
from pacs.bin.models import Deletion
from pacs.bin.throwing_away import delete
from pacs.catalog.unregister import Scope
from pacs.errors import Conflict, LightboxError, NotFound
from pacs.ingest.restoring import begin_restoring, trouble_told

ACTOR = system_actor("bin")


class Command(BaseCommand):
    """Ends with 1 where something could not be done."""

    help = "List the bin; delete studies into it, bring them back, erase them for good, empty it of what is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="what is in the bin, the last deleted first")
        deleting = acts.add_parser("delete", help="put studies into the bin")
        deleting.add_argument("studies", nargs="+", metavar="UID")
        for name, meaning in (("restore", "bring entries back"), ("erase", "erase entries for good")):
            of_entries = acts.add_parser(name, help=meaning)
            of_entries.add_argument("entries", nargs="+", type=int, metavar="NUMBER")
        acts.add_parser("empty", help="erase for good what was in the bin for long enough")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, f"_{act}")(**options)
        except Conflict as conflict:
            raise CommandError(f"it is {conflict.fields['state']} already") from conflict
        except NotFound as missing:
            raise CommandError("there is no such study, or no such entry in the bin") from missing
        except LightboxError as error:
            raise CommandError(str(error)) from error

    def _list(self, **_: Any) -> None:
        for one in visible_deletions(ACTOR):
            until = (one.deleted_at + timedelta(days=settings.BIN_DAYS)).date()
            self.stdout.write(
                f"{one.pk}  {one.state}  {one.level} {one.study_instance_uid}  {one.binned.count()} objects, "
                f"{one.size_bytes} bytes  deleted {one.deleted_at.date()} by {one.deleted_by_label}, until {until}"
            )

    def _delete(self, studies: list[str], **_: Any) -> None:
        for uid in studies:
            deletion = delete(Scope(uid), actor=ACTOR)
            self.stdout.write(f"{uid}: entry {deletion.pk} of the bin")

    def _restore(self, entries: list[int], **_: Any) -> None:
        for number in entries:
            begin_restoring(_entry(number), actor=ACTOR).result()
            left = Deletion.objects.filter(pk=number).first()
            if left is not None:
                why = (trouble_told(left.trouble) or {}).get("message", "")
                raise CommandError(f"{number}: {left.binned.count()} objects are left. {why}")
            self.stdout.write(f"{number}: restored")

    def _erase(self, entries: list[int], **_: Any) -> None:
        for number in entries:
            erase(_entry(number), actor=ACTOR)
            self.stdout.write(f"{number}: erased")

    def _empty(self, **_: Any) -> None:
        self.stdout.write(f"{empty_bin()} erased")


def _entry(number: int) -> Deletion:
    found = visible_deletions(ACTOR).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found
