"""The row of the change feed, which the standard does not have."""

from __future__ import annotations

from pacs.dicomweb.transactions import JSON, Parameter, Transaction

DEFAULT_LIMIT, MOST_CHANGES = 100, 1000
CHANGES = (
    Transaction(
        name="Retrieve Changes",
        method="GET",
        path="/changes",
        gives=(JSON,),
        parameters=(
            Parameter(
                name="since",
                values="a cursor",
                meaning="what happened after it: `next` of the answer before; from the beginning without it",
            ),
            Parameter(
                name="limit",
                values="a number",
                meaning=f"the most changes of one answer: {DEFAULT_LIMIT}, and at most {MOST_CHANGES}",
            ),
        ),
        answers={
            200: "The changes in their order; `more` says whether others follow, `next` from where to ask again.",
            410: "The cursor is of another catalogue than the one that is here now: begin anew, without `since`.",
        },
    ),
)
REMARKS = (
    'A change is `{"kind", "level", "study", "series", "instance", "at"}`. `stored`: an instance is here, with '
    "`sop_class`, `size_bytes` and the `sha256` of its file as it was received. `deleted`: a study, series or instance "
    "is gone with all below it. `restored`: what was deleted is here again, and its instances were told before it as "
    "`stored`, as far as they came back. Objects never change once they are stored.",
    "Changes come in one order without a gap, and one that was told is never followed by an older one. What is not "
    "here any more is told by its deletion alone; whoever hears of the deletion of what they do not have, has nothing "
    "to do.",
    "Everybody hears of the studies that are open to them, or were when they were deleted. That a study was opened or "
    "closed to an account is no change: what was stored before it was opened is not told again.",
)
