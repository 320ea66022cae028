"""manage.py import_dicom: files, folders, zips and discs; a verdict each; again to resume."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pydicom.data import get_testdata_file
from pytest_django import Settings

from pacs.catalog.models import Instance
from pacs.ingest.crew import side_by_side
from pacs.ingest.progress import CLEAR_LINE, Progress
from tests import builders
from tests.pacs.ingest.zips import LINK_MODE, with_mode, zipped

pytestmark = pytest.mark.django_db(transaction=True)  # the workers are threads


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def import_paths(*paths: Path, **options: object) -> tuple[list[str], int]:
    """What it says, and how it ends."""
    out = io.StringIO()
    try:
        call_command("import_dicom", *paths, stdout=out, stderr=io.StringIO(), **options)
        code = 0
    except SystemExit as ended:
        code = int(str(ended.code))
    return out.getvalue().splitlines(), code


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """A disc as patients bring it: an index, images in folders, a zip, a viewer and a letter."""
    root = tmp_path / "disc"
    (root / "IMAGES").mkdir(parents=True)
    index = get_testdata_file("DICOMDIR")
    assert isinstance(index, str)
    (root / "DICOMDIR").write_bytes(Path(index).read_bytes())
    for number, data in enumerate(builders.ct_series(3)):
        (root / "IMAGES" / f"IM{number}").write_bytes(data)
    (root / "more.zip").write_bytes(zipped(("a/1.dcm", builders.ct_slice()), ("readme.txt", b"hello")))
    (root / "readme.txt").write_text("Start viewer.exe")
    return root


def test_a_dicomdir_stands_for_its_disc(disc: Path) -> None:
    lines, code = import_paths(disc / "DICOMDIR")
    assert code == 0
    assert (
        lines[-1] == "4 stored, 0 duplicate, 0 rejected, 3 skipped"
    )  # the index, the letter, the zip's readme


def test_a_disc_is_taken_in_with_a_verdict_for_each_file(disc: Path) -> None:
    lines, code = import_paths(disc)
    assert code == 0
    assert lines == [
        f"skipped    {disc}/DICOMDIR  This is the index of a disc (DICOMDIR); the files beside it are read one by one.",
        f"stored     {disc}/IMAGES/IM0",
        f"stored     {disc}/IMAGES/IM1",
        f"stored     {disc}/IMAGES/IM2",
        f"stored     {disc}/more.zip/a/1.dcm",
        f"skipped    {disc}/more.zip/readme.txt  This is not a DICOM file.",
        f"skipped    {disc}/readme.txt  This is not a DICOM file.",
        "4 stored, 0 duplicate, 0 rejected, 3 skipped",
    ]
    assert Instance.objects.count() == 4


def test_doing_it_again_resumes(disc: Path) -> None:
    (lines, _), (first, _) = import_paths(disc / "IMAGES"), import_paths(disc)
    assert lines[-1] == "3 stored, 0 duplicate, 0 rejected, 0 skipped"
    assert first[-1] == "1 stored, 3 duplicate, 0 rejected, 3 skipped"
    again, code = import_paths(disc)
    assert again[-1] == "0 stored, 4 duplicate, 0 rejected, 3 skipped"
    assert code == 0


def test_what_is_rejected_is_told_and_ends_with_1(disc: Path) -> None:
    (disc / "cut").write_bytes(builders.ct_slice()[:-1])
    (disc / "evil.zip").write_bytes(with_mode(LINK_MODE))
    lines, code = import_paths(disc, quiet=True)
    assert code == 1
    assert lines == [
        f"rejected   {disc}/cut  The file is cut short: its end is missing.",
        f"rejected   {disc}/evil.zip/innocent.dcm  The archive is made in a way that is not safe to unpack.",
        "4 stored, 0 duplicate, 2 rejected, 3 skipped",
    ]


def test_nothing_to_import_ends_with_2(tmp_path: Path, storage_roots: Path) -> None:
    (tmp_path / "letter").write_text("hello")
    assert import_paths(tmp_path / "letter")[1] == 2
    with pytest.raises(CommandError) as ended:
        import_paths(tmp_path / "nowhere")
    assert ended.value.returncode == 2


def test_p6_a_full_disk_ends_with_3_and_leaves_nothing_staged(disc: Path, settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 1 << 60
    with pytest.raises(CommandError, match="the disk is full") as ended:
        import_paths(disc)
    assert ended.value.returncode == 3
    settings.MIN_FREE_BYTES = 0
    assert import_paths(disc)[1] == 0


def test_p10_a_members_name_cannot_disguise_itself_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped(("\x1b[2J\u202egnp.dcm\n", builders.ct_slice())))
    lines, _ = import_paths(tmp_path / "x.zip")
    assert lines[
        0
    ] == f"stored     {tmp_path}/x.zip/\N{REPLACEMENT CHARACTER}[2J" + "\N{REPLACEMENT CHARACTER}gnp.dcm" + (
        "\N{REPLACEMENT CHARACTER}"
    )


def test_links_to_folders_are_not_followed_round_in_circles(disc: Path) -> None:
    (disc / "IMAGES" / "again").symlink_to(disc)
    assert import_paths(disc)[0][-1] == "4 stored, 0 duplicate, 0 rejected, 3 skipped"


def test_the_bar_is_drawn_on_a_terminal_and_nowhere_else() -> None:
    pipe, terminal = Screen(io.StringIO()), Screen(Terminal())
    for screen in (pipe, terminal):
        progress = Progress(screen, 4)
        progress.advance()
        progress.clear()
    assert pipe.text() == ""
    assert terminal.text() == f"{CLEAR_LINE}{'█' * 7}{'░' * 23} 1 of 4{CLEAR_LINE}"


class Screen:
    """As Django's OutputWrapper: what is written ends as asked."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    def isatty(self) -> bool:
        return self._stream.isatty()

    def write(self, msg: str, /, *, ending: str) -> None:
        self._stream.write(msg + ending)

    def flush(self) -> None:
        self._stream.flush()

    def text(self) -> str:
        return self._stream.getvalue()


class Card:
    """Something to be worked on."""

    def __init__(self, number: int) -> None:
        self.number, self.is_discarded = number, False

    def discard(self) -> None:
        self.is_discarded = True


def test_side_by_side_keeps_the_order_and_stops_at_the_first_exception() -> None:
    def work(card: Card) -> int:
        if card.number == 50:
            raise KeyError(card.number)
        return card.number

    cards = [Card(number) for number in range(100)]
    given: list[Card] = []

    def give() -> Iterator[Card]:
        for card in cards:
            given.append(card)
            yield card

    made: list[int] = []
    with pytest.raises(KeyError):
        made.extend(side_by_side(give(), work, count=2))
    done = list(side_by_side(iter(cards[:50]), work, count=3))
    assert done == list(range(50))
    assert len(given) < 100
    assert all(card.is_discarded for card in given)
