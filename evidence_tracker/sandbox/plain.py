"""Whether bytes are one of the two plain pictures that the child writes, told without decoding them.

What was drawn from a stranger's file goes on to a browser. A parser that was taken over could put
anything in its place; so only the parts of a JPEG or PNG that hold pixels may be there, each at
its place, and nothing behind the end. Layouts: ITU-T T.81 and JFIF 1.02, PNG 1.2.
"""

import re
import struct
import zlib
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
JFIF = b"JFIF\0"
START, END, FIRST_APPLICATION, FRAME, SCAN = 0xD8, 0xD9, 0xE0, 0xC0, 0xDA
TABLES = {0xC4, 0xDB}  # of Huffman codes, of quantisation
NOT_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7]")
COLOURS = {(8, 0), (8, 2)}  # eight bits of grey, or of red, green and blue


class Plain(NamedTuple):
    """A picture with nothing beside its pixels; width and height in pixels."""

    media_type: str
    width: int
    height: int


def plain_picture(content: bytes) -> Plain | None:
    """Return type and size of a plain picture, None if it is anything else."""
    try:
        if content.startswith(PNG):
            return _png(content)
        return _jpeg(content) if content.startswith(b"\xff\xd8\xff") else None
    except (struct.error, IndexError):
        return None


def _png(content: bytes) -> Plain | None:
    """One header, data in a row, one end."""
    place, kinds, size = len(PNG), [], (0, 0)
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, place + 8 + length)
        if checksum != zlib.crc32(kind + data):
            return None
        if kind == b"IHDR":
            width, height, *colour, packing, filters, interlaced = struct.unpack(">IIBBBBB", data)
            if tuple(colour) not in COLOURS or (packing, filters, interlaced) != (0, 0, 0):
                return None
            size = width, height
        kinds.append(kind)
        place += 12 + length
    is_plain = re.fullmatch(rb"IHDR( IDAT)+ IEND", b" ".join(kinds)) and min(size) > 0
    return Plain("image/png", *size) if is_plain else None


def _jpeg(content: bytes) -> Plain | None:
    """JFIF, tables, one frame, one scan (of the baseline process), the end."""
    place, size = 2, (0, 0)
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, place)
        data = content[place + 4 : place + 2 + length]
        if mark != 0xFF or (place == 2) is not (kind == FIRST_APPLICATION):
            return None
        if kind == FIRST_APPLICATION and (not data.startswith(JFIF) or len(data) != 14):
            return None
        place += 2 + length
        if kind == SCAN:
            break
        if kind == FRAME and size == (0, 0):
            height, width = struct.unpack_from(">HH", data, 1)
            size = width, height
        elif kind != FIRST_APPLICATION and kind not in TABLES:
            return None
    end = NOT_PIXELS.search(content, place)
    is_plain = end and end.start() == len(content) - 2 and content.endswith(bytes([0xFF, END]))
    return Plain("image/jpeg", *size) if is_plain and min(size) > 0 else None
