"""HEIC pictures: where their size, EXIF, XMP and coded pictures lie. Child only.

Source: ISO/IEC 23008-12 (HEIF), ISO/IEC 14496-12 (the item boxes).
"""

from typing import Any, NamedTuple

from evidence_tracker.sandbox.boxes import Box, Numbers, boxes, find

Place = tuple[int, int, int]


class Item(NamedTuple):
    """One item of a HEIF file."""

    number: int
    kind: bytes
    content_type: str


def picture_parts(content: memoryview) -> dict[str, Any]:
    """Return what a HEIC file holds beside its pixels: ``width``, ``height``, ``exif``, ``xmp`` (bytes)."""
    meta = find(content, b"meta")
    if meta is None:
        return {}
    places = item_places(meta)
    parts: dict[str, Any] = dict(_primary_size(meta))
    for item in items(meta):
        data = item_data(content, meta, places.get(item.number, []))
        if item.kind == b"Exif" and len(data) > 8:
            parts["exif"] = data[4 + int.from_bytes(data[:4], "big") :]
        elif item.kind == b"mime" and item.content_type == "application/rdf+xml":
            parts["xmp"] = data
    return parts


def items(meta: memoryview) -> list[Item]:
    """Return what the file says it consists of."""
    listing = find(meta, b"iinf")
    if listing is None:
        return []
    entries = listing[6:] if listing[0] == 0 else listing[8:]
    return [_item(box.body) for box in boxes(entries) if box.kind == b"infe" and box.body[0] in {2, 3}]


def _item(entry: memoryview) -> Item:
    wide = 2 if entry[0] == 3 else 0
    number, rest = int.from_bytes(entry[4 : 6 + wide], "big"), entry[8 + wide :]
    names = bytes(rest[4:]).split(b"\0")
    return Item(number, bytes(rest[:4]), names[1].decode("ascii", "replace") if len(names) > 1 else "")


def item_places(meta: memoryview) -> dict[int, list[Place]]:
    """Return for each item its pieces as (construction method, offset, length)."""
    listing = find(meta, b"iloc")
    if listing is None:
        return {}
    version, numbers = listing[0], Numbers(listing[4:])
    widths, more_widths = numbers.next(1), numbers.next(1)
    wide = 4 if version == 2 else 2
    places: dict[int, list[Place]] = {}
    for _ in range(numbers.next(wide)):
        number = numbers.next(wide)
        method = numbers.next(2) & 15 if version else 0
        numbers.next(2)
        base = numbers.next(more_widths >> 4)
        places[number] = []
        for _ in range(numbers.next(2)):
            numbers.next(more_widths & 15 if version else 0)
            offset, length = numbers.next(widths >> 4), numbers.next(widths & 15)
            places[number].append((method, base + offset, length))
    return places


def item_data(content: memoryview, meta: memoryview, places: list[Place]) -> bytes:
    """Return the bytes of one item, put together."""
    inside = find(meta, b"idat")
    sources = {0: content, 1: inside if inside is not None else memoryview(b"")}
    return b"".join(
        bytes(sources[method][start : start + length])
        for method, start, length in places
        if method in sources
    )


def _primary_size(meta: memoryview) -> dict[str, int]:
    """Return the size that is linked to the primary item."""
    number = primary(meta)
    return {} if number is None else _size_among(properties(meta).get(number, []))


def primary(meta: memoryview) -> int | None:
    """Return the number of the picture that is shown."""
    body = find(meta, b"pitm")
    return None if body is None else int.from_bytes(body[4:], "big")


def properties(meta: memoryview) -> dict[int, list[Box]]:
    """Return what is linked to each item, in the order in which it applies."""
    shared, links = find(meta, b"iprp", b"ipco"), find(meta, b"iprp", b"ipma")
    if shared is None or links is None:
        return {}
    known, linked = list(boxes(shared)), {}
    numbers, wide_item, wide_link = Numbers(links[4:]), links[0] > 0, links[3] & 1
    for _ in range(numbers.next(4)):
        item = numbers.next(4 if wide_item else 2)
        found = [
            numbers.next(2) & 0x7FFF if wide_link else numbers.next(1) & 0x7F for _ in range(numbers.next(1))
        ]
        linked[item] = [known[link - 1] for link in found if 0 < link <= len(known)]
    return linked


def references(meta: memoryview, kind: bytes) -> dict[int, list[int]]:
    """Return for each item those that it refers to: ``dimg`` its tiles, ``thmb`` what it is small of."""
    body = find(meta, b"iref")
    if body is None:
        return {}
    wide, found = 4 if body[0] else 2, {}
    for box in boxes(body[4:]):
        if box.kind == kind:
            numbers = Numbers(box.body)
            item = numbers.next(wide)
            found[item] = [numbers.next(wide) for _ in range(numbers.next(2))]
    return found


def _size_among(found: list[Box]) -> dict[str, int]:
    for kind, body in found:
        if kind == b"ispe":
            return {"width": int.from_bytes(body[4:8], "big"), "height": int.from_bytes(body[8:12], "big")}
    return {}
