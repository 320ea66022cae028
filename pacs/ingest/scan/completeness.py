"""What an object must hold towards its end: one without it is a file that was cut between two elements (promise P3).

A cut inside an element shows in its length. A cut just between two leaves a file that reads well; what gives it away
is that the standard requires more of its SOP class. Where it requires nothing near the end, nothing can be told.
"""

from __future__ import annotations

from pacs.ingest.scan.unreadable import Unreadable
from pacs.ingest.scan.walk import PIXEL_ELEMENTS, Walk

SOP_CLASS_UID = 0x00080016
ROWS = 0x00280010
PIXEL_DATA_PROVIDER_URL = 0x00287FE0
STORAGE = "1.2.840.10008.5.1.4.1.1."

# PS3.3 A.1.4: the IODs whose Image Pixel module (or its floating point siblings) is mandatory, by PS3.4 B.5.
IMAGE_FAMILIES = (
    "1",  # CR, DX, mammography, intra-oral
    "2",  # CT
    "3",  # ultrasound multi-frame
    "6",  # ultrasound
    "7",  # secondary capture
    "12",  # XA, XRF
    "13.1",  # X-ray 3D, tomosynthesis
    "14",  # intravascular OCT
    "20",  # NM
    "30",  # parametric map
    "66.4",  # segmentation
    "66.7",  # label map segmentation
    "77.1",  # visible light, ophthalmic, whole slide
    "128",  # PET
    "130",  # enhanced PET
    "481.1",  # RT image
)
IMAGES = ("4", "4.1", "4.3", "4.4")  # MR, but not spectroscopy (4.2)
CONTENTS = {
    "9": 0x54000100,  # waveforms: Waveform Sequence
    "88": 0x0040A730,  # structured reports, key objects: Content Sequence
    "104": 0x00420011,  # PDF, CDA, STL: Encapsulated Document
    "481.3": 0x30060039,  # RT structure set: ROI Contour Sequence
}


def require_content(walk: Walk) -> None:
    """Raise Unreadable("pixels_missing" or "content_missing") where what the object is for is not there."""
    kind = _kind(walk)
    if PIXEL_ELEMENTS.isdisjoint(walk.top_level) and PIXEL_DATA_PROVIDER_URL not in walk.top_level:
        is_image = kind in IMAGES or any(_is_in(kind, family) for family in IMAGE_FAMILIES)
        if is_image or ROWS in walk.top_level:
            raise Unreadable("pixels_missing")
    for family, tag in CONTENTS.items():
        if _is_in(kind, family) and tag not in walk.top_level:
            raise Unreadable("content_missing")


def _kind(walk: Walk) -> str:
    """The SOP class below the root of all storage classes; empty for others."""
    uid = walk.small_value(SOP_CLASS_UID).decode("ascii", "replace")
    return uid.removeprefix(STORAGE) if uid.startswith(STORAGE) else ""


def _is_in(kind: str, family: str) -> bool:
    return kind == family or kind.startswith(f"{family}.")
