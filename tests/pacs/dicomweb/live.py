"""A client that others wrote (dicomweb-client) before the running application."""

from __future__ import annotations

from dicomweb_client.session_utils import create_session
from dicomweb_client.web import DICOMwebClient


def client_of(address: str, key: str) -> DICOMwebClient:
    """A client with this key and all else as it comes."""
    session = create_session()
    session.headers["Authorization"] = f"Bearer {key}"
    return DICOMwebClient(f"{address}/dicom-web", session=session)
