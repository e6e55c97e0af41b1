"""What a zip file really holds, unpacked piece by piece, never more than any bank needs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from questions.model import UnreadableFile

MOST_UNPACKED = 160 * 1024 * 1024
"""Bytes that all members of an archive may have together: a hundred thousand questions take about 80 MB."""
_MOST_MEMBERS = 5_000
_PIECE = 1 << 20
_DAMAGED = "文件已损坏，打不开；请用 Excel 或 WPS 打开后另存一份，再导入。"
_TOO_LARGE = f"文件解开后超过 {MOST_UNPACKED >> 20} MB，不像是题库；请只留下题目，另存为新的文件后再导入。"


def open_archive(data: bytes) -> ZipFile:
    """The archive, once the sizes that it declares are known to be bearable; `read_member` never gives more.

    Raises UnreadableFile for a damaged, encrypted or oversized archive.
    """
    if data.count(b"PK\x01\x02") > 2 * _MOST_MEMBERS:
        raise UnreadableFile(_TOO_LARGE)
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeDecodeError) as error:
        raise UnreadableFile(_DAMAGED) from error
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise UnreadableFile(_TOO_LARGE)
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile("文件设了密码，读不了；请去掉密码，另存一份后再导入。")
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in members):
        raise UnreadableFile(_DAMAGED)
    return archive


def read_member(archive: ZipFile, name: str) -> bytes:
    """One member's bytes. Raises UnreadableFile where it is missing, damaged or larger than it declares."""
    try:
        # In pieces: a member that is read at once is unpacked whole before its size is looked at.
        with archive.open(name) as member:
            return b"".join(iter(lambda: member.read(_PIECE), b""))
    except (
        KeyError,
        BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        ValueError,
        struct.error,
    ) as error:
        raise UnreadableFile(_DAMAGED) from error


def real_pieces(data: bytes, member: ZipInfo, most: int) -> Iterator[bytes]:
    """What a member really unpacks to, whatever it declares: for programs that may not look at what it declares.

    Raises UnreadableFile for a damaged member, and where it is more than `most` bytes.
    """
    start = member.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise UnreadableFile(_DAMAGED)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    rest = data[start + 30 + name_length + extra_length :][: member.compress_size]
    if member.compress_type == ZIP_STORED:
        yield rest
        return
    unpacker, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while rest and not unpacker.eof:
            piece = unpacker.decompress(rest, _PIECE)
            rest = unpacker.unconsumed_tail
            size += len(piece)
            if size > most:
                raise UnreadableFile(_TOO_LARGE)
            yield piece
    except zlib.error as error:
        raise UnreadableFile(_DAMAGED) from error
