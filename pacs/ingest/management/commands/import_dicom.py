"""manage.py import_dicom PATH…: takes in files, folders, zips and discs; a DICOMDIR stands for the disc it lies on."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pacs.errors import StorageFull
from pacs.ingest.arrival import arrival_from_import
from pacs.ingest.crew import side_by_side
from pacs.ingest.deliveries import Handed, Handful, NamedReceipt, handfuls, receipts_of, unpack
from pacs.ingest.progress import Progress
from pacs.ingest.receipts import Rejected, verdict_word

SOME_REJECTED = 1
NOTHING_FOUND = 2
STORAGE_FULL = 3
INTERRUPTED = 130
DICOMDIR = "DICOMDIR"


class Command(BaseCommand):
    """One line on stdout for each object, a bar on stderr where that is a terminal, a summary at the end.

    Ends with 0 when all is kept, 1 when something was rejected, 2 when there was nothing to import, 3 when the disk is
    full. Doing it again resumes: what is kept already is passed over quickly.
    """

    help = "Take in DICOM files, folders, zips and discs. Run it again to resume."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--quiet", action="store_true", help="tell only of what was rejected")

    def handle(self, *args: Any, paths: list[Path], quiet: bool, **options: Any) -> None:
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise CommandError(f"no such file or folder: {', '.join(missing)}", returncode=NOTHING_FOUND)
        paths = [_disc_of(path) for path in paths]
        progress = Progress(self.stderr, sum(1 for path in paths for _ in _files_of(path)))
        counts: Counter[str] = Counter()
        try:
            objects = handfuls(_objects_of(paths, progress))
            told = side_by_side(objects, _take_in, count=settings.SANDBOX_CHILDREN)
            for named in receipts_of(told):
                counts[verdict_word(named.receipt)] += 1
                self._tell(named, progress, quiet)
        except StorageFull:
            raise CommandError(
                "the disk is full: free some and run this again", returncode=STORAGE_FULL
            ) from None
        except KeyboardInterrupt:
            raise CommandError("interrupted: run this again to resume", returncode=INTERRUPTED) from None
        finally:
            progress.clear()
            self.stdout.write(_summary(counts))
        if counts["rejected"]:
            raise SystemExit(SOME_REJECTED)
        if not counts["stored"] + counts["duplicate"]:
            raise SystemExit(NOTHING_FOUND)

    def _tell(self, named: NamedReceipt, progress: Progress, quiet: bool) -> None:
        receipt = named.receipt
        if quiet and verdict_word(receipt) != "rejected":
            return
        why = f"  {receipt.reason.message}" if isinstance(receipt, Rejected) else ""
        progress.clear()
        self.stdout.write(f"{verdict_word(receipt):9}  {named.name}{why}")


def _take_in(handful: Handful) -> list[NamedReceipt | Exception]:
    return handful.take_in(arrival_from_import)


def _objects_of(paths: list[Path], progress: Progress) -> Iterator[Handed]:
    for path in paths:
        for file in _files_of(path):
            yield from unpack(file, str(file))
            progress.advance()


def _disc_of(path: Path) -> Path:
    """The folder of a DICOMDIR, which names the files below it (PS3.10 8.6); any other path itself.

    The files are found by looking, not by what the index says of them: it may be wrong, or lead elsewhere (P10).
    """
    return path.parent if path.is_file() and path.name.upper() == DICOMDIR else path


def _files_of(path: Path) -> Iterator[Path]:
    """The file, or every file below the folder, in the order of their names. Links to folders are not followed."""
    if path.is_file():
        yield path
    elif path.is_dir():
        for inner in sorted(path.iterdir()):
            if inner.is_file() or (inner.is_dir() and not inner.is_symlink()):
                yield from _files_of(inner)


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in ("stored", "duplicate", "rejected", "skipped"))
