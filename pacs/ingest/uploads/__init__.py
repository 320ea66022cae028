"""Files that a browser sends in pieces: received durably, resumed after anything, then taken in and answered for."""
