"""What each action of the trail is called in the standards: one row each, from which all forms are made.

DICOM's events are those of PS3.15 A.5.3, with the codes of PS3.16 CID 400 and 401. Patterns are those of IHE Basic
Audit Log Patterns (BALP 1.1.4); what has none there is told by DICOM's codes alone, which FHIR takes as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Pattern(StrEnum):
    """By which pattern of BALP an event is told."""

    READ = "read"
    QUERY = "search"
    CREATE = "create"
    EXPORT = "export"
    NONE = ""


@dataclass(frozen=True)
class Code:
    """A code of the DICOM Controlled Terminology (DCM), with its meaning there."""

    code: str
    meaning: str


@dataclass(frozen=True)
class Meaning:
    """An action in the standards' words: what was done, C R U D E, and what is more special about it."""

    event: Code
    action: str
    types: tuple[Code, ...] = ()
    pattern: Pattern = Pattern.NONE


# PS3.16 CID 400
LOG_USED = Code("110101", "Audit Log Used")
ACCESSED = Code("110103", "DICOM Instances Accessed")
TRANSFERRED = Code("110104", "DICOM Instances Transferred")
STUDY_DELETED = Code("110105", "DICOM Study Deleted")
EXPORT = Code("110106", "Export")
PATIENT_RECORD = Code("110110", "Patient Record")
QUERY = Code("110112", "Query")
ALERT = Code("110113", "Security Alert")
AUTHENTICATION = Code("110114", "User Authentication")
# PS3.16 CID 401
LOGIN = Code("110122", "Login")
LOGOUT = Code("110123", "Logout")
EMERGENCY = Code("110127", "Emergency Override Started")
RESTRICTED = Code("110132", "Use of Restricted Function")
OBJECT_SECURITY = Code("110135", "Object Security Attributes Changed")
ROLES = Code("110136", "Security Roles Changed")
USER_SECURITY = Code("110137", "User security Attributes Changed")

_READ = Meaning(ACCESSED, "R", pattern=Pattern.READ)
_QUERY = Meaning(QUERY, "E", pattern=Pattern.QUERY)
_GONE = Meaning(ACCESSED, "D")
_STUDY_GONE = Meaning(STUDY_DELETED, "D")
_USER = Meaning(ALERT, "E", (USER_SECURITY,))
_OPENED_TO = Meaning(ALERT, "E", (OBJECT_SECURITY,))
_LOG = Meaning(LOG_USED, "R")
# PS3.15 A.5.3.11: whoever is refused used what is not for them, or tried to.
REFUSED = Meaning(ALERT, "E", (RESTRICTED,))
# What is written by a newer version than this one, or by nobody that is known here.
UNKNOWN = Meaning(ALERT, "E", (RESTRICTED,))

MEANINGS: dict[str, Meaning] = {
    "study opened": _READ,
    "thumbnail seen": _READ,
    "studies searched": _QUERY,
    "series searched": _QUERY,
    "instances searched": _QUERY,
    "priors searched": _QUERY,
    "objects exported": Meaning(EXPORT, "R", pattern=Pattern.EXPORT),
    "object stored": Meaning(TRANSFERRED, "C", pattern=Pattern.CREATE),
    "study restored": Meaning(TRANSFERRED, "C"),
    "series restored": Meaning(TRANSFERRED, "C"),
    "instance restored": Meaning(TRANSFERRED, "C"),
    "study deleted": _STUDY_GONE,
    "series deleted": _GONE,
    "instance deleted": _GONE,
    "study erased": _STUDY_GONE,
    "series erased": _GONE,
    "instance erased": _GONE,
    "bin entry found": _GONE,
    "bin read": Meaning(ACCESSED, "R"),
    "object received": Meaning(TRANSFERRED, "C"),
    "received read": Meaning(ACCESSED, "R"),
    "received matched": Meaning(PATIENT_RECORD, "U"),
    "received rejected": Meaning(ACCESSED, "D"),
    "changes searched": Meaning(QUERY, "E"),
    "object refused": Meaning(TRANSFERRED, "C"),
    "patient changed": Meaning(PATIENT_RECORD, "U"),
    "signed in": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "signed out": Meaning(AUTHENTICATION, "E", (LOGOUT,)),
    "session ended": Meaning(AUTHENTICATION, "E", (LOGOUT,)),
    "session locked": Meaning(AUTHENTICATION, "E", (LOGOUT,)),
    "session unlocked": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "sign-in failed": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "key refused": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "refused": REFUSED,
    "password changed": _USER,
    "authenticator added": _USER,
    "authenticator removed": _USER,
    "authenticator reset": _USER,
    "api key issued": _USER,
    "api key revoked": _USER,
    "account created": _USER,
    "role changed": Meaning(ALERT, "E", (ROLES,)),
    "account changed": Meaning(ALERT, "E", (ROLES, USER_SECURITY)),
    "accounts read": Meaning(ALERT, "E", (RESTRICTED,)),
    "locked studies searched": Meaning(QUERY, "E"),
    "glass broken": Meaning(ALERT, "E", (EMERGENCY,)),
    "glass breaks read": Meaning(ALERT, "E", (RESTRICTED,)),
    "glass break reviewed": Meaning(ALERT, "E", (OBJECT_SECURITY,)),
    "access explained": Meaning(ALERT, "E", (RESTRICTED,)),
    "patient tied": _OPENED_TO,
    "patient untied": _OPENED_TO,
    "study granted": _OPENED_TO,
    "studies granted": _OPENED_TO,
    "group changed": _OPENED_TO,
    "institution changed": _OPENED_TO,
    "study moved": _OPENED_TO,
    "grant revoked": _OPENED_TO,
    "link issued": _OPENED_TO,
    "health link issued": _OPENED_TO,
    "link copied": Meaning(EXPORT, "R", pattern=Pattern.EXPORT),
    "link copy erased": _STUDY_GONE,
    "link extended": _OPENED_TO,
    "link pin renewed": _OPENED_TO,
    "link revoked": _OPENED_TO,
    "link code sent": _OPENED_TO,
    "link opened": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "link answer wrong": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "link refused": Meaning(AUTHENTICATION, "E", (LOGIN,)),
    "audit read": _LOG,
    "audit searched": _LOG,
    "audit exported": _LOG,
    "audit verified": _LOG,
    "own audit searched": _LOG,
}


def meaning_of(action: str) -> Meaning:
    """What the standards call it."""
    return MEANINGS.get(action, UNKNOWN)


def actions_of(letter: str) -> frozenset[str]:
    """The actions that this letter tells: C, R, U, D or E."""
    return frozenset(action for action, meaning in MEANINGS.items() if meaning.action == letter)
