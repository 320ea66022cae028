"""The rows of Search (QIDO-RS, PS3.18 10.6): its resources, its parameters, its media types."""

from __future__ import annotations

from dataclasses import dataclass

from pacs.catalog.levels import Level
from pacs.dicomweb.transactions import DICOM_JSON, DICOM_XML, JSON, Parameter, Transaction

CSV = "text/csv"
SEARCH_TYPES = (DICOM_JSON, JSON, DICOM_XML, CSV)

PARAMETERS = (
    Parameter(
        name="{attribute}",
        values="a value, a range of dates or times, wild cards * and ?, a list of UIDs",
        meaning="a key: keyword or tag, dots between those of sequences and of their items (8.3.4.1)",
    ),
    Parameter(
        name="fuzzymatching", values="true | false", meaning="names by the beginnings of words (8.3.4.2)"
    ),
    Parameter(
        name="includefield", values="attributes | all", meaning="what is told beyond the tables (8.3.4.3)"
    ),
    Parameter(name="limit", values="a number", meaning="the most results of one answer (8.3.4.4)"),
    Parameter(name="offset", values="a number", meaning="the results to be skipped (8.3.4.4)"),
    Parameter(
        name="after",
        values="a UID",
        meaning="begin behind this result: pages that stay whole while studies arrive (an extension; Link has it)",
    ),
    Parameter(
        name="emptyvaluematching", values="true | false", meaning='"" matches what has no value (8.3.4.5)'
    ),
    Parameter(
        name="multiplevaluematching",
        values="true | false",
        meaning="of several values each has to match (8.3.4.6)",
    ),
    Parameter(
        name="accept", values="a media type", meaning="as the header field Accept, before it (8.3.3.1)"
    ),
    Parameter(name="charset", values="utf-8", meaning="every answer is UTF-8 (8.3.3.2)"),
)
PARAMETER_NAMES = frozenset(one.name for one in PARAMETERS if not one.name.startswith("{"))


@dataclass(frozen=True)
class Resource:
    """What is searched: its name in Table 10.6.1-1, its path, and what it finds."""

    name: str
    path: str
    level: Level


RESOURCES = (
    Resource("Studies", "/studies", Level.STUDY),
    Resource("Study's Series", "/studies/{study}/series", Level.SERIES),
    Resource("Study's Instances", "/studies/{study}/instances", Level.INSTANCE),
    Resource("All Series", "/series", Level.SERIES),
    Resource("Study's Series' Instances", "/studies/{study}/series/{series}/instances", Level.INSTANCE),
    Resource("All Instances", "/instances", Level.INSTANCE),
)
FOUND = {
    200: "The matches, an empty list where there are none. Warning: 299 tells how many more there are.",
    204: "No match, to whoever takes XML alone: a multipart body has at least one part.",
    413: "The search has to read more headers than one search may; it can be narrowed.",
}
SEARCHES = tuple(
    Transaction(
        name=f"Search for {one.name}",
        method="GET",
        path=one.path,
        clause="10.6",
        gives=SEARCH_TYPES,
        parameters=PARAMETERS,
        answers=FOUND,
    )
    for one in RESOURCES
)
COUNTS = tuple(
    Transaction(
        name=f"Count {one.name}",
        method="GET",
        path=f"{one.path}/count",
        gives=(JSON,),
        parameters=tuple(
            each
            for each in PARAMETERS
            if each.name not in ("limit", "offset", "after", "includefield", "accept")
        ),
        answers={200: 'How many match: {"count": 12}.'},
    )
    for one in RESOURCES
)
REMARKS = (
    "Every attribute of PS3.6 and every private one can be a key and can be included. Those with a column (below) are "
    "sought by SQL; all others in the kept headers, of at most 50,000 objects a search (413 beyond).",
    "At the level of studies a header key is sought in the first object of each series, at that of series in the first "
    "object of the series; attributes of a level below are refused as keys and not returned.",
    "Hierarchical and relational searches are supported, and combined matching of dates and times.",
    "Wild cards, in texts: * and ?. Case and accents count, but in person names, which are matched folded and in "
    "whichever of their three component groups fits.",
    "Fuzzy matching: every word typed begins a word of the name, of any component and group, case and accents folded.",
    "A list of UIDs is written with commas or backslashes; so may be a list of code strings, any of which matches.",
    "Results come in an order that is always the same: studies newest first, series and instances by their numbers. "
    "At most 5,000 come at once; Warning: 299 tells the exact number of those behind, and Link: rel=next leads to them "
    "by the key of the last one, so that what arrives meanwhile neither hides nor repeats a result.",
    "No match is 200 with an empty list, as in CP-2473 (8.3.4.4.1 has had 204), and 204 where only XML is taken.",
    "A parameter that names no attribute is ignored with Warning: 299 (8.3); an unknown attribute is refused with 400.",
    "Timezone Offset From UTC is understood as a key, but times are matched as they are written: Warning: 299 says so.",
    "Text tables (text/csv) are an extension; what a spreadsheet would run is quoted in them.",
)
