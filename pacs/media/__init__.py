"""What leaves on a medium (PS3.10): file IDs, a DICOMDIR, and the zip they travel in."""
