"""The pixels of HEIC pictures: one coded picture, or a grid of them. Child only.

Source: ISO/IEC 23008-12 (grids, rotation, mirroring, thumbnails).
"""

from typing import NamedTuple

from PIL import Image

from evidence_tracker.sandbox import heif, hevc
from evidence_tracker.sandbox.boxes import Box, Numbers, find

MOST_PIXELS = 200_000_000
MOST_TILES = 4_096
#: Counter-clockwise, in steps of a quarter.
TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
#: 0: about a vertical axis, 1: about a horizontal one.
MIRRORS = {0: Image.Transpose.FLIP_LEFT_RIGHT, 1: Image.Transpose.FLIP_TOP_BOTTOM}


class Heic(NamedTuple):
    """A HEIC file, opened."""

    content: memoryview
    meta: memoryview
    kinds: dict[int, bytes]
    places: dict[int, list[heif.Place]]
    properties: dict[int, list[Box]]
    tiles: dict[int, list[int]]


def picture(content: memoryview, edge: int) -> Image.Image:
    """Return the picture, upright, no smaller than ``edge`` pixels if it has that many.

    The small picture that phones put in is taken where it is large enough. ValueError where the file
    is broken or too large.
    """
    meta = find(content, b"meta")
    number = None if meta is None else heif.primary(meta)
    if meta is None or number is None:
        raise ValueError("it has no picture")
    file = Heic(
        content,
        meta,
        {item.number: item.kind for item in heif.items(meta)},
        heif.item_places(meta),
        heif.properties(meta),
        heif.references(meta, b"dimg"),
    )
    smaller = [item for item, of in heif.references(meta, b"thmb").items() if number in of]
    chosen = next((item for item in smaller if max(_size(file, item)) >= edge), number)
    image = _upright(_decoded(file, chosen), file.properties.get(number, []))
    profile = _profile(file, chosen) or _profile(file, number)
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _decoded(file: Heic, number: int) -> Image.Image:
    width, height = _size(file, number)
    if width * height > MOST_PIXELS:
        raise ValueError("the picture is too large to be decoded")
    if file.kinds.get(number) == b"grid":
        return _joined(file, number)
    configuration = _property(file, number, b"hvcC")
    if configuration is None:
        raise ValueError("its picture is coded in a way that is not read")
    return hevc.decode(configuration, _data(file, number))


def _joined(file: Heic, number: int) -> Image.Image:
    """Put the tiles of a grid together, row by row."""
    grid = Numbers(memoryview(_data(file, number)))
    _version, is_wide = grid.next(1), grid.next(1) & 1
    rows, columns = grid.next(1) + 1, grid.next(1) + 1
    width, height = grid.next(4 if is_wide else 2), grid.next(4 if is_wide else 2)
    tiles = file.tiles.get(number, [])
    if len(tiles) != rows * columns or len(tiles) > MOST_TILES or width * height > MOST_PIXELS:
        raise ValueError("its grid of pictures is broken")
    joined = Image.new("RGB", (width, height))
    for place, tile in enumerate(tiles):
        if file.kinds.get(tile) == b"grid":
            raise ValueError("its grid of pictures is broken")
        part = _decoded(file, tile)
        joined.paste(part, (place % columns * part.width, place // columns * part.height))
    return joined


def _upright(image: Image.Image, properties: list[Box]) -> Image.Image:
    for kind, body in properties:
        turn = (
            TURNS.get(body[0] & 3)
            if kind == b"irot"
            else MIRRORS.get(body[0] & 1)
            if kind == b"imir"
            else None
        )
        image = image if turn is None else image.transpose(turn)
    return image


def _data(file: Heic, number: int) -> bytes:
    return heif.item_data(file.content, file.meta, file.places.get(number, []))


def _size(file: Heic, number: int) -> tuple[int, int]:
    body = _property(file, number, b"ispe") or bytes(12)
    return int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big")


def _profile(file: Heic, number: int) -> bytes | None:
    body = _property(file, number, b"colr")
    return body[4:] if body is not None and body[:4] in {b"prof", b"rICC"} else None


def _property(file: Heic, number: int, kind: bytes) -> bytes | None:
    return next((bytes(box.body) for box in file.properties.get(number, []) if box.kind == kind), None)
