"""Who asks in the access matrix, and by name the statuses that they are answered (tests.pacs.access.matrix)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WHO = (
    "nobody",
    "patient_a",  # Pia, whose study is asked for
    "patient_b",  # Paul, who has another
    "referrer_named",  # Bob, who is named on it
    "referrer_stranger",  # Charlie, who is named on nothing
    "clinician",
    "technologist",
    "administrator",
    "key",  # a clinician's Bearer key, without a cookie
)

LINK_WHO = (
    "link_a",  # shows Pia's study, which is asked for, and lets it be saved
    "link_b",  # the same of Paul's
    "link_part",  # shows one image of Pia's study, which is not the one that is asked for
    "link_in",  # takes studies in, and shows nothing
)


@dataclass(frozen=True)
class Row:
    """One request to one route, and the status that each of WHO is answered, in that order."""

    route: str
    request: str  # METHOD /path; {study}, {series}, {instance} are Pia's
    expected: str
    body: Any = None
    for_links: str = ""  # where it does not follow from what persons are answered: LINKS

    @property
    def statuses_of_links(self) -> dict[str, str]:
        """The expected status by link."""
        statuses = set(self.expected.split())
        alike = " ".join(list(statuses) * len(LINK_WHO)) if len(statuses) == 1 else ""
        told = self.for_links or alike or LINKS[self.expected]
        return dict(zip(LINK_WHO, told.split(), strict=True))

    @property
    def statuses(self) -> dict[str, str]:
        """The expected status by person."""
        return dict(zip(WHO, self.expected.split(), strict=True))


def all_nine(status: int) -> str:
    """Everyone is answered the same."""
    return " ".join([str(status)] * len(WHO))


#                nobody A   B   Bob Cha cli tec adm key
ONE_STUDY = "     401   200 404 200 404 200 200 200 200"
ONE_STUDY_BAD = " 401   400 404 400 404 400 400 400 400"
SIGNED_IN = "     401   200 200 200 200 200 200 200 200"
SIGNED_IN_BAD = " 401   400 400 400 400 400 400 400 400"
DONE = "          401   204 204 204 204 204 204 204 204"
SIGNED_IN_404 = " 401   404 404 404 404 404 404 404 404"
# What reaches far asks once more who it is that acts: of a key nobody can be asked.
ASKED_AGAIN = "   401   403 403 403 403 403 403 403 201"
# The same of what is saved, for whoever sees it at all.
ZIPPED = "        401   403 404 403 404 403 403 403 200"
SENDERS = "       401   403 403 403 403 200 200 200 200"
SENDERS_BAD = "   401   403 403 403 403 400 400 400 400"
SENDERS_404 = "   401   403 403 403 403 404 404 404 404"
ADMINISTERS = "   401   403 403 403 403 403 403 200 403"
ADMINISTERS_BAD = "401  403 403 403 403 403 403 400 403"
ADMINISTERS_404 = "401  403 403 403 403 403 403 404 403"
# allauth knows sessions only: to it, a key is nobody, and one that sends without our token.
BY_SESSION = "    401   200 200 200 200 200 200 200 401"
BY_SESSION_BAD = "401   400 400 400 400 400 400 400 403"
BY_SESSION_404 = "401   404 404 404 404 404 404 404 401"
SIGN_IN_BAD = " 400  400 400 400 400 400 400 400 403"
ADMIN_SITE = "   302  302 302 302 302 302 302 200 302"
NO_SUCH_STEP = "  401   401 401 401 401 401 401 401 403"

# What the guests of links are answered where persons are answered this; where all are answered the same, so are they.
LINKS = {
    #                A   B   part in
    ONE_STUDY: "    200 404 404 404",
    ONE_STUDY_BAD: "400 404 404 404",
    SIGNED_IN: "    200 200 200 200",
    DONE: "         204 204 204 204",
    SENDERS: "      403 403 403 403",
    SENDERS_BAD: "  403 403 403 403",
    SENDERS_404: "  403 403 403 403",
    ADMINISTERS: "  403 403 403 403",
    ADMINISTERS_BAD: "403 403 403 403",
    ADMINISTERS_404: "403 403 403 403",
    # To allauth and to the admin a guest is nobody.
    BY_SESSION: "    401 401 401 401",
    BY_SESSION_BAD: "401 401 401 401",
    BY_SESSION_404: "401 401 401 401",
    NO_SUCH_STEP: "  401 401 401 401",
    SIGN_IN_BAD: "   400 400 400 400",
    ADMIN_SITE: "    302 302 302 302",
}
OF_STUDY = "200 404 200 404"  # for_links: the study, as far as it is shown
# for_links: who sees nothing is told so before anything is looked at.
OF_STUDY_NOT_IN = "200 404 200 403"
ONE_NOT_IN = "200 404 404 403"
SAVED = "   200 404 403 403"  # for_links: what is kept, rather than a picture
SEARCHED = "200 404 403 403"  # for_links: who sees a part may not search
FOUND = "   200 200 403 403"
REFUSED = " 403 403 403 403"
HANDED_IN_404 = "403 403 403 404"  # for_links: who sends studies in has none of these
