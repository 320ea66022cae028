"""The Native DICOM Model in XML (PS3.19 A.1) as the DICOM JSON that says the same (PS3.18 F.3.1). Pure; runs in the
sandbox.

A document type, and with it every entity, is refused: what is to be read stands in the document itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from pydicom.datadict import dictionary_VR

from pacs.ingest.composing.json_values import UNCLEAR
from pacs.ingest.scan import limits
from pacs.ingest.scan.unreadable import Unreadable

ROOT = "NativeDicomModel"
GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
MOST_VALUES = 1 << 16  # of one attribute, by their numbers
FIRST_BLOCK, LAST_BLOCK = 0x10, 0xFF
JsonObject = dict[str, Any]


@dataclass
class _Node:
    """One element: its name without the name space, its attributes in lower case, what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def named(self, *names: str) -> list[_Node]:
        """The children of these names. Raises Unreadable where there are others."""
        if any(child.name not in names for child in self.children):
            raise Unreadable(UNCLEAR)
        return self.children


def dataset_of(document: bytes) -> JsonObject:
    """The data set of one document. Raises Unreadable: metadata_unclear, nested_too_deep, too_many_elements."""
    root = _parsed(document)
    if root.name != ROOT:
        raise Unreadable(UNCLEAR)
    return _dataset(root)


def _parsed(document: bytes) -> _Node:
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        raise Unreadable(UNCLEAR) from None
    return builder.root.children[0]


class _Builder:
    """Makes a tree of what the parser tells, within limits."""

    def __init__(self) -> None:
        self.root = _Node("")
        self._open = [self.root]
        self._count = 0

    def refuse(self, *_: Any) -> NoReturn:
        raise Unreadable(UNCLEAR)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > 4 * limits.MOST_ELEMENTS:  # an attribute, its value, and the parts of that
            raise Unreadable("too_many_elements")
        if len(self._open) > 2 * limits.DEEPEST_NESTING + 8:  # a sequence and its item are two
            raise Unreadable("nested_too_deep")
        told = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
        node = _Node(name.rpartition(" ")[2], told)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        self._open[-1].text += text


def _dataset(node: _Node) -> JsonObject:
    found: JsonObject = {}
    private: list[tuple[str, str, JsonObject]] = []
    for attribute in node.named("DicomAttribute"):
        tag, creator = (
            attribute.attributes.get("tag", "").upper(),
            attribute.attributes.get("privatecreator", ""),
        )
        element = _element(tag, attribute)
        if creator and tag[4:6] == "00":
            private.append((tag, creator, element))
        elif tag in found:
            raise Unreadable(UNCLEAR)
        else:
            found[tag] = element
    for tag, creator, element in private:
        place = f"{tag[:4]}{_block(found, tag[:4], creator):02X}{tag[6:]}"
        if place in found:
            raise Unreadable(UNCLEAR)
        found[place] = element
    return found


def _block(found: JsonObject, group: str, creator: str) -> int:
    """The block that this creator has in the group, reserved if it has none yet (PS3.5 7.8.1)."""
    for block in range(FIRST_BLOCK, LAST_BLOCK + 1):
        reserved = found.setdefault(f"{group}00{block:02X}", {"vr": "LO", "Value": [creator]})
        if reserved.get("Value") == [creator]:
            return block
    raise Unreadable(UNCLEAR)


def _element(tag: str, node: _Node) -> JsonObject:
    vr = node.attributes.get("vr") or _usual_vr(tag)
    kinds = {child.name for child in node.named("Value", "Item", "PersonName", "BulkData", "InlineBinary")}
    if len(kinds) > 1 or (kinds & {"BulkData", "InlineBinary"} and len(node.children) > 1):
        raise Unreadable(UNCLEAR)
    if not node.children:
        return {"vr": vr}
    first = node.children[0]
    if first.name == "BulkData":
        return {"vr": vr, "BulkDataURI": first.attributes.get("uri") or first.attributes.get("uuid", "")}
    if first.name == "InlineBinary":
        return {"vr": vr, "InlineBinary": "".join(first.text.split())}
    return {"vr": vr, "Value": list(_values(node))}


def _usual_vr(tag: str) -> str:
    try:
        return dictionary_VR(int(tag, 16)).split(" or ")[0]
    except (KeyError, ValueError):
        raise Unreadable(UNCLEAR) from None


def _values(node: _Node) -> Iterator[Any]:
    """In the order of their numbers; one that is not told is empty."""
    numbered: dict[int, _Node] = {}
    for place, child in enumerate(node.children, 1):
        told = child.attributes.get("number", str(place))
        number = int(told) if told.isdecimal() and len(told) < 10 else 0
        if not 1 <= number <= MOST_VALUES or number in numbered:
            raise Unreadable(UNCLEAR)
        numbered[number] = child
    for number in range(1, max(numbered) + 1):
        yield _value(numbered[number]) if number in numbered else None


def _value(node: _Node) -> Any:
    if node.name == "Item":
        return _dataset(node)
    if node.name == "PersonName":
        return {child.name: _name(child) for child in node.named(*GROUPS)}
    return node.text if not node.named() else None


def _name(group: _Node) -> str:
    parts = {child.name: child.text for child in group.named(*COMPONENTS)}
    return "^".join(parts.get(component, "") for component in COMPONENTS).rstrip("^")
