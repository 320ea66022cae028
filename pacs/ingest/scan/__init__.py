"""Pure: what a DICOM file is made of, found by iteration over its bytes before any library sees them (promise P7)."""
