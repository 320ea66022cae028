"""A share link as a SMART Health Link (HL7 SMART Health Cards and Links, STU 1): what it hands out, sealed.

Whose link it is, until when, and how often it was guessed at is the share link's: pacs.access.
"""
