"""What a viewer may say: read strictly, and nothing of what was said is in the refusal."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streaming.orders import View
from viewer.streaming.sayings import (
    MOST_MESSAGE_BYTES,
    Ack,
    Close,
    Have,
    Look,
    Open,
    Ping,
    Unreadable,
    parse_saying,
)
from viewer.streaming.shelf import Run

SAID = Path(__file__).parents[3] / "frontend" / "tests" / "contracts" / "said"
SERIES = "1.2.826.0.1.3680043.10.1.2"
READ = {
    "open.by_order": Open(1, SERIES, 3421780262, ((0, 119),), have=(Run(100, 0, 0), Run(20, 4, 4))),
    "open.by_instances": Open(2, SERIES, instances=(f"{SERIES}.1", f"{SERIES}.2")),
    "look.two": Look((View(1, 7, 1, 4.5, 2.1, "stack", 40, 80), View(2, 0, 0, 0, 0.25, "previews", 40, 80))),
    "look.away": Look((View(1, 7, -1, 0, 1, "frame", 0, 0, is_playing=True),)),
    "look.nothing": Look(()),
    "have": Have(1, 10, (Run(3, 4, 4), Run(2, 1, 4)), ((13, 8192),)),
    "close": Close(1),
    "ack": Ack(123456),
    "ping": Ping(),
}


def test_what_the_app_says_is_read() -> None:
    assert {path.stem: parse_saying(path.read_text()) for path in SAID.glob("good/*.json")} == READ


@pytest.mark.parametrize("path", sorted(SAID.glob("bad/*.json")), ids=lambda path: path.stem)
def test_what_it_must_not_say_is_refused(path: Path) -> None:
    with pytest.raises(Unreadable):
        parse_saying(path.read_text())


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "NaN", "1", '"look"', "[" * 100_000, '{"type":["look"]}', " " * (MOST_MESSAGE_BYTES + 1)],
)
def test_what_is_no_message_is_refused(text: str | None) -> None:
    with pytest.raises(Unreadable):
        parse_saying(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True, None, [], {}])
@pytest.mark.parametrize("name", ["stack", "at", "direction", "speed", "zoom", "behind", "ahead", "reach"])
def test_every_number_of_a_view_is_looked_at(name: str, number: object) -> None:
    said = json.loads((SAID / "good" / "look.two.json").read_text())
    said["views"][1][name] = number
    with pytest.raises(Unreadable) as refused:
        parse_saying(json.dumps(said))
    assert refused.value.place == name


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(READ)), st.data())
def test_p7_whatever_stands_in_a_message_it_is_read_or_refused(name: str, data: st.DataObject) -> None:
    said = json.loads((SAID / "good" / f"{name}.json").read_text())
    said[data.draw(st.sampled_from(sorted(said)))] = data.draw(json_values)
    with suppress(Unreadable):
        parse_saying(json.dumps(said))
