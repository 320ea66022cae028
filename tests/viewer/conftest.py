"""What the tests of the viewer share: nothing remembered from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def cold() -> Iterator[None]:
    """Every memory of the server is empty before and after."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    # Imported here: the tests of imaging, which is pure, run without any of this.
    from pacs.access import opened, standing
    from viewer.api import tiles
    from viewer.rendering import cannot_show, descriptions, frame_values, kept_streams, thumbnails

    for forget in (
        standing.forget,
        opened.forget,
        tiles.forget,
        cannot_show.kills.forget,
        descriptions.forget,
        frame_values.forget,
        kept_streams.forget,
        thumbnails.forget,
    ):
        forget()
