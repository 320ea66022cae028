"""What a newcomer may rely on: small files, documented settings, a house that speaks of itself alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pacs.env import KNOBS, BadSetting, read_environment

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE_LINES = 400
CODE_SUFFIXES = {".py", ".ts", ".tsx", ".css"}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def test_no_file_of_code_is_too_long_to_read() -> None:
    code = [path for path in tracked_files() if path.suffix in CODE_SUFFIXES and path.exists()]
    assert code
    long = {
        str(path.relative_to(ROOT)): count
        for path in code
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE_LINES
    }
    assert long == {}


def test_every_setting_stands_in_the_table_with_its_default_and_no_other_does() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| `?([^|`]*)`? \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    assert {name: default.strip() for name, default in rows} == {knob.name: knob.default for knob in KNOBS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIGHTBOX_BIND", "8000"),
        ("LIGHTBOX_BIND", "localhost:99999"),
        ("LIGHTBOX_DEBUG", "perhaps"),
        ("LIGHTBOX_PUBLIC_URL", "pacs.example.org"),
        ("LIGHTBOX_TILE_CACHE_MB", "0"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("LIGHTBOX_DATTA", "./data"),
    ],
)
def test_a_setting_that_is_nonsense_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_environment({name: value})


def test_what_tests_are_told_is_no_setting() -> None:
    assert "LIGHTBOX_TEST_SCREENSHOTS" not in read_environment({"LIGHTBOX_TEST_SCREENSHOTS": "docs"})


def test_a_secret_may_be_mounted_as_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("s" * 40 + "\n", encoding="utf-8")
    assert read_environment({"LIGHTBOX_SECRET_KEY_FILE": str(secret)})["LIGHTBOX_SECRET_KEY"] == "s" * 40
