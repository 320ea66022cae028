"""Requests over kept connections for some seconds: by wrk where it is installed, else by a client in Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

SCRIPT = """
local paths, place, headers = {}, 0, {}
function init(arguments)
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  for index = 2, #arguments do
    local name, value = arguments[index]:match("^([^:]+):%s*(.*)$")
    headers[name] = value
  end
end
function request()
  place = place % #paths + 1
  return wrk.format("GET", paths[place], headers)
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %.3f %.4f %.4f %.4f %d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.status + errors.timeout))
end
"""
RESULT = re.compile(r"RESULT (\d+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+)")


@dataclass(frozen=True)
class Load:
    """What was seen under a load."""

    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True)
class Target:
    """Paths of one server that are asked for in turn, round and round."""

    port: int
    paths: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)


def tool() -> str:
    """What makes the load."""
    return "wrk" if shutil.which("wrk") else "a client in Python (slower than wrk, which is not installed)"


class Pressing:
    """So many connections, each sending its next request when the last was answered, in a process beside this one."""

    def __init__(self, target: Target, connections: int, seconds: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lightbox-bench-")
        paths = Path(self._folder.name) / "paths"
        paths.write_text("\n".join(target.paths) + "\n")
        script = paths.with_name("script.lua")
        script.write_text(SCRIPT)
        address = f"http://127.0.0.1:{target.port}"
        client = [sys.executable, "-m", "bench.python_client", str(connections), str(seconds), address]
        measured = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(script)]
        wrk = ["wrk", *measured, address, "--"]
        headers = [f"{name}: {value}" for name, value in target.headers.items()]
        command = [*(wrk if shutil.which("wrk") else client), str(paths), *headers]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result(self) -> Load:
        """Wait for its end."""
        told = self._process.communicate()[0]
        self._folder.cleanup()
        found = RESULT.search(told)
        assert found, told
        requests, duration, p50, p95, p99, errors = (float(number) for number in found.groups())
        return Load(requests / duration, p50, p95, p99, int(errors))


def press(target: Target, connections: int, seconds: float) -> Load:
    """The load, waited for."""
    return Pressing(target, connections, seconds).result()


def in_turns(targets: Sequence[Target], connections: int, seconds: float, rounds: int = 3) -> list[Load]:
    """Each target's load, the medians of some rounds: in turns, so that a busy minute of the machine hits all alike."""
    seen: list[list[Load]] = [[] for _ in targets]
    for _ in range(rounds):
        for place, target in enumerate(targets):
            seen[place].append(press(target, connections, seconds))
    return [_median(loads) for loads in seen]


def _median(loads: Sequence[Load]) -> Load:
    return Load(
        median(load.per_s for load in loads),
        median(load.p50_ms for load in loads),
        median(load.p95_ms for load in loads),
        median(load.p99_ms for load in loads),
        sum(load.errors for load in loads),
    )
