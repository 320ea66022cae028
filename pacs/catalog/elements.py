"""The elements of a data set by their tags as plain numbers. Runs in the sandbox; pure.

pydicom compares tags in Python, which at a hundred look-ups a file takes longer than reading it; and each look-up of
a value that cannot be read tries again. Here every element is converted once, and a plain one without pydicom.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag

from pacs.catalog.element_vrs import LUT_DESCRIPTORS, VR_OF, vr_of
from pacs.catalog.plain_values import PlainElement, plain_element

Element = DataElement | PlainElement
Elements = dict[int, Element | RawDataElement]


def elements_of(dataset: Dataset) -> Elements:
    """Every element of the data set's own level in the order of tags; one whose value pydicom cannot make sense of
    stays raw."""
    found: Elements = {}
    for number, tag, element in sorted(
        ((int(tag), tag, one) for tag, one in dataset.items()), key=itemgetter(0)
    ):
        found[number] = _plain(number, element, found) or _converted(dataset, tag)
    return found


def _plain(number: int, element: DataElement | RawDataElement, before: Elements) -> PlainElement | None:
    if not isinstance(element, RawDataElement) or number in LUT_DESCRIPTORS:
        return None
    vr = vr_of(number, element, before)
    return None if vr is None else plain_element(vr, VR_OF.get(number), element)


def _converted(dataset: Dataset, tag: BaseTag) -> Element | RawDataElement:
    try:
        return dataset[tag]
    except Exception:
        # Whatever pydicom raises on a bad value (it raises many kinds): one element is no reason to refuse a file.
        return dataset.get_item(tag, keep_deferred=True)


@cache
def tag_of(keyword: str) -> int:
    """The tag of a keyword of PS3.6. Raises KeyError for one that is none."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return int(tag)
