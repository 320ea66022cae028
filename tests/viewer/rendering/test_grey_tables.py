"""The examples by which the app's own greys are held to the server's are what the server shows."""

from __future__ import annotations

from tests.viewer.rendering.grey_tables import FILE, written


def test_the_examples_are_what_is_shown() -> None:
    assert FILE.read_text() == written(), "run: python -m tests.viewer.rendering.grey_tables"
