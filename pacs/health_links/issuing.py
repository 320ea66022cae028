"""The SMART Health Link form of a share link: made, told this once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pacs.access import health_links
from pacs.errors import BadRequest
from pacs.health_links.bundle import bundle_of
from pacs.health_links.payload import LONGEST_URL, Payload
from pacs.health_links.sealing import new_key, seal

if TYPE_CHECKING:
    from pacs.access.actors import Actor
    from pacs.access.models import GuestLink

CONTENT_TYPE = "application/fhir+json"
MANIFESTS = "/api/shl/"


def issue_health_link(link: GuestLink, origin: str, *, actor: Actor) -> str:
    """`shlink:/…`, in place of the one before. Raises BadRequest for a link that cannot be one; NotFound.

    `origin` is where the world reaches this server. The key is in what is returned and nowhere else: not even
    we can read the file that we keep.
    """
    study = health_links.study_to_hand_out(link, actor=actor)
    tokens = health_links.new_tokens(link)
    url = f"{origin}{MANIFESTS}{tokens.manifest}"
    if len(url) > LONGEST_URL:
        raise BadRequest(parameter="id", reason="The address of this server is too long for such a link.")
    bundle = bundle_of(study, health_links.shown_by(link), origin + tokens.viewer_path)
    key = new_key()
    sealed = seal(json.dumps(bundle, ensure_ascii=False).encode(), key, CONTENT_TYPE)
    health_links.keep_health_link(link, tokens, sealed, actor=actor)
    sender = link.made_by.display_name or link.made_by.username
    return Payload(url, key, link.expires_at, f"Medical images, shared by {sender}").to_uri()
