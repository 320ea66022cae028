"""manage.py load_samples: makes the sample studies and takes them in as everything else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pacs.errors import StorageFull
from pacs.ingest.arrival import arrival_from_sample
from pacs.ingest.crew import side_by_side
from pacs.ingest.deliveries import Handed, Handful, NamedReceipt, handfuls, receipts_of
from pacs.ingest.progress import Progress
from pacs.ingest.receipts import verdict_word
from pacs.samples.makers import made_by_processes
from pacs.samples.studies import all_batches
from pacs.storage.staging import stage_bytes

MAKERS = 2


class Command(BaseCommand):
    """A bar on stderr where that is a terminal, and a line at the end. Doing it again changes nothing."""

    help = "Make the sample studies and take them in. Run it again to resume."

    def handle(self, *args: Any, **options: Any) -> None:
        batches = list(all_batches())
        progress = Progress(self.stderr, sum(len(batch.numbers) for batch in batches))
        counts: Counter[str] = Counter()
        try:
            objects = handfuls(_handed(made_by_processes(batches, MAKERS)))
            told = side_by_side(objects, _take_in, count=settings.SANDBOX_CHILDREN)
            for named in receipts_of(told):
                counts[verdict_word(named.receipt)] += 1
                progress.advance()
        except StorageFull:
            raise CommandError("the disk is full: free some and run this again") from None
        finally:
            progress.clear()
        refused = f", {counts['rejected']} refused" if counts["rejected"] else ""
        self.stdout.write(
            f"Sample studies: {counts['stored']} new objects, {counts['duplicate']} known{refused}."
        )


def _handed(files: Iterator[Any]) -> Iterator[Handed]:
    for file in files:
        yield Handed(file.name, stage_bytes(file.data))


def _take_in(handful: Handful) -> list[NamedReceipt | Exception]:
    return handful.take_in(arrival_from_sample)
