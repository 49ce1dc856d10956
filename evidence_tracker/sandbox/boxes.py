"""Boxes of ISO base media files, in which films and HEIC pictures of phones come. Child only.

Source: ISO/IEC 14496-12.
"""

import io
from collections.abc import Iterator
from typing import NamedTuple


class Box(NamedTuple):
    """A named stretch of bytes."""

    kind: bytes
    body: memoryview


def boxes(data: memoryview) -> Iterator[Box]:
    """Go through the boxes that fill ``data``; ValueError where one does not fit."""
    while len(data) >= 8:
        size, kind, header = int.from_bytes(data[:4], "big"), bytes(data[4:8]), 8
        if size == 1:
            size, header = int.from_bytes(data[8:16], "big"), 16
        size = size or len(data)
        if not header <= size <= len(data):
            raise ValueError(f"the box {kind!r} is longer than what contains it")
        yield Box(kind, data[header:size])
        data = data[size:]


def find(data: memoryview, *path: bytes) -> memoryview | None:
    """Return the body of the first box along ``path``; ``meta`` is stepped into in both its forms."""
    for kind in path:
        body = next((box.body for box in boxes(data) if box.kind == kind), None)
        if body is None:
            return None
        data = inside_meta(body) if kind == b"meta" else body
    return data


def inside_meta(body: memoryview) -> memoryview:
    """QuickTime's ``meta`` has no version field before its boxes, ISO's has."""
    return body if bytes(body[4:8]) == b"hdlr" else body[4:]


class Numbers:
    """Reads numbers of any width, one after the other."""

    def __init__(self, data: memoryview) -> None:
        self._stream = io.BytesIO(data)

    def next(self, width: int) -> int:
        """Return the next big-endian number of ``width`` bytes; ValueError at the end."""
        data = self._stream.read(width)
        if len(data) < width:
            raise ValueError("a list of places is cut off")
        return int.from_bytes(data, "big")
