"""What became of one object that was handed in: Stored, Duplicate or Rejected. Each door translates it once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GENERAL_FAILURE = 272  # PS3.18 Table I.2-2: 0110H, processing failure
VALIDATION_FAILURE = 43264  # A900H, data set does not match SOP class
STUDY_MISMATCH = 43265  # A901H as others use it: another study than the one addressed
NOT_UNDERSTOOD = 49152  # C000H, data elements that cannot be understood
SYNTAX_NOT_SUPPORTED = 49442  # C122H, the transfer syntax is not supported
ALREADY_EXISTS = 45070  # B00EH as others use it: the SOP Instance UID is taken


class Reason(StrEnum):
    """Why an object was not taken: a code for machines; message is for people and holds nothing of the file."""

    NOT_DICOM = "not_dicom"
    INDEX = "index"
    NO_TRANSFER_SYNTAX = "no_transfer_syntax"
    UNKNOWN_TRANSFER_SYNTAX = "unknown_transfer_syntax"
    TRUNCATED = "truncated"
    MALFORMED = "malformed"
    NESTED_TOO_DEEP = "nested_too_deep"
    TOO_MANY_ELEMENTS = "too_many_elements"
    INFLATES_TOO_FAR = "inflates_too_far"
    TOO_SLOW = "too_slow"
    CONTENT_MISSING = "content_missing"
    PIXELS_MISSING = "pixels_missing"
    PIXELS_TOO_SHORT = "pixels_too_short"
    PIXELS_UNCLEAR = "pixels_unclear"
    FRAMES_MISSING = "frames_missing"
    FRAMES_UNCLEAR = "frames_unclear"
    NO_IDENTIFIERS = "no_identifiers"
    ANOTHER_STUDY = "another_study"
    CONFLICT = "conflict"
    METADATA_UNCLEAR = "metadata_unclear"
    MEDIA_TYPE_UNKNOWN = "media_type_unknown"
    BULKDATA_MISSING = "bulkdata_missing"
    BULKDATA_UNASKED = "bulkdata_unasked"
    BULKDATA_TWICE = "bulkdata_twice"
    TOO_LARGE = "too_large"
    ARCHIVE_DAMAGED = "archive_damaged"
    ARCHIVE_UNSAFE = "archive_unsafe"
    ARCHIVE_TOO_BIG = "archive_too_big"
    ARCHIVE_IN_ARCHIVE = "archive_in_archive"
    ENCRYPTED = "encrypted"
    QUOTA = "quota"
    LINK_COPY = "link_copy"

    @property
    def message(self) -> str:
        """The reason in plain words."""
        return MESSAGES[self]

    @property
    def failure_reason(self) -> int:
        """The code of a STOW-RS answer, (0008,1197) (PS3.18 Table I.2-2)."""
        return FAILURE_REASONS.get(self, GENERAL_FAILURE)

    @property
    def is_no_object(self) -> bool:
        """Whether this was no image or document to begin with: passed over rather than refused, and not kept."""
        return self in (Reason.NOT_DICOM, Reason.INDEX)


MESSAGES = {
    Reason.NOT_DICOM: "This is not a DICOM file.",
    Reason.INDEX: "This is the index of a disc (DICOMDIR); the files beside it are read one by one.",
    Reason.NO_TRANSFER_SYNTAX: "The file does not say how it is encoded (no transfer syntax).",
    Reason.UNKNOWN_TRANSFER_SYNTAX: "The file is encoded in a way that is not part of DICOM.",
    Reason.TRUNCATED: "The file is cut short: its end is missing.",
    Reason.MALFORMED: "The file is damaged: it cannot be read to its end.",
    Reason.NESTED_TOO_DEEP: "The file nests its content deeper than is allowed.",
    Reason.TOO_MANY_ELEMENTS: "The file holds more elements than is allowed.",
    Reason.INFLATES_TOO_FAR: "The file is compressed so far that unpacking it is not allowed.",
    Reason.TOO_SLOW: "Reading the file took more time or memory than is allowed.",
    Reason.CONTENT_MISSING: "The document has no content.",
    Reason.PIXELS_MISSING: "The image has no pixels.",
    Reason.PIXELS_TOO_SHORT: "The image has fewer pixels than it says.",
    Reason.PIXELS_UNCLEAR: "The size or the encoding of the image cannot be told.",
    Reason.FRAMES_MISSING: "The image has fewer frames than it says.",
    Reason.FRAMES_UNCLEAR: "It cannot be told where each frame of the image begins.",
    Reason.NO_IDENTIFIERS: "The file lacks the identifiers of study, series or object, or they are not valid.",
    Reason.ANOTHER_STUDY: "The file belongs to another study than the one it was sent to.",
    Reason.CONFLICT: "Another file, series or patient is here under the same identifier; what was here stays as it is.",
    Reason.METADATA_UNCLEAR: "The metadata hold what is no DICOM JSON, or a value that does not fit its VR.",
    Reason.MEDIA_TYPE_UNKNOWN: "The pixels are of a media type or a transfer syntax that is not taken as bulkdata.",
    Reason.BULKDATA_MISSING: "A part that the metadata refer to did not come, or not in the length it should have.",
    Reason.BULKDATA_UNASKED: "A part came to whose Content-Location no metadata before it refer.",
    Reason.BULKDATA_TWICE: "A second part came with the same Content-Location; the first one counts.",
    Reason.TOO_LARGE: "A value is longer than the format can hold.",
    Reason.ARCHIVE_DAMAGED: "The archive is damaged.",
    Reason.ARCHIVE_UNSAFE: "The archive is made in a way that is not safe to unpack.",
    Reason.ARCHIVE_TOO_BIG: "The archive holds more than is allowed.",
    Reason.ARCHIVE_IN_ARCHIVE: "An archive within an archive is not opened.",
    Reason.ENCRYPTED: "The archive is locked with a password.",
    Reason.QUOTA: "More has come than this link takes.",
    Reason.LINK_COPY: "This is a copy without names that a link of this archive shows; the original is here.",
}

FAILURE_REASONS = {
    Reason.CONTENT_MISSING: VALIDATION_FAILURE,
    Reason.PIXELS_MISSING: VALIDATION_FAILURE,
    Reason.PIXELS_TOO_SHORT: VALIDATION_FAILURE,
    Reason.PIXELS_UNCLEAR: VALIDATION_FAILURE,
    Reason.FRAMES_MISSING: VALIDATION_FAILURE,
    Reason.FRAMES_UNCLEAR: VALIDATION_FAILURE,
    Reason.NO_IDENTIFIERS: VALIDATION_FAILURE,
    Reason.ANOTHER_STUDY: STUDY_MISMATCH,
    Reason.CONFLICT: ALREADY_EXISTS,
    Reason.METADATA_UNCLEAR: NOT_UNDERSTOOD,
    Reason.NESTED_TOO_DEEP: NOT_UNDERSTOOD,
    Reason.TOO_MANY_ELEMENTS: NOT_UNDERSTOOD,
    Reason.MEDIA_TYPE_UNKNOWN: SYNTAX_NOT_SUPPORTED,
    Reason.UNKNOWN_TRANSFER_SYNTAX: SYNTAX_NOT_SUPPORTED,
}


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """Which object; empty where the file could not be read so far."""

    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""


@dataclass(frozen=True, kw_only=True)
class Stored(Identifiers):
    """Kept, durably, and to be found (promise P1)."""


@dataclass(frozen=True, kw_only=True)
class Duplicate(Identifiers):
    """These very bytes were kept before: as good as Stored (promise P4)."""


@dataclass(frozen=True, kw_only=True)
class Rejected(Identifiers):
    """Not taken. The bytes lie in quarantine, unless they were no DICOM object at all (promise P3)."""

    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Received(Identifiers):
    """Kept aside, durably, until somebody says whose it is: what the guest of an upload link is told."""


Receipt = Stored | Duplicate | Rejected


def verdict_of(name: str, receipt: Receipt | Received) -> dict[str, str | None]:
    """The receipt as uploads and lists tell it; name is the sender's own name of the file, for their eyes."""
    reason = receipt.reason if isinstance(receipt, Rejected) else None
    return {
        "name": name,
        "verdict": verdict_word(receipt),
        "reason": reason.value if reason else None,
        "message": reason.message if reason else SUCCESS_MESSAGES[type(receipt)],
        "study": None if isinstance(receipt, Received) else receipt.study_instance_uid or None,
    }


SUCCESS_MESSAGES: dict[type[Identifiers], str] = {
    Stored: "Kept.",
    Duplicate: "Already here.",
    Received: "Received.",
}


def verdict_word(receipt: Receipt | Received) -> str:
    """stored, duplicate, rejected or skipped."""
    if isinstance(receipt, Rejected):
        return "skipped" if receipt.reason.is_no_object else "rejected"
    return "duplicate" if isinstance(receipt, Duplicate) else "stored"
