"""The rows of Retrieve (WADO-RS, PS3.18 10.4)."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom.uid import UID

from pacs.dicomweb.media_types import DEFLATED, EXPLICIT_LITTLE, IMPLICIT_LITTLE, PIXEL_MEDIA
from pacs.dicomweb.transactions import DICOM, DICOM_JSON, DICOM_XML, JSON, Parameter, Transaction
from pacs.storage.transcode_encode import CODERS

STUDY = "/studies/{study}"
SERIES = f"{STUDY}/series/{{series}}"
INSTANCE = f"{SERIES}/instances/{{instance}}"
FRAME = f"{INSTANCE}/frames/{{frame}}"
FRAMES = f"{INSTANCE}/frames/{{frames}}"
BULKDATA = f"{INSTANCE}/bulkdata/{{tags}}"
FRAME_TYPES = ('multipart/related; type="application/octet-stream"', "application/octet-stream", *PIXEL_MEDIA)
OBJECTS = (DICOM, "application/dicom", "application/zip")
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
FILM = "video/mp4"
READ = ("text/html", "text/plain", "text/xml", "application/pdf")
PICTURES_IN_PARTS = tuple(f'multipart/related; type="{kind}"' for kind in PICTURES)
RENDERED_IN_PARTS = tuple(f'multipart/related; type="{kind}"' for kind in (*PICTURES, *READ))
ONE_RENDERED = (
    "A multi-frame instance is given as a still of its first frame, as a film of all frames where image/gif or "
    "video/mp4 (H.264 baseline; where its encoder is installed) is liked better. Frames are windowed alike, and each "
    "is shown for as long as Frame Time Vector, Frame Time, Cine Rate or Recommended Display Frame Rate says, "
    "whichever is there first, else for 100 ms; in a GIF for 20 ms at least. A film of more than 2048 frames, or of "
    "more than 128 (GIF) or 512 (MP4) million pixels together, or that takes more than two minutes, is refused with "
    "413; its quality goes from 1 (CRF 40) to 100 (CRF 15). "
    "A structured report or key object selection is given as text/html (the default), text/plain or text/xml (the "
    "Native DICOM Model), in UTF-8; an encapsulated PDF, if its own bytes say that it is one, as application/pdf. "
    "Other encapsulated documents, and objects that have no rendered form, are refused with 406. A grayscale or "
    "pseudo-color softcopy presentation state is given as the image that it is for, by its own pipeline (PS3.4 N.2): "
    "modality and VOI LUT, presentation LUT, palette, shutter, spatial transformation, displayed area, graphics and "
    "texts in the colours of their layers; of several images each is a part. An image that is not open to the account "
    "makes it 404; masks, overlays, bitmap shutters and dashed lines are refused with 422, and so are other kinds of "
    "states. What asks for its true size is given a pixel for each, or as large as the viewport allows."
)
SEVERAL_RENDERED = (
    "Each picture, report and PDF is a part of its own, one of each instance, in their order, in the type that the "
    "client likes best of those that its kind has; kinds of which it takes none are left out. What turns out to have "
    "no picture is told in its part, as the JSON of its error."
)
SEVERAL_FRAMES = (
    "Each picture is a part of its own, in the order of the list; what turns out to have no picture is told in its "
    "part, as the JSON of its error."
)

RENDERING = (
    Parameter(name="accept", values="a media type", meaning="as the header field Accept, before it"),
    Parameter(
        name="viewport",
        values="vw,vh[,sx,sy[,sw,sh]]",
        meaning="the picture, or this region of it, fits into so many pixels; negative sw or sh flip it (8.3.5.1.3)",
    ),
    Parameter(
        name="window",
        values="center,width[,linear|linear-exact|sigmoid]",
        meaning="the VOI window (8.3.5.1.4)",
    ),
    Parameter(
        name="annotation",
        values="patient,technique",
        meaning="whose the picture is, how it was made, or both are written into it, in Latin letters; other keywords "
        "are ignored with Warning: 299 (8.3.5.1.1)",
    ),
    Parameter(
        name="iccprofile",
        values="no|yes|srgb|adobergb|rommrgb",
        meaning="the ICC profile in a JPEG, PNG or WebP of an image: none (the default), that of the object, of its "
        "optical path or within its JPEG (sRGB where it brings none), or one of these spaces, into which colours are "
        "converted by relative colorimetry; greys are taken to be sRGB; of other media types and of presentation "
        "states all but no is refused (8.3.5.1.5)",
    ),
    Parameter(
        name="charset", values="UTF-8, or a list with it", meaning="of texts; others are refused (8.3.3.2)"
    ),
    Parameter(name="quality", values="1 to 100", meaning="of JPEG, WebP and MP4 (8.3.5.1.2)"),
)

SMALL = (
    Parameter(name="accept", values="a media type", meaning="as the header field Accept, before it"),
    Parameter(name="viewport", values="vw,vh", meaning="of the thumbnail, else 256,256 (8.3.5.1.3)"),
    Parameter(name="charset", values="UTF-8, or a list with it", meaning="of texts, of which there are none"),
)
THUMBNAILS = (
    "Of a study, that of its series with the most frames; of a series, the frame of up to seven in its middle that "
    "holds most information; both fit into 256 x 256 pixels. An instance's is its first frame. What has no picture "
    "(reports, documents, presentation states, videos) is given as an icon with its modality, up to 512 x 512 pixels. "
    "No thumbnail holds anything that identifies a patient but what is burned into the image."
)

PARTIAL = {
    206: "The bytes that Range asks for.",
    304: "What the client has, by If-None-Match, is still right.",
    416: "There are no bytes in the range asked for.",
}
ACCEPT = (
    Parameter(name="accept", values="media types", meaning="as the header field Accept, before it (8.3.3.1)"),
)


def _named(syntaxes: Iterable[str]) -> str:
    return ", ".join(f"{UID(syntax).name} ({syntax})" for syntax in syntaxes)


SYNTAXES = (
    "As it was received, with transfer-syntax=*. Otherwise, where its pixels can be decoded and the syntax can hold "
    "them, as " + _named((EXPLICIT_LITTLE, IMPLICIT_LITTLE, DEFLATED, *CODERS)) + "."
)

RETRIEVALS = (
    *(
        Transaction(
            name=f"Retrieve {level}",
            method="GET",
            path=path,
            clause="10.4.1.1.1",
            gives=OBJECTS,
            parameters=ACCEPT,
            answers=PARTIAL,
            remark=SYNTAXES if level == "Instance" else "",
        )
        for level, path in (("Study", STUDY), ("Series", SERIES), ("Instance", INSTANCE))
    ),
    Transaction(
        name="Retrieve Frames",
        method="GET",
        path=FRAMES,
        clause="10.4.1.1.6",
        gives=(
            'multipart/related; type="application/octet-stream"',
            "application/octet-stream",
            *PIXEL_MEDIA,
        ),
        parameters=ACCEPT,
        answers=PARTIAL,
        remark="Frames are numbered from 1; several are separated by commas.",
    ),
    Transaction(
        name="Retrieve Bulkdata",
        method="GET",
        path=BULKDATA,
        clause="10.4.1.1.5",
        gives=(*FRAME_TYPES, "application/pdf", "text/xml", "model/stl"),
        parameters=ACCEPT,
        answers=PARTIAL,
        remark="The address is a tag, or tags with item numbers (from 1) between them, as metadata name it.",
    ),
    *(
        Transaction(
            name=f"Retrieve {level} {what}",
            method="GET",
            path=f"{path}/{place}",
            clause=clause,
            gives=(FRAME_TYPES[0], 'multipart/related; type="image/*"'),
            parameters=ACCEPT,
            answers={304: PARTIAL[304]},
        )
        for level, path in (("Study", STUDY), ("Series", SERIES), ("Instance", INSTANCE))
        for what, place, clause in (
            ("Bulkdata", "bulkdata", "10.4.3.3.5"),
            ("Pixel Data", "pixeldata", "10.4.3.3.6"),
        )
    ),
    *(
        Transaction(
            name=f"Retrieve {level} Metadata",
            method="GET",
            path=f"{path}/metadata",
            clause="10.4.1.1.2",
            gives=(DICOM_JSON, JSON, DICOM_XML),
            parameters=ACCEPT,
            answers={304: PARTIAL[304]},
        )
        for level, path in (("Study", STUDY), ("Series", SERIES), ("Instance", INSTANCE))
    ),
    *(
        Transaction(
            name=f"Retrieve Rendered {level}",
            method="GET",
            path=f"{path}/rendered",
            clause="10.4.1.1.3",
            gives=gives,
            parameters=RENDERING,
            remark=remark,
        )
        for level, path, gives, remark in (
            ("Study", STUDY, RENDERED_IN_PARTS, SEVERAL_RENDERED),
            ("Series", SERIES, RENDERED_IN_PARTS, ""),
            ("Instance", INSTANCE, (*PICTURES, FILM, *READ), ONE_RENDERED),
            ("Frames", FRAMES, PICTURES, SEVERAL_FRAMES),
        )
    ),
    *(
        Transaction(
            name=f"Retrieve {level} Thumbnail",
            method="GET",
            path=f"{path}/thumbnail",
            clause="10.4.1.1.4",
            gives=gives,
            parameters=parameters,
            remark=THUMBNAILS if level == "Study" else "",
        )
        for level, path, gives, parameters in (
            ("Study", STUDY, ("image/jpeg", "image/webp"), ()),
            ("Series", SERIES, ("image/jpeg", "image/webp"), ()),
            ("Instance", INSTANCE, PICTURES, SMALL),
            ("Frame", FRAME, PICTURES, SMALL),
        )
    ),
)
