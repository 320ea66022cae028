"""De-identified copies of kept objects (PS3.15 Annex E), made one by one while they are handed out.

The child in the sandbox writes the head anew and says where the pixels lie; they are read from the kept file as it is.
Nothing of a copy is kept here.
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac

from pacs.catalog.headers import JsonDataset, read_header
from pacs.catalog.kept_objects import KeptObject, kept_headers
from pacs.deidentify import blackened, copies
from pacs.deidentify.choices import Choices
from pacs.deidentify.pseudonyms import KEY_BYTES
from pacs.deidentify.risks import has_hidden_overlay, left_out, reasons_to_look
from pacs.errors import LightboxError, SandboxKilled, SandboxRefused
from pacs.media.records import OBJECT_KEYS, PATIENT_KEYS, SERIES_KEYS, STUDY_KEYS
from pacs.sandbox import pool
from pacs.storage.blobs import blob_store

CHUNK_BYTES = 1 << 20
HEADERS_AT_ONCE = 500
UNDEFINED = 0xFFFFFFFF
PIXEL_DATA = b"\xe0\x7f\x10\x00"
ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
TOLD = tuple(
    dict.fromkeys(
        (
            *PATIENT_KEYS,
            *STUDY_KEYS,
            *SERIES_KEYS,
            "InstanceNumber",
            *(key for keys in OBJECT_KEYS.values() for key in keys),
        )
    )
)
# SOP class, modality, manufacturer, series description, model, frames, rows, columns.
NEEDED = frozenset(
    ("00080016", "00080060", "00080070", "0008103E", "00081090", "00280008", "00280010", "00280011")
)
Region = blackened.Region


class CannotCopy(LightboxError):
    """No copy of this object can be made; `reason` says why."""

    code = "cannot_deidentify"


@dataclass(frozen=True)
class Edit:
    """Regions to black out, of these frames (from 0) or of all."""

    regions: tuple[Region, ...]
    frames: frozenset[int] | None = None

    def in_frame(self, index: int) -> list[Region]:
        """Those of one frame."""
        return list(self.regions) if self.frames is None or index in self.frames else []


@dataclass(frozen=True)
class Wishes:
    """How copies are to be made. `seen` and `edits` by the SOP Instance UIDs of the originals."""

    choices: Choices
    key: bytes
    seen: frozenset[str] = frozenset()
    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """A kept object, and what has to be known before a copy of it leaves. `header` holds no more than that."""

    one: KeptObject
    header: JsonDataset
    left_out: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """A copy on its way out. `size_bytes` is no less than it has."""

    uids: tuple[str, str, str]
    sop_class_uid: str
    syntax: str
    told: JsonDataset
    size_bytes: int
    pieces: Iterator[bytes]


def project_id(name: str) -> str:
    """What stands for the name of a project where others may read it; "" for none."""
    folded = " ".join(name.split()).casefold()
    return hashlib.sha256(folded.encode()).hexdigest() if folded else ""


def key_of(project: str) -> bytes:
    """The key of a project, by its ID: the same whenever it is named; of none, a new one."""
    if not project:
        return secrets.token_bytes(KEY_BYTES)
    return salted_hmac("pacs.deidentify", project, algorithm="sha256").digest()


def judged(objects: Sequence[KeptObject]) -> Iterator[Judged]:
    """Each object with what its header tells of risks. Nothing of a file is read."""
    for start in range(0, len(objects), HEADERS_AT_ONCE):
        part = objects[start : start + HEADERS_AT_ONCE]
        headers = kept_headers(part)
        for one in part:
            header = read_header(headers[one.pk]) if one.pk in headers else {}
            reasons = reasons_to_look(header, one.transfer_syntax_uid)
            yield Judged(one, _needed(header), left_out(header), tuple(reasons))


def _needed(header: JsonDataset) -> JsonDataset:
    """What is asked for later: those of thousands of objects are held at once."""
    return {
        tag: element
        for tag, element in header.items()
        if tag in NEEDED or (tag.startswith("60") and tag.endswith("0100"))
    }


def unseen(found: Sequence[Judged], wishes: Wishes) -> list[Judged]:
    """Those at which a person has yet to look: before there are none, nothing may leave (promise P19)."""
    return [
        one
        for one in found
        if one.reasons and not one.left_out and one.one.sop_instance_uid not in wishes.seen
    ]


def copy_of(found: Judged, wishes: Wishes) -> Copy:
    """A copy of the object. Raises CannotCopy, Overloaded; and CannotCopy while pieces of an edited one are made."""
    if found.left_out:
        raise CannotCopy(reason=found.left_out)
    if found.reasons and found.one.sop_instance_uid not in wishes.seen:
        raise CannotCopy(reason="not_looked_at")
    edits = wishes.edits.get(found.one.sop_instance_uid, ())
    if edits or has_hidden_overlay(found.header):
        return _edited_copy(found, wishes, edits)
    return _copy(found, wishes, _made(found, wishes, None))


def _made(found: Judged, wishes: Wishes, edited: Mapping[str, str] | None) -> Mapping[str, Any]:
    is_seen = found.one.sop_instance_uid in wishes.seen or edited is not None
    with blob_store().local_path(found.one.blob) as path:
        made = _run(copies.deidentified, str(path), wishes.choices, wishes.key, TOLD, is_seen, edited)
    return _checked(made, found.one)


def _checked(made: Any, one: KeptObject) -> Mapping[str, Any]:
    """What the child tells, looked at as if a stranger had sent it. Raises CannotCopy."""
    if not isinstance(made, dict) or not all(
        isinstance(made.get(name), kind)
        for name, kind in (
            ("head", bytes),
            ("inflated", bytes),
            ("padding", bytes),
            ("syntax", str),
            ("told", dict),
        )
    ):
        raise CannotCopy(reason="unreadable")
    spans = [*([made["pixels"]] if made.get("pixels") else []), *made.get("blank", [])]
    uids = made.get("uids", [])
    if len(uids) != 3 or not all(isinstance(uid, str) and uid for uid in uids):
        raise CannotCopy(reason="unreadable")
    for offset, length in spans:
        if (
            type(offset) is not int
            or type(length) is not int
            or not 0 <= offset <= offset + length <= one.size_bytes
        ):
            raise CannotCopy(reason="unreadable")
    return made


def _run(function: Any, *args: Any) -> Any:
    try:
        return pool.run(function, *args)
    except SandboxKilled:
        raise CannotCopy(reason="unreadable") from None
    except SandboxRefused as refused:
        reason = str(refused.fields.get("reason") or "")
        raise CannotCopy(reason=reason if reason == "cannot_edit" else "unreadable") from None


def _copy(found: Judged, wishes: Wishes, made: Mapping[str, Any]) -> Copy:
    one, span = found.one, made["pixels"] or [0, 0]
    ends = made["inflated"] + made["padding"]

    def pieces() -> Iterator[bytes]:
        yield made["head"]
        yield from _spans(one, span[0], span[1], made["blank"])
        yield ends

    return _told(found, made, len(made["head"]) + span[1] + len(ends), pieces())


def _told(found: Judged, made: Mapping[str, Any], size_bytes: int, pieces: Iterator[bytes]) -> Copy:
    study, series, instance = made["uids"]
    values = found.header.get("00080016", {}).get("Value") or [""]
    return Copy((study, series, instance), str(values[0]), made["syntax"], made["told"], size_bytes, pieces)


def _spans(one: KeptObject, offset: int, length: int, blank: Sequence[Sequence[int]]) -> Iterator[bytes]:
    """Bytes of the kept file, with spaces over what is to be blank."""
    store = blob_store()
    for at in range(offset, offset + length, CHUNK_BYTES):
        size = min(CHUNK_BYTES, offset + length - at)
        piece = bytearray(store.read_range(one.blob, at, size))
        for start, count in blank:
            first, end = max(start, at), min(start + count, at + size)
            if first < end:
                piece[first - at : end - at] = b" " * (end - first)
        yield bytes(piece)


# --- with regions blacked out ------------------------------------------------------------------


def _edited_copy(found: Judged, wishes: Wishes, edits: Sequence[Edit]) -> Copy:
    with blob_store().local_path(found.one.blob) as path:
        facts = _run(blackened.describe, str(path))
    if not isinstance(facts, dict) or not isinstance(facts.get("image"), dict):
        raise CannotCopy(reason="unreadable")
    first = _frame(found, facts, edits, 0)
    edited = {"syntax": first["syntax"], "photometric": first["photometric"]}
    made = _made(found, wishes, edited)
    frames = int(facts["image"]["frames"])

    def written() -> Iterator[bytes]:
        yield first["frame"]
        for index in range(1, frames):
            yield _frame(found, facts, edits, index)["frame"]

    # A frame that is coded without loss is seldom longer than its values; this only tells whether a zip needs zip64.
    most = len(made["head"]) + 2 * frames * max(len(first["frame"]), facts["length"] // frames)
    return _told(found, made, most, _edited_pieces(made, facts, written(), len(first["frame"]) * frames))


def _frame(found: Judged, facts: Mapping[str, Any], edits: Sequence[Edit], index: int) -> Mapping[str, Any]:
    regions = [region for edit in edits for region in edit.in_frame(index)]
    hidden = has_hidden_overlay(found.header)
    with blob_store().local_path(found.one.blob) as path:
        told = _run(blackened.blackened_frame, str(path), dict(facts), index, regions, hidden)
    if not isinstance(told, dict) or not isinstance(told.get("frame"), bytes):
        raise CannotCopy(reason="unreadable")
    return told


def _edited_pieces(
    made: Mapping[str, Any], facts: Mapping[str, Any], frames: Iterator[bytes], native_bytes: int
) -> Iterator[bytes]:
    yield made["head"]
    if not facts["is_encapsulated"]:
        yield from frames
        yield b"\0" * max(0, facts["length"] - native_bytes)
    else:
        yield PIXEL_DATA + b"OB\0\0" + struct.pack("<I", UNDEFINED) + ITEM + b"\0\0\0\0"
        for frame in frames:
            yield ITEM + struct.pack("<I", len(frame) + len(frame) % 2) + frame + b"\0" * (len(frame) % 2)
        yield SEQUENCE_END
