"""Pictures: rendered frames and tiles, of raw slices and beside the decoding of JPEG 2000."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench import limits
from bench.bare_answer import bare
from bench.bars import Bar, Figure, at_least, at_most
from bench.load import Load, Pressing, Target, in_turns, press
from bench.servers import Running
from bench.slices import WINDOW, Slice

SECONDS = 2
CORES = 2  # the bars were set on two; the limit below is what both could do
RENDERED = f"rendered?window={WINDOW[0]},{WINDOW[1]},linear"
JPEG = {"Accept": "image/jpeg"}
WARM_SLICES = 8
WINDOWS = 2000  # so many that no tile comes round again before it was given up

ONE_VS_LIMIT = at_most("rendered CT frame, 1 connection, p50 vs bare decode + LUT + encode", "x", 2.5, 1.6)
EIGHT_VS_LIMIT = at_least(
    "rendered CT frame, 8 connections, vs bare decode + LUT + encode on 2 cores", "x", 0.35, 0.6
)
EIGHT_VS_PEER = at_least(
    "rendered CT frame, 8 connections, with access check, vs Orthanc without", "x", 2, 3.5
)
ONE_VS_PEER = at_most("rendered CT frame, 1 connection, p50 vs Orthanc", "x", 0.7, 0.35)
MANY_VS_PEER = at_most("rendered CT frame, 32 connections, p99 vs Orthanc", "x", 0.6, 0.3)
TILE_MUST_PER_S = 2000
TILE_CACHED = at_least("256 tile from memory, 8 connections", "/s", 5000, 10000)
TILE_CACHED_P99 = at_most("256 tile from memory, 8 connections, p99", "ms", 5, 5)
TILE_VS_BARE = at_least(
    "256 tile from memory, 8 connections, vs a bare ASGI answer of the same bytes", "x", 0.35, 0.6
)
TILE_BESIDE = at_most("256 tile from memory beside two clients decoding JPEG 2000, p99", "ms", 10, 6)


def measure(
    ours: Running, peer: Running | None, slices: Sequence[Slice], compressed: Sequence[Slice]
) -> Iterator[Figure]:
    """All bars of pictures. Both servers hold the slices; ours also the compressed ones."""
    yield from _rendered(ours, peer, slices)
    yield from _tiles(ours, slices)
    yield _beside_decoding(ours, slices, compressed)


def _rendered(ours: Running, peer: Running | None, slices: Sequence[Slice]) -> Iterator[Figure]:
    paths = [f"{each.path}/{RENDERED}" for each in slices]
    targets = [_target(server, paths) for server in (ours, peer) if server]
    with bare(targets[0]) as floor:
        loads = [in_turns([*targets, floor], connections, SECONDS) for connections in (1, 8, 32)]
    limit_ms = limits.rendering_ms(slices)
    one, eight, many = (seen[0] for seen in loads)
    told = f"{one.p50_ms:.2f} ms by HTTP, bare {limit_ms:.2f} ms; {_least(loads[0][-1])}"
    yield ONE_VS_LIMIT.figure(one.p50_ms / limit_ms, told)
    limit_per_s = CORES * 1000 / limit_ms
    told = f"{eight.per_s:,.0f}/s of {limit_per_s:,.0f}/s; {_least(loads[1][-1])}"
    yield EIGHT_VS_LIMIT.figure(eight.per_s / limit_per_s, told)
    if peer is None:
        for bar in (EIGHT_VS_PEER, ONE_VS_PEER, MANY_VS_PEER):
            yield bar.none("Orthanc is not installed")
    else:
        yield from _beside_peer((one, eight, many), tuple(seen[1] for seen in loads))


def _beside_peer(ours: tuple[Load, ...], theirs: tuple[Load, ...]) -> Iterator[Figure]:
    rates = [
        f"{our.per_s:,.0f}/s; Orthanc {their.per_s:,.0f}/s" for our, their in zip(ours, theirs, strict=True)
    ]
    errors = _errors(*ours, *theirs)
    yield EIGHT_VS_PEER.figure(ours[1].per_s / theirs[1].per_s, rates[1] + errors)
    told = f"{ours[0].p50_ms:.2f} ms; Orthanc {theirs[0].p50_ms:.2f} ms ({rates[0]})"
    yield ONE_VS_PEER.figure(ours[0].p50_ms / theirs[0].p50_ms, told)
    told = f"{ours[2].p99_ms:.0f} ms; Orthanc {theirs[2].p99_ms:.0f} ms ({rates[2]})"
    yield MANY_VS_PEER.figure(ours[2].p99_ms / theirs[2].p99_ms, told)


def _tiles(ours: Running, slices: Sequence[Slice]) -> Iterator[Figure]:
    press(_target(ours, _tile_paths(slices, 1)), 2, 1)  # the frames are decoded now
    load = in_turns([_target(ours, _tile_paths(slices, WINDOWS))], 8, SECONDS)[0]
    limit_per_s = CORES * 1000 / limits.tile_ms(slices)
    told = f"{load.per_s / limit_per_s:.2f} of bare cut + LUT + encode on 2 cores{_errors(load)}"
    yield _tile_bar(limit_per_s).figure(load.per_s, told)
    cached = _target(ours, _tile_paths(slices, 2))
    press(cached, 2, 1)
    with bare(cached) as floor:
        load, least = in_turns([cached, floor], 8, SECONDS)
    told = f"p50 {load.p50_ms:.2f} ms, p99 {load.p99_ms:.2f} ms{_errors(load)}"
    yield TILE_CACHED.figure(load.per_s, told)
    yield TILE_CACHED_P99.figure(load.p99_ms, f"{told}; {_least(least)}")
    yield TILE_VS_BARE.figure(load.per_s / least.per_s, _least(least))


def _tile_bar(limit_per_s: float) -> Bar:
    """2,000 a second or 0.35 of the limit must be, 0.6 of it is good."""
    must = min(TILE_MUST_PER_S, 0.35 * limit_per_s)
    return at_least("256 tile, uncached, 8 connections", "/s", must, 0.6 * limit_per_s)


def _beside_decoding(ours: Running, slices: Sequence[Slice], compressed: Sequence[Slice]) -> Figure:
    """Two connections ask for JPEG 2000 slices that were not decoded before, while another asks for cached tiles."""
    cached = _target(ours, _tile_paths(slices, 1))
    press(cached, 1, 1)
    half = len(compressed) // 2
    load, beside = _beside(cached, _target(ours, [f"{each.path}/{RENDERED}" for each in compressed[:half]]))
    with bare(cached) as floor:
        others = _target(ours, [f"{each.path}/{RENDERED}" for each in compressed[half:]])
        least, _ = _beside(floor, others)
    told = f"p50 {load.p50_ms:.2f} ms, {load.per_s:,.0f}/s, beside {beside.per_s:.0f} frames/s{_errors(load, beside)}"
    return TILE_BESIDE.figure(load.p99_ms, f"{told}; {_least(least)}")


def _beside(target: Target, decoding: Target) -> tuple[Load, Load]:
    """One connection's load while two others press what is decoded, and theirs."""
    others = Pressing(decoding, 2, SECONDS + 2)
    load = press(target, 1, SECONDS)
    return load, others.result()


def _tile_paths(slices: Sequence[Slice], windows: int) -> list[str]:
    """The four full-size tiles of a few slices in many windows."""
    return [
        f"/view/instances/{each.instance}/frames/1/tiles/1/{x}/{y}.jpg?window={WINDOW[0] + shift / 10},{WINDOW[1]}"
        for shift in range(windows)
        for each in slices[:WARM_SLICES]
        for x in (0, 1)
        for y in (0, 1)
    ]


def _target(server: Running, paths: Sequence[str]) -> Target:
    return Target(server.port, paths, {**server.headers, **JPEG})


def _least(load: Load) -> str:
    """What the server, the client and the machine take themselves."""
    return f"an ASGI app of the same bytes {load.per_s:,.0f}/s, p50 {load.p50_ms:.2f} ms, p99 {load.p99_ms:.2f} ms"


def _errors(*loads: Load) -> str:
    count = sum(load.errors for load in loads)
    return f"; {count} ERRORS" if count else ""
