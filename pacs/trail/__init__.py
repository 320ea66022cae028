"""The trail as others read it: FHIR AuditEvent, audit messages of DICOM PS3.15 A.5, syslog."""
