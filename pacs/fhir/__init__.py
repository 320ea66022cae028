"""The door for FHIR R4: the audit trail as AuditEvent resources."""
