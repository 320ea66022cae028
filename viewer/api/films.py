"""A multi-frame instance as one film: /rendered as image/gif or video/mp4 (PS3.18 8.7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacs.dicomweb.retrieve_body import DerivedSpan, body_of
from pacs.dicomweb.retrieve_reply import Reply, Representation, etag_of, known_reply, reply_with
from pacs.http.answers import Answer
from pacs.http.requests import DoorRequest
from viewer.api.answers import Later
from viewer.api.media import OFFERED, NotAcceptable, choose
from viewer.rendering.film import KIND, Film, FilmType, film_size, film_types, make_film

if TYPE_CHECKING:
    from pacs.catalog.models import Instance


def offered_of_many() -> tuple[str, ...]:
    """What a multi-frame instance can be had as; a still of its first frame before films."""
    return (*OFFERED, *(one for one in film_types() if one not in OFFERED))


def wanted_film(instance: Instance, accept: str) -> FilmType | None:
    """The kind of film that the client likes best of all there is; None where it likes a picture better, or none."""
    if instance.number_of_frames < 2:
        return None
    try:
        liked = choose(accept, offered_of_many())
    except NotAcceptable:
        return None
    return next((one for one in film_types() if one == liked), None)


def answer_film(request: DoorRequest, film: Film) -> Reply | Answer | Later[int]:
    """The film, whole or in ranges: players ask for those. Made first where it is not kept."""
    tag = etag_of("film", film.key)
    known = known_reply(request, tag)
    if known is not None:
        return known

    def answer(size: int) -> Reply | Answer:
        body = body_of([DerivedSpan(KIND, film.key, 0, size)])
        return reply_with(request, Representation(film.media_type, body, tag))

    size = film_size(film)
    return (
        answer(size) if size is not None else Later(film.key, lambda: make_film(film), answer, is_long=True)
    )
