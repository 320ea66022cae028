"""De-identified copies of a study or series as a file-set (PS3.10 8), as file_set makes one of the originals.

A copy is known when it was made: the DICOMDIR and the checksums come last.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydicom.uid import generate_uid

from pacs.deidentify.tables import edition
from pacs.media.deidentified import CannotCopy, Copy, Judged, Wishes, copy_of
from pacs.media.dicomdir import Listed, dicomdir
from pacs.media.file_set import file_ids_of
from pacs.media.zip_stream import Member

READ_ME = """\
These are de-identified copies of medical images in the DICOM format.

DICOM        the images and documents themselves
DICOMDIR     the table of contents that DICOM programs read: point them at it, or at this folder
SHA256SUMS   checksums of all files: "sha256sum --check SHA256SUMS" tells whether one was damaged on its way
LEFTOUT.TXT  what could not be de-identified and was left out, where there was any

By the Basic Application Level Confidentiality Profile of {edition}. What else was chosen is told by every file, in
De-identification Method Code Sequence (0012,0064). This is no promise that nobody can be recognised: pass it on with
as much care as the purpose asks for.
"""
WHY = {
    "document": "documents: their content cannot be de-identified",
    "raw_data": "raw data: only its maker knows what it holds",
    "private_class": "objects of private classes: no profile covers them",
    "cannot_edit": "images in which no region can be blacked out",
    "unreadable": "objects that cannot be read",
    "not_looked_at": "objects at which nobody has looked",
}


def members_of_copies(found: Sequence[Judged], wishes: Wishes) -> Iterator[Member]:
    """The files of the file-set, one after another. `found` are those of one patient, series after series."""
    yield _text("README.TXT", READ_ME.format(edition=edition()))
    left_out: Counter[str] = Counter()
    listed, sums = list[Listed](), dict[str, str]()
    file_ids = file_ids_of([one.one for one in found])
    for one, file_id in zip(found, file_ids, strict=True):
        try:
            copy = copy_of(one, wishes)
        except CannotCopy as refused:
            left_out[str(refused.fields["reason"])] += 1
            continue
        listed.append(Listed(file_id, copy.told, copy.sop_class_uid, copy.uids[2], copy.syntax))
        yield _member("/".join(file_id), copy, sums)
    if left_out:
        yield _text(
            "LEFTOUT.TXT", "".join(f"{count} {WHY[why]}\n" for why, count in sorted(left_out.items()))
        )
    if listed:
        directory = dicomdir(listed, str(generate_uid(entropy_srcs=[one.sop_instance_uid for one in listed])))
        yield Member("DICOMDIR", len(directory), lambda: iter((directory,)))
    yield _text("SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def _member(name: str, copy: Copy, sums: dict[str, str]) -> Member:
    def pieces() -> Iterator[bytes]:
        digest: Any = hashlib.sha256()
        for piece in copy.pieces:
            digest.update(piece)
            yield piece
        sums[name] = digest.hexdigest()

    return Member(name, copy.size_bytes, pieces)


def _text(name: str, text: str) -> Member:
    data = text.encode("ascii")
    return Member(name, len(data), lambda: iter((data,)))
