"""/rendered of a multi-frame instance as an animated GIF or an MP4: pixels and times, as other decoders see them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.conf import settings
from PIL import Image, ImageSequence

from tests import builders
from tests.viewer.api.test_documents import by_uri
from tests.viewer.api.test_rendered import get
from tests.viewer.client import Response
from tests.viewer.kept import keep
from viewer.rendering import film
from viewer.rendering.film import delays_cs, frame_times_ms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cold")]

GIF, MP4 = "image/gif", "video/mp4"
ALL_FOUR = "rendered?window=2.5,4,linear-exact"  # frame n of n shows grey (n - 2.5) / 4 + 0.5 of 255


def frames_of_gif(body: bytes) -> tuple[list[np.ndarray[Any, Any]], list[int]]:
    with Image.open(io.BytesIO(body)) as image:
        frames = [
            (np.asarray(one.convert("RGB")), one.info.get("duration", 0))
            for one in ImageSequence.Iterator(image)
        ]
    return [picture for picture, _ in frames], [duration for _, duration in frames]


def frames_of_mp4(body: bytes) -> tuple[list[np.ndarray[Any, Any]], list[float]]:
    with av.open(io.BytesIO(body), "r") as container:
        (stream,) = container.streams.video
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert "Baseline" in str(stream.codec_context.profile)
        frames = [(one.to_ndarray(format="rgb24"), float(one.time or 0)) for one in container.decode(stream)]
    return [picture for picture, _ in frames], [at for _, at in frames]


def middles(pictures: list[np.ndarray[Any, Any]]) -> list[int]:
    return [int(one[one.shape[0] // 2, one.shape[1] // 2, 0]) for one in pictures]


def boxes(body: bytes) -> list[str]:
    names, at = [], 0
    while at < len(body):
        names.append(body[at + 4 : at + 8].decode())
        at += int.from_bytes(body[at : at + 4], "big")
    return names


def test_a_gif_has_every_frame_for_as_long_as_the_file_says() -> None:
    (instance,) = keep(builders.multiframe(4, FrameTime=80))
    answer = get(instance, ALL_FOUR, accept=GIF)
    assert (answer.status, answer.headers["content-type"]) == (200, GIF)
    pictures, durations = frames_of_gif(answer.body)
    assert middles(pictures) == [32, 96, 159, 223]
    assert durations == [80] * 4
    assert b"NETSCAPE2.0\x03\x01\x00\x00" in answer.body  # it begins again


def test_an_mp4_is_what_every_player_takes() -> None:
    (instance,) = keep(builders.multiframe(4, rows=17, columns=33, FrameTime=80))
    answer = get(instance, ALL_FOUR, accept=MP4)
    assert (answer.status, answer.headers["content-type"]) == (200, MP4)
    pictures, times = frames_of_mp4(answer.body)
    assert pictures[0].shape == (18, 34, 3)  # even sides
    assert np.abs(np.array(middles(pictures)) - [32, 96, 159, 223]).max() <= 3
    assert times == pytest.approx([0, 0.08, 0.16, 0.24])
    assert boxes(answer.body).index("moov") < boxes(answer.body).index("mdat")


def test_colours_stay_what_they_are() -> None:
    row, column = np.indices((32, 64))
    frame = np.stack([row * 8, column * 4, np.full_like(row, 128)], axis=-1).astype("u1")
    pixels = np.stack([frame, frame[::-1]])
    (instance,) = keep(
        builders.image(
            frame, PhotometricInterpretation="RGB", SamplesPerPixel=3, PlanarConfiguration=0, BitsAllocated=8,
            NumberOfFrames=2, PixelData=pixels.tobytes(),
        )
    )  # fmt: skip
    (first, second), _ = frames_of_mp4(get(instance, accept=MP4).body)
    assert np.abs(first[4:-4, 4:-4].astype(int) - frame[4:-4, 4:-4]).mean() < 4
    assert np.abs(second[4:-4, 4:-4].astype(int) - frame[::-1][4:-4, 4:-4]).mean() < 4
    (first, second), _ = frames_of_gif(get(instance, accept=GIF).body)
    assert np.abs(first.astype(int) - frame).mean() < 8


def test_unequal_times_are_kept() -> None:
    (instance,) = keep(builders.multiframe(3, FrameTime=None, FrameTimeVector=[0, 40, 120]))
    _, durations = frames_of_gif(get(instance, accept=GIF).body)
    assert durations == [40, 120, 80]
    _, times = frames_of_mp4(get(instance, accept=MP4).body)
    assert times == pytest.approx([0, 0.04, 0.16])


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_the_last_frame_stays_as_long_as_it_should(tmp_path: Path) -> None:
    (instance,) = keep(builders.multiframe(3, FrameTime=None, FrameTimeVector=[0, 40, 120]))
    (tmp_path / "film.mp4").write_bytes(get(instance, accept=MP4).body)
    ask = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "stream=duration,profile,color_space,color_range",
        "-of",
        "json",
    ]
    told = subprocess.run([*ask, tmp_path / "film.mp4"], capture_output=True, check=True).stdout
    (stream,) = json.loads(told)["streams"]
    assert float(stream["duration"]) == pytest.approx(0.24, abs=0.001)
    assert (stream["color_space"], stream["color_range"]) == ("bt709", "tv")


@pytest.mark.parametrize(
    ("display", "times"),
    [
        ({"FrameTimeVector": [0, 20, 30], "FrameTime": 99, "CineRate": 5}, [20, 30, 25]),
        ({"FrameTimeVector": [0, 20, 20], "FrameTime": 99}, [20, 20, 20]),
        ({"FrameTimeVector": [0, 20], "FrameTime": 50}, [20, 20, 20]),  # of as many frames it does not speak
        ({"FrameTime": 50, "CineRate": 5, "RecommendedDisplayFrameRate": 30}, [50, 50, 50]),
        ({"CineRate": 5, "RecommendedDisplayFrameRate": 30}, [200, 200, 200]),
        ({"RecommendedDisplayFrameRate": 25}, [40, 40, 40]),
        ({"FrameTime": 0, "CineRate": 0}, [100, 100, 100]),
        ({}, [100, 100, 100]),
    ],
)
def test_which_of_the_times_holds(display: dict[str, Any], times: list[float]) -> None:
    assert frame_times_ms(display, 3) == times


def test_delays_keep_to_the_time_that_has_gone_by() -> None:
    assert sum(delays_cs([33.333] * 30)) == 100
    assert min(delays_cs([5] * 10)) == 2


def test_all_frames_are_windowed_alike_though_the_file_says_nothing() -> None:
    (instance,) = keep(builders.multiframe(4))
    pictures, _ = frames_of_gif(get(instance, accept=GIF).body)
    greys = middles(pictures)
    assert greys == sorted(set(greys))
    assert (greys[0], greys[-1]) == (0, 255)


def test_the_picture_is_what_is_wanted_first_and_a_film_by_its_name() -> None:
    (instance,) = keep(builders.multiframe(3))
    for accept, given in (
        ("", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("image/*", "image/jpeg"),
        ("video/*", MP4),
        (f"{MP4};q=0.5, image/png;q=0.4", MP4),
        (f"{GIF};q=0.5, image/png", "image/png"),
    ):
        assert get(instance, accept=accept).headers["content-type"] == given
    one = get(instance, "frames/2/rendered", accept=GIF)
    assert len(frames_of_gif(one.body)[0]) == 1
    assert get(instance, "frames/2/rendered", accept=MP4).problem() == (406, "not_acceptable")
    (still,) = keep(builders.ct_slice())
    assert get(still, accept=MP4).problem() == (406, "not_acceptable")


def test_by_uri_a_frame_number_asks_for_a_still() -> None:
    (instance,) = keep(builders.multiframe(3))
    film_ = by_uri(instance, f"&contentType={MP4}")
    assert len(frames_of_mp4(film_.body)[0]) == 3
    assert len(frames_of_gif(by_uri(instance, f"&contentType={GIF}&frameNumber=2").body)[0]) == 1
    assert len(frames_of_gif(by_uri(instance, f"&contentType={GIF}&rows=4").body)[0]) == 3


def test_a_player_may_ask_for_a_part_and_it_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.multiframe(3))
    whole = get(instance, accept=MP4)
    monkeypatch.setattr(film, "_start", lambda path: pytest.fail("made again"))
    part = get(instance, accept=MP4, range="bytes=4-7")
    assert (part.status, part.body) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.body)}"
    assert get(instance, accept=MP4, if_none_match=whole.headers["etag"]).status == 304


def refused(answer: Response) -> dict[str, Any]:
    assert answer.problem() == (413, "film_too_large")
    fields: dict[str, Any] = answer.json()["error"]["fields"]
    return fields


@pytest.mark.parametrize("kind", [GIF, MP4])
def test_what_is_too_much_is_refused_and_leaves_nothing(
    kind: film.FilmType, monkeypatch: pytest.MonkeyPatch
) -> None:
    (instance,) = keep(builders.multiframe(4, rows=16, columns=16))
    with monkeypatch.context() as patch:
        patch.setattr(film, "MOST_FRAMES", 3)
        assert refused(get(instance, accept=kind)) == {"most_frames": 3}
    with monkeypatch.context() as patch:
        patch.setitem(film.MOST_PIXELS, kind, 1000)
        assert refused(get(instance, accept=kind)) == {"most_pixels": 1000}
        assert get(instance, "rendered?viewport=8,8", accept=kind).status == 200
    with monkeypatch.context() as patch:
        patch.setattr(film, "MOST_SECONDS", -1.0)
        assert "most_seconds" in refused(get(instance, accept=kind))
    kept = [one for one in (settings.DERIVED_ROOT / "film").rglob("*") if one.is_file()]
    assert not [one for one in kept if one.suffix == ".part"]


def test_where_no_encoder_is_installed_there_is_no_mp4(monkeypatch: pytest.MonkeyPatch) -> None:
    (instance,) = keep(builders.multiframe(3))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    answer = get(instance, accept=MP4)
    assert answer.problem() == (406, "not_acceptable")
    assert get(instance, accept=GIF).status == 200


def test_cines_of_other_makers(shared_data: Path) -> None:
    clip, movie = keep(
        (shared_data / "dcm4che/US-PAL-8-10x-echo").read_bytes(),
        next((shared_data / "synthetic/xa").glob("*.dcm")).read_bytes(),
    )
    for instance in (clip, movie):
        pictures, _ = frames_of_mp4(get(instance, accept=MP4).body)
        assert len(pictures) == instance.number_of_frames
        still = np.asarray(
            Image.open(io.BytesIO(get(instance, "frames/3/rendered", accept="image/png").body)).convert("RGB")
        )
        seen = pictures[2][: still.shape[0], : still.shape[1]].astype(int)
        assert np.abs(seen - still).mean() < 6
