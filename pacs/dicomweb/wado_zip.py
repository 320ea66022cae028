"""WADO-RS as application/zip (PS3.18 8.7.3, Supplement 211): a study, series or instance as one file that is saved.

It can be put on a medium as it is: a file-set with its DICOMDIR (PS3.10).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pacs.access.audit import record
from pacs.access.step_up import require_fresh
from pacs.dicomweb.accept import ANYTHING, Wish
from pacs.dicomweb.retrieve_body import Made, body_of
from pacs.dicomweb.retrieve_reply import Later, Representation, etag_of, known_reply, reply_with
from pacs.media.file_set import RECIPE, members_of
from pacs.media.zip_stream import zip_length, zip_pieces

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.catalog.kept_objects import KeptObject
    from pacs.catalog.models import Study
    from pacs.dicomweb.retrieve_reply import Outcome, Reply
    from pacs.http.answers import Answer
    from pacs.http.requests import DoorRequest
    from pacs.media.zip_stream import Member

ZIP = "application/zip"
# No name of a person or a study: it ends in a folder of downloads, for all who share that machine.
SAVED_AS = (b"content-disposition", b'attachment; filename="images.zip"')


def wants_zip(wishes: Sequence[Wish]) -> bool:
    """Whether a zip is what the client wants most. Whoever wants anything gets no zip."""
    return bool(wishes) and wishes[0].name == ZIP and wishes[0].q > 0 and wishes[0].name != ANYTHING


def reply_with_zip(
    request: DoorRequest, actor: Actor, study: Study, objects: Sequence[KeptObject]
) -> Outcome:
    """The zip, made while it is sent; how long it will be is known before, so that whoever waits sees how far it is.

    That the objects were handed out is written down (promise P17). Raises NotFresh for a session whose person did not
    show lately who they are.
    """
    require_fresh(actor)
    tag = etag_of(ZIP, RECIPE, *((one.blob, one.pk) for one in objects))
    known = known_reply(request, tag)
    if known is not None:
        return known

    def reply(members: list[Member]) -> Reply | Answer:
        if request.scope["method"] != "HEAD":
            record(actor, "objects exported", study=study, objects=len(objects))
        content = body_of([Made(lambda: zip_pieces(members), zip_length(members))])
        return reply_with(request, Representation(ZIP, content, tag, headers=(SAVED_AS,)))

    return Later((ZIP, tag), lambda: list(members_of(objects)), reply)
