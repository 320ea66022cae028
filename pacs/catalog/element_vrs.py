"""The VR of a received element, also where its file does not tell it (PS3.5 6.2.2). Runs in the sandbox; pure.

In implicit VR, and where a gateway that did not know it has written UN, it is that of PS3.6; of a private element it is
that of its creator, as far as pydicom's private dictionary has it. What pydicom would say is said here, sooner.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydicom._dicom_dict import DicomDictionary
from pydicom._private_dict import private_dictionaries
from pydicom.datadict import private_dictionary_VR
from pydicom.dataelem import RawDataElement

from pacs.catalog.plain_values import PlainElement

UNKNOWN = "UN"
CREATOR_VR = "LO"
GROUP_LENGTH_VR = "UL"  # PS3.5 7.2
# PS3.5 6.2.2 note: longer ones may be UN because their VR has no room for their length.
SHORT_BYTES = 0xFFFF
# PS3.3 C.7.6.3.1.5, C.11.1.1.1: the first of their three numbers is told as if it had no sign, whatever their VR.
LUT_DESCRIPTORS = frozenset((0x00281101, 0x00281102, 0x00281103, 0x00283002))
# PS3.6, without repeating groups.
VR_OF: dict[int, str] = {int(tag): entry[0] for tag, entry in DicomDictionary.items()}


def vr_of(tag: int, raw: RawDataElement, before: Mapping[int, Any]) -> str | None:
    """The VR; None where pydicom must look. `before` are the elements of the same data set with lower tags."""
    told = raw.VR
    if told is not None and told != UNKNOWN:
        return told
    if tag >> 16 & 1:
        return _private_vr(tag, before)
    if told is None:
        return VR_OF.get(tag, None if tag & 0xFFFF else GROUP_LENGTH_VR)
    return UNKNOWN if raw.value is not None and len(raw.value) >= SHORT_BYTES else VR_OF.get(tag)


def _private_vr(tag: int, before: Mapping[int, Any]) -> str | None:
    """PS3.5 7.8.1: (gggg,0010-00FF) tell whose the elements (gggg,1000-FFFF) are."""
    number = tag & 0xFFFF
    if 0x0010 <= number < 0x0100:
        return CREATOR_VR
    creator = before.get(tag & 0xFFFF0000 | number >> 8)
    if number < 0x0100 or creator is None:
        return UNKNOWN
    if not isinstance(creator, PlainElement) or not isinstance(creator.value, str):
        return None
    # Only what pydicom knows is remembered: anything else is text of a file.
    return _vr_of_creators(creator.value, tag) if creator.value in private_dictionaries else UNKNOWN


@lru_cache(maxsize=4096)
def _vr_of_creators(creator: str, tag: int) -> str:
    try:
        return str(private_dictionary_VR(tag, creator))
    except KeyError:
        return UNKNOWN
