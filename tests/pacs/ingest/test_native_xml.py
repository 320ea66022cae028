"""The Native DICOM Model in XML (PS3.19 A.1) is read as the DICOM JSON that says the same, and nothing else is read."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pydicom
import pytest

from pacs.dicomweb.native_xml import to_native_xml
from pacs.ingest.composing.native_xml import dataset_of
from pacs.ingest.scan.unreadable import Unreadable
from tests import builders


def model(*attributes: str) -> bytes:
    return f"<NativeDicomModel>{''.join(attributes)}</NativeDicomModel>".encode()


def attribute(tag: str, vr: str, content: str, more: str = "") -> str:
    return f'<DicomAttribute tag="{tag}" vr="{vr}"{more}>{content}</DicomAttribute>'


def test_what_we_write_is_read_as_what_it_was() -> None:
    told = pydicom.dcmread(BytesIO(builders.report(PatientName="Äther^Änne^^Dr.=山田^太郎"))).to_json_dict()
    texts = {tag: as_text(element) for tag, element in told.items()}
    assert {tag: as_text(one) for tag, one in dataset_of(to_native_xml(told)).items()} == texts


def as_text(element: dict[str, Any]) -> Any:
    """XML has no numbers."""
    if element["vr"] == "SQ":
        return [{tag: as_text(one) for tag, one in item.items()} for item in element.get("Value", [])]
    return [one if isinstance(one, dict) else str(one) for one in element.get("Value", [])]


@pytest.mark.parametrize(
    ("content", "element"),
    [
        ("", {"vr": "CS"}),
        ('<Value number="1">A</Value>', {"vr": "CS", "Value": ["A"]}),
        ('<Value number="3">C</Value><Value number="1">A</Value>', {"vr": "CS", "Value": ["A", None, "C"]}),
        ('<Value number="1"></Value>', {"vr": "CS", "Value": [""]}),
        ('<BulkData uri="x"/>', {"vr": "CS", "BulkDataURI": "x"}),
        ("<InlineBinary>AA\nAA</InlineBinary>", {"vr": "CS", "InlineBinary": "AAAA"}),
    ],
)
def test_how_values_are_written(content: str, element: dict[str, Any]) -> None:
    assert dataset_of(model(attribute("00080008", "CS", content))) == {"00080008": element}


def test_names_of_attributes_may_be_written_as_the_standards_example_does() -> None:
    """PS3.18 B.23 has Tag and VR."""
    told = (
        b'<n:NativeDicomModel xmlns:n="urn:x"><n:DicomAttribute Tag="00100020" VR="LO"/></n:NativeDicomModel>'
    )
    assert dataset_of(told) == {"00100020": {"vr": "LO"}}
    assert dataset_of(model('<DicomAttribute tag="00280010"/>')) == {"00280010": {"vr": "US"}}


def test_private_attributes_are_given_the_block_of_their_creator() -> None:
    """A.1.5: the block that they had is not sent."""
    told = dataset_of(
        model(
            attribute("00090002", "LO", '<Value number="1">b</Value>', ' privateCreator="BETA"'),
            attribute("00090001", "LO", '<Value number="1">a</Value>', ' privateCreator="ALPHA"'),
            attribute("00090001", "LO", '<Value number="1">b</Value>', ' privateCreator="BETA"'),
            attribute("00090010", "LO", '<Value number="1">ALPHA</Value>'),
        )
    )
    assert {tag: element["Value"] for tag, element in told.items()} == {
        "00090010": ["ALPHA"],
        "00091001": ["a"],
        "00090011": ["BETA"],
        "00091101": ["b"],
        "00091102": ["b"],
    }


def test_private_attributes_are_written_with_their_creator_and_without_their_block() -> None:
    """Table A.1.5-2: gggg00ee; at any depth. Group lengths are not written (A.1.1)."""
    told: dict[str, dict[str, Any]] = {
        "00080000": {"vr": "UL", "Value": [12]},
        "00090010": {"vr": "LO", "Value": ["ALPHA"]},
        "00090011": {"vr": "LO", "Value": ['B&"']},
        "00091001": {"vr": "LO", "Value": ["a"]},
        "00091101": {"vr": "LO", "Value": ["b"]},
        "00092001": {"vr": "LO", "Value": ["nobody's"]},
        "00101002": {
            "vr": "SQ",
            "Value": [
                {"00110040": {"vr": "LO", "Value": ["DEEP"]}, "001140EF": {"vr": "LO", "Value": ["d"]}}
            ],
        },
    }
    written = to_native_xml(told).decode()
    for expected in (
        '<DicomAttribute tag="00090001" privateCreator="ALPHA" vr="LO">',
        '<DicomAttribute tag="00090001" privateCreator=\'B&amp;"\' vr="LO">',
        '<DicomAttribute tag="00092001" vr="LO">',
        '<DicomAttribute tag="001100EF" privateCreator="DEEP" vr="LO">',
    ):
        assert expected in written
    for absent in ("00080000", "00090010", "00090011", "00110040", "001140EF"):
        assert absent not in written
    read = dataset_of(to_native_xml(told))
    assert read["00091001"]["Value"] == ["a"]
    assert read["00091101"]["Value"] == ["b"]
    assert read["00101002"]["Value"][0] == {
        "00110010": {"vr": "LO", "Value": ["DEEP"]},
        "001110EF": {"vr": "LO", "Value": ["d"]},
    }


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<",
        b"<NativeDicomModel>",
        b"<Other/>",
        b"<NativeDicomModel/><NativeDicomModel/>",
        model("<Value>1</Value>"),
        model(attribute("00080008", "CS", "<Value/><Item/>")),
        model(attribute("00080008", "CS", '<BulkData uri="a"/><BulkData uri="b"/>')),
        model(attribute("00080008", "CS", '<Value number="0"/>')),
        model(attribute("00080008", "CS", '<Value number="1"/><Value number="1"/>')),
        model(attribute("00080008", "CS", '<Value number="99999999"/>')),
        model(attribute("00080008", "CS", "<Value><b>A</b></Value>")),
        model(attribute("00080008", "CS", ""), attribute("00080008", "CS", "")),
        model(attribute("00100010", "PN", "<PersonName><Latin/></PersonName>")),
        model('<DicomAttribute tag="ABCDEF01"/>'),
        b'<!DOCTYPE a [<!ENTITY b "c">]><NativeDicomModel/>',
        b'<!DOCTYPE a SYSTEM "other.dtd"><NativeDicomModel/>',
        model(attribute("00080008", "CS", "<Value>&b;</Value>")),
    ],
)
def test_p7_what_is_no_such_model_is_refused(document: bytes) -> None:
    with pytest.raises(Unreadable, match="metadata_unclear"):
        dataset_of(document)


def test_p7_models_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = '<DicomAttribute tag="00081140" vr="SQ"><Item number="1">' * 70
    with pytest.raises(Unreadable, match="nested_too_deep"):
        dataset_of(f"<NativeDicomModel>{deep}".encode())
    monkeypatch.setattr("pacs.ingest.scan.limits.MOST_ELEMENTS", 10)
    with pytest.raises(Unreadable, match="too_many_elements"):
        dataset_of(model(*(attribute(f"0009{n:04X}", "UN", "") for n in range(50))))
