"""The rows of Store (STOW-RS, PS3.18 10.5)."""

from __future__ import annotations

from pacs.dicomweb.media_types import PIXEL_MEDIA
from pacs.dicomweb.transactions import DICOM, DICOM_JSON, DICOM_XML, JSON, Transaction

METADATA_AND_BULKDATA = f'multipart/related; type="{DICOM_JSON}"'

STORED = {
    200: "All objects are kept, or were here already.",
    202: "Some objects are kept, others not: the body says of each why.",
    409: "No object is kept: the body says of each why.",
    413: "The body is longer than the server takes.",
    415: "The body is of another media type.",
    507: "There is no room left.",
}

TAKES = (DICOM, "application/dicom", METADATA_AND_BULKDATA, DICOM_JSON, DICOM_XML)
STORES = (
    Transaction(
        name="Store Instances",
        method="POST",
        path="/studies",
        clause="10.5",
        takes=TAKES,
        gives=(DICOM_JSON, JSON, DICOM_XML, "application/dicom+xml"),
        answers=STORED,
    ),
    Transaction(
        name="Store Study Instances",
        method="POST",
        path="/studies/{study}",
        clause="10.5",
        takes=TAKES,
        gives=(DICOM_JSON, JSON, DICOM_XML, "application/dicom+xml"),
        answers=STORED,
    ),
)
REMARKS = (
    "Every SOP class is taken. Metadata without bulkdata need no envelope. XML (PS3.19 A.1) is taken without a "
    "document type, a part for each object.",
    "Metadata come before the bulkdata that they refer to (8.6.1.2). A part is found by its Content-Location, which is "
    "the BulkDataURI, relative or whole; frames in an image media type come a part each (8.7.3.3.2): all under that "
    "address, in their order, or under …/frames/1 and so on, as they are retrieved. Of two parts under one address the "
    "first counts.",
    "Pixels are kept in the transfer syntax that they come in: octets as Explicit VR Little Endian; others by the "
    "transfer-syntax parameter of their part, else as the codestream says, else in the default of the media type "
    f"(Table 8.7.3-5). Media types of pixels: {', '.join(PIXEL_MEDIA)}. Where the Image Pixel Description Macro is "
    "left out, it is taken from a JPEG, JPEG-LS, JPEG 2000 or HTJ2K stream.",
    "The object that is made of them is one Part 10 file, and what is retrieved later. Text is kept as UTF-8; the file "
    "meta information is ours.",
    "Failure Reasons: 0110H (what is malformed, did not come or came twice), A7xxH (no room, too busy), A900H (the "
    "data set does not match its SOP class), A901H (another study than the one addressed), B00EH (the SOP Instance UID "
    "is taken by other bytes), C000H (metadata that cannot be understood), C122H (a transfer syntax that is not "
    "taken).",
)
