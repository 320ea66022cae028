"""manage.py export_dicom STUDY --to study.zip: a study as a file-set, as it is kept or de-identified."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pacs.access.actors import system_actor
from pacs.access.audit import record
from pacs.access.permit import access_study, visible_instances
from pacs.catalog.kept_objects import KeptObject, kept_objects
from pacs.deidentify.choices import Option, choices_of
from pacs.errors import NotFound
from pacs.media.deidentified import Judged, Wishes, judged, key_of, project_id, unseen
from pacs.media.deidentified_set import members_of_copies
from pacs.media.file_set import members_of
from pacs.media.zip_stream import Member, zip_pieces

NOT_LOOKED_AT = 2


class Command(BaseCommand):
    """Ends with 2 when somebody has to look at images first, and writes nothing then."""

    help = "Write a study as a zip with a DICOMDIR, as it is kept or de-identified (PS3.15 Annex E)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="Study Instance UID")
        parser.add_argument(
            "--to", type=Path, required=True, metavar="FILE", help="the zip to write; must not exist"
        )
        parser.add_argument("--deidentify", action="store_true", help="write copies without identities")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            choices=[*Option],
            help="beside the basic profile; may be given several times",
        )
        parser.add_argument("--project", default="", help="copies under one name fit together")
        parser.add_argument(
            "--looked-at",
            action="store_true",
            help="you have looked at every image that may show an identity, and none does",
        )

    def handle(self, *args: Any, study: str, to: Path, **options: Any) -> None:
        actor = system_actor("export_dicom")
        try:
            row = access_study(actor, study)
        except NotFound:
            raise CommandError(f"no study {study} is kept here") from None
        objects = kept_objects(visible_instances(actor), study_instance_uid=study)
        members = self._copies(objects, options) if options["deidentify"] else members_of(objects)
        record(
            actor,
            "objects exported",
            study=row,
            objects=len(objects),
            deidentified=bool(options["deidentify"]),
            options=",".join(sorted(options["option"])),
        )
        try:
            with to.open("xb") as file:
                for piece in zip_pieces(members):
                    file.write(piece)
        except FileExistsError:
            raise CommandError(f"{to} exists: it is not overwritten") from None
        self.stdout.write(f"{to}: {len(objects)} objects")

    def _copies(self, objects: list[KeptObject], options: dict[str, Any]) -> Iterable[Member]:
        try:
            choices = choices_of(options["option"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        found = list(judged(objects))
        risky = [one for one in found if one.reasons and not one.left_out]
        seen = frozenset(one.one.sop_instance_uid for one in risky if options["looked_at"])
        wishes = Wishes(choices, key_of(project_id(options["project"])), seen)
        missing = unseen(found, wishes)
        if missing:
            raise CommandError(_told(missing), returncode=NOT_LOOKED_AT)
        return members_of_copies(found, wishes)


def _told(missing: list[Judged]) -> str:
    reasons = Counter(reason for one in missing for reason in one.reasons)
    several = ", ".join(f"{count} x {reason}" for reason, count in sorted(reasons.items()))
    return (
        f"{len(missing)} objects may show whose they are ({several}). Look at them; say --looked-at when none does, "
        "or black out what has to go by the API (docs/deidentification.md). Nothing was written."
    )
