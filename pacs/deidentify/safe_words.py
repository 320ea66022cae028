"""Words that may stay in a description: of the body, of modalities and of technique (PS3.15 E.3.5, note 2).

All others go. So "CT chest abdomen pelvis - 55F Dr. Smith" becomes "CT chest abdomen pelvis".
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydicom.sr.codedict import codes

# Anatomic regions and modifiers, modalities, laterality, views, contrast agents (PS3.16).
LISTS = ("cid4", "cid2", "cid29", "cid244", "cid247", "cid12", "cid26", "cid4031", "cid4010")
TECHNIQUE = Path(__file__).with_name("technique_words.txt")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def cleaned(text: str, names: frozenset[str] = frozenset()) -> str:
    """The words of the text that are known to be safe, with a space between. `names`, casefolded, are not safe here."""
    safe = safe_words() - names
    return " ".join(word for word in _WORD.findall(text) if word.casefold() in safe)


@cache
def safe_words() -> frozenset[str]:
    """Casefolded."""
    words = set(TECHNIQUE.read_text(encoding="ascii").split())
    for name in LISTS:
        concepts = getattr(codes, name)
        for keyword in concepts.dir():
            meaning = getattr(concepts, keyword).meaning
            words.update(
                word.casefold() for word in _WORD.findall(meaning) if not any(map(str.isdigit, word))
            )
    return frozenset(words)
