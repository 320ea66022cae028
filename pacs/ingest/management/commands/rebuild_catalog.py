"""manage.py rebuild_catalog: the catalogue from the files alone (promise P5)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pacs.ingest.progress import Progress
from pacs.ingest.reindex import count_orphans, rebuild


class Command(BaseCommand):
    """After the database was lost: `migrate`, then this. Rows that exist are left alone, so it may be run at any time.

    Ends with 1 when a file has changed on the disk or a row has lost its file.
    """

    help = "Enter every kept file that the catalogue does not know, and name what is damaged or missing."

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr, count_orphans())
        found = rebuild(progress.advance)
        progress.clear()
        for word, keys in (("damaged", found.damaged), ("missing", found.missing)):
            for key in keys:
                self.stdout.write(f"{word}  {key}")
        self.stdout.write(
            f"{found.entered} entered, {found.set_aside} set aside, "
            f"{len(found.damaged)} damaged, {len(found.missing)} missing"
        )
        if not found.is_sound:
            raise SystemExit(1)
