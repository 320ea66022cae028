"""De-identification by PS3.15 Annex E. Pure: it knows pydicom and no room of Lightbox, and runs in the sandbox.

A copy is made by `copies.deidentified(path, choices, key)`: a new head for the file, and where in the file its pixels
lie. `blackened.blackened_frame` writes frames anew where regions have to go. `risks` tells which objects a person has
to look at first, and which cannot be handed on at all. What was chosen is `choices.Choices`; all that stands in for an
identity comes from one key of 32 bytes: objects copied under one key refer to each other as their originals did, and
under another key to nothing.

How it is used lies above, where there is a database: `pacs.media.deidentified` makes the copies of a study.
"""
