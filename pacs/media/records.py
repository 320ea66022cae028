"""Which kind of directory record stands for an object, and with which keys (PS3.3 F.4 and F.5)."""

from __future__ import annotations

STORAGE = "1.2.840.10008.5.1.4.1.1."
IMAGE = "IMAGE"
# By the SOP Class UID behind STORAGE; the longest beginning that fits decides, and all else is an image.
TYPES = {
    "88.": "SR DOCUMENT",
    "88.59": "KEY OBJECT DOC",
    "11.": "PRESENTATION",
    "104.": "ENCAP DOC",
    "9.": "WAVEFORM",
    "4.2": "SPECTROSCOPY",
    "66": "RAW DATA",
    "66.1": "REGISTRATION",
    "66.2": "FIDUCIAL",
    "66.3": "REGISTRATION",
    "66.4": IMAGE,
    "66.5": "SURFACE",
    "66.6": "TRACT",
    "66.7": IMAGE,
    "67": "VALUE MAP",
    "481.2": "RT DOSE",
    "481.3": "RT STRUCTURE SET",
    "481.4": "RT TREAT RECORD",
    "481.5": "RT PLAN",
    "481.6": "RT TREAT RECORD",
    "481.7": "RT TREAT RECORD",
    "481.8": "RT PLAN",
    "481.9": "RT TREAT RECORD",
}
PATIENT_KEYS = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
STUDY_KEYS = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "StudyDescription",
    "StudyInstanceUID",
    "StudyID",
)
SERIES_KEYS = ("Modality", "SeriesInstanceUID", "SeriesDescription", "SeriesNumber")
_CONTENT = ("ContentDate", "ContentTime")
_DOCUMENT = ("ConceptNameCodeSequence", *_CONTENT)
_NAMED = ("ContentLabel", "ContentDescription", "ContentCreatorName", *_CONTENT)
OBJECT_KEYS = {
    IMAGE: (),
    "SR DOCUMENT": (
        "CompletionFlag",
        "VerificationFlag",
        *_DOCUMENT,
    ),
    "KEY OBJECT DOC": _DOCUMENT,
    "PRESENTATION": (
        "PresentationCreationDate",
        "PresentationCreationTime",
        "ContentLabel",
        "ContentDescription",
        "ContentCreatorName",
        "ReferencedSeriesSequence",
    ),
    "ENCAP DOC": (*_CONTENT, "DocumentTitle", "MIMETypeOfEncapsulatedDocument", "ConceptNameCodeSequence"),
    "WAVEFORM": _CONTENT,
    "SPECTROSCOPY": ("ImageType", *_CONTENT, "ReferencedImageEvidenceSequence"),
    "RAW DATA": _CONTENT,
    "REGISTRATION": _NAMED,
    "FIDUCIAL": _NAMED,
    "SURFACE": _NAMED,
    "TRACT": _NAMED,
    "VALUE MAP": _NAMED,
    "RT DOSE": ("DoseSummationType", "DoseComment"),
    "RT STRUCTURE SET": ("StructureSetLabel", "StructureSetDate", "StructureSetTime"),
    "RT PLAN": ("RTPlanLabel", "RTPlanDate", "RTPlanTime"),
    "RT TREAT RECORD": ("TreatmentDate", "TreatmentTime"),
}


def record_type(sop_class_uid: str) -> str:
    """The Directory Record Type (0004,1430) for an object of this class."""
    kind = sop_class_uid.removeprefix(STORAGE) if sop_class_uid.startswith(STORAGE) else ""
    for length in range(len(kind), 0, -1):
        beginning = kind[:length]
        is_whole = length == len(kind) or kind[length] == "." or beginning.endswith(".")
        if beginning in TYPES and is_whole:
            return TYPES[beginning]
    return IMAGE


def object_keys(kind: str) -> tuple[str, ...]:
    """The keys of an object's record of this type."""
    return ("InstanceNumber", *OBJECT_KEYS[kind])
