"""Zip archives, honest and hostile, made by code. Each hostile one shows one way to hurt who opens it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

LINK_MODE = 0o120777
DEVICE_MODE = 0o060666


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these names and contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def with_mode(mode: int) -> bytes:
    """One member that is a link or a device by its Unix mode."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("innocent.dcm")
        entry.external_attr = mode << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def bomb(blown_up_bytes: int) -> bytes:
    """One member of zeros."""
    return zipped(("zeros.dcm", b"\0" * blown_up_bytes))


def overlapping(entries: int = 50) -> bytes:
    """Many directory entries that all point at the same compressed bytes (as in better zip bombs)."""
    content = b"\0" * 100_000
    packed = _deflated(content)
    name = b"one.dcm"
    local = _local(name, content, packed) + packed
    directory = b"".join(_central(name, content, packed, 0) for _ in range(entries))
    return local + directory + _end(entries, len(directory), len(local))


def overlapping_by_quotation() -> bytes:
    """Two entries, the first of which reaches over the second's header."""
    inner_content = b"\1" * 1000
    inner = _local(b"b.dcm", inner_content, inner_content, method=0) + inner_content
    outer = _local(b"a.dcm", inner, inner, method=0)
    directory = _central(b"a.dcm", inner, inner, 0, method=0) + _central(
        b"b.dcm", inner_content, inner_content, len(outer), method=0
    )
    return outer + inner + directory + _end(2, len(directory), len(outer) + len(inner))


def into_the_directory() -> bytes:
    """An entry whose bytes reach into the central directory."""
    content = b"\2" * 50
    claimed = b"\2" * 120
    local = _local(b"c.dcm", claimed, claimed, method=0) + content
    directory = _central(b"c.dcm", claimed, claimed, 0, method=0)
    return local + directory + _end(1, len(directory), len(local))


def understated(content: bytes) -> bytes:
    """An entry that says it is 10 bytes long and inflates to more."""
    packed = _deflated(content)
    said = content[:10]
    local = _local(b"small.dcm", said, packed) + packed
    directory = _central(b"small.dcm", said, packed, 0)
    return local + directory + _end(1, len(directory), len(local))


def claiming(entries: int, directory_bytes: int = 46) -> bytes:
    """An end record that promises a directory this long."""
    return b"PK\x03\x04" + b"\0" * 26 + _end(entries, directory_bytes, 30)


def encrypted() -> bytes:
    """A member that says it has a password."""
    content = b"secret" * 20
    local = _local(b"e.dcm", content, content, method=0, flags=1) + content
    directory = _central(b"e.dcm", content, content, 0, method=0, flags=1)
    return local + directory + _end(1, len(directory), len(local))


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(content) + deflater.flush()


def _local(name: bytes, content: bytes, packed: bytes, method: int = 8, flags: int = 0) -> bytes:
    checksum = zlib.crc32(content)
    return (
        struct.pack(
            "<4sHHHHHIIIHH",
            b"PK\x03\x04",
            20,
            flags,
            method,
            0,
            0x21,
            checksum,
            len(packed),
            len(content),
            len(name),
            0,
        )
        + name
    )


def _central(
    name: bytes, content: bytes, packed: bytes, offset: int, method: int = 8, flags: int = 0
) -> bytes:
    sizes = (zlib.crc32(content), len(packed), len(content), len(name), 0, 0, 0, 0, 0, offset)
    return struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, flags, method, 0, 0x21, *sizes) + name


def _end(entries: int, directory_bytes: int, directory_offset: int) -> bytes:
    shown = min(entries, 0xFFFF)
    return struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, shown, shown, directory_bytes, directory_offset, 0)
