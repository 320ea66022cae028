"""Whether anything was committed to a file of SQLite's since it was last looked at, without asking SQLite.

In WAL mode every commit ends with writing the header of the WAL index: the memory, FILE-shm, that all processes share
which have the file open. It lies there twice, 48 bytes each, and counts transactions (sqlite.org/walformat.html, "The
WAL-Index File Format"). While both are what they were, so is the database. See decision 38.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sqlite3
import sys

HEADERS_BYTES = 2 * 48
VERSION = 3007000  # the first field of each; another format may count otherwise
IS_INIT = 12  # the byte that says that the header has been written


class WalIndex:
    """The headers of one file's WAL index. To be made once in a process: what it opens stays open.

    Raises sqlite3.Error, OSError; ValueError where the index is none that can be read here.
    """

    def __init__(self, name: str) -> None:
        # SQLite removes the index with the last connection: this one keeps it, and what is seen is no forgotten one.
        self._keeper = sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False)
        self._keeper.execute("PRAGMA query_only=ON")
        self._keeper.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
        # Never closed: with the first descriptor of a file that it closes a process loses all its locks on that file,
        # SQLite's as well (sqlite.org/howtocorrupt.html, 2.2). The map has a descriptor of its own, which would be
        # closed with it when the interpreter ends: one reference to it is never given back.
        descriptor = os.open(f"{os.path.realpath(name)}-shm", os.O_RDONLY)
        self._memory = mmap.mmap(descriptor, HEADERS_BYTES, prot=mmap.PROT_READ)
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._memory))
        if int.from_bytes(self._memory[:4], sys.byteorder) != VERSION or not self._memory[IS_INIT]:
            raise ValueError("a WAL index of another kind")

    def headers(self) -> bytes:
        """Both as they are now. What is being written differs from what it was, and from what it will be."""
        return self._memory[:]
