"""Addresses of the doors in front of Django, as patterns with names in braces."""

from __future__ import annotations

import re

_KINDS = {"uid": r"[0-9.]{1,64}", "digits": r"[0-9]{1,9}", "text": r"[^/]{1,1024}", "rest": r".{1,1024}"}
_NAME = re.compile(r"\{(\w+)(?::(\w+))?\}")


def path_pattern(path: str) -> re.Pattern[str]:
    """`{name}` stands for a UID's characters, `{name:digits}` for a number, `{name:text}` for anything but a slash.

    All else is a regular expression.
    """
    return re.compile(_NAME.sub(lambda found: f"(?P<{found[1]}>{_KINDS[found[2] or 'uid']})", path))
