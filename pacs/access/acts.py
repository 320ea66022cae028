"""The kinds of acts that rights are to: what a role's template lists."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """A kind of act, whatever it is done to."""

    SEARCH = "search"
    LIST = "list"  # the app's own lists, and what comes to them live
    VIEW = "view"
    DOWNLOAD = "download"  # objects and values as they are kept, rather than pictures
    SHARE = "share"
    STORE = "store"
    HAND_IN = "hand_in"  # what the guest of an upload link does: it waits until somebody says whose it is
    DELETE = "delete"  # to the bin, and back from it
    BREAK_GLASS = "break_glass"  # open what is not open to them, in an emergency
    ADMINISTER = "administer"
