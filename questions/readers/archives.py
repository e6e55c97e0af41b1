"""What a zip file really holds, before anything is unpacked into memory."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from questions.model import UnreadableFile

MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes that all members of an archive may have together."""
_MOST_MEMBERS = 5_000
_DAMAGED = "文件已损坏，打不开；请用 Excel 或 WPS 打开后另存一份，再导入。"
_TOO_LARGE = "文件解开后超过 64 MB，不像是题库；请只留下题目，另存为新的 xlsx 后再导入。"


def open_archive(data: bytes) -> ZipFile:
    """The archive, once its declared and its real sizes are known to be bearable.

    Raises UnreadableFile for a damaged, encrypted or oversized archive.
    """
    try:
        archive = ZipFile(BytesIO(data))
        members = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeDecodeError) as error:
        raise UnreadableFile(_DAMAGED) from error
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise UnreadableFile(_TOO_LARGE)
    left = MOST_UNPACKED
    for member in members:
        if member.flag_bits & 1:
            raise UnreadableFile("文件设了密码，读不了；请去掉密码，另存一份后再导入。")
        left -= _real_size(data, member, left)
    return archive


def _real_size(data: bytes, member: ZipInfo, limit: int) -> int:
    """The unpacked size, found by unpacking piece by piece and keeping nothing; the declared one may lie."""
    start = member.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise UnreadableFile(_DAMAGED)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    body = memoryview(data)[start + 30 + name_length + extra_length :][: member.compress_size]
    if member.compress_type == ZIP_STORED:
        return len(body)
    if member.compress_type != ZIP_DEFLATED:
        raise UnreadableFile(_DAMAGED)
    unpacker, size, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(body)
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
            if size > limit:
                raise UnreadableFile(_TOO_LARGE)
    except zlib.error as error:
        raise UnreadableFile(_DAMAGED) from error
    return size


def read_member(archive: ZipFile, name: str) -> bytes:
    """One member's bytes. Raises UnreadableFile where it is missing or damaged."""
    try:
        return archive.read(name)
    except (KeyError, BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise UnreadableFile(_DAMAGED) from error
