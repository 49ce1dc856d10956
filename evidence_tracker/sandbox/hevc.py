"""Single pictures of HEVC, as phones write them into HEIC, decoded by libde265. Child only.

The library's own interface is called, not libheif's: that one starts threads, which a worker may
not. It is looked for in the system and in the package pi-heif, which brings it along; without it
such pictures are not shown. Source: libde265's ``de265.h``, ISO/IEC 14496-15 (``hvcC``).
"""

import ctypes
import sys
from collections.abc import Iterator
from ctypes import POINTER, byref, c_int, c_int64, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

GREY, MOST_STEPS = 0, 10_000
#: Weights of red and blue in the light of a pixel, by the number of the matrix (ISO/IEC 23091-2).
LIGHT = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}
USUAL_LIGHT = (0.299, 0.114)


class Plane(NamedTuple):
    """One component of a picture, rows padded to ``stride`` bytes."""

    data: bytes
    stride: int
    width: int
    height: int


@cache
def library() -> Any:
    """Load libde265 once, before the rights are given up; None where there is none."""
    for name in _places():
        try:
            loaded = ctypes.CDLL(name)
        except OSError:
            continue
        return _declared(loaded)
    return None


def _places() -> Iterator[str]:
    yield "libde265.so.0" if sys.platform == "linux" else "libde265.dylib"
    spec = find_spec("pi_heif")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent.parent / "pi_heif.libs"
        yield from map(str, sorted(folder.glob("libde265*")))


def _declared(loaded: Any) -> Any:
    handle, number = c_void_p, c_int
    for name, result, arguments in (
        ("new_decoder", handle, []),
        ("free_decoder", number, [handle]),
        ("push_NAL", number, [handle, ctypes.c_char_p, number, c_int64, handle]),
        ("flush_data", number, [handle]),
        ("decode", number, [handle, POINTER(c_int)]),
        ("get_next_picture", handle, [handle]),
        ("get_image_width", number, [handle, number]),
        ("get_image_height", number, [handle, number]),
        ("get_image_plane", handle, [handle, number, POINTER(c_int)]),
        ("get_bits_per_pixel", number, [handle, number]),
        ("get_chroma_format", number, [handle]),
        ("get_image_full_range_flag", number, [handle]),
        ("get_image_matrix_coefficients", number, [handle]),
    ):
        function = getattr(loaded, f"de265_{name}")
        function.restype, function.argtypes = result, arguments
    return loaded


def decode(configuration: bytes, coded: bytes) -> Image.Image:
    """Return one coded picture as ``L`` or ``RGB``; ValueError if it is broken.

    ``configuration`` is the body of its ``hvcC``, ``coded`` its pieces with four bytes of length
    in front of each.
    """
    decoder = library()
    if decoder is None:
        raise NotImplementedError("there is no decoder for it on this machine")
    handle = decoder.de265_new_decoder()
    try:
        for piece in (*_parameters(configuration), *_pieces(coded)):
            decoder.de265_push_NAL(handle, piece, len(piece), 0, None)
        decoder.de265_flush_data(handle)
        return _picture(decoder, _first(decoder, handle))
    finally:
        decoder.de265_free_decoder(handle)


def _parameters(configuration: bytes) -> Iterator[bytes]:
    """Go through the parameter sets."""
    place, arrays = 23, configuration[22]
    for _ in range(arrays):
        count, place = int.from_bytes(configuration[place + 1 : place + 3], "big"), place + 3
        for _ in range(count):
            length, place = int.from_bytes(configuration[place : place + 2], "big"), place + 2
            yield configuration[place : place + length]
            place += length


def _pieces(coded: bytes) -> Iterator[bytes]:
    place = 0
    while place + 4 <= len(coded):
        length, place = int.from_bytes(coded[place : place + 4], "big"), place + 4
        yield coded[place : place + length]
        place += length


def _first(decoder: Any, handle: Any) -> Any:
    """Decode until the first picture is out."""
    more = c_int(1)
    for _ in range(MOST_STEPS):
        failure = decoder.de265_decode(handle, byref(more))
        image = decoder.de265_get_next_picture(handle)
        if image:
            return image
        if failure or not more.value:
            break
    raise ValueError("its coded picture is broken")


def _picture(decoder: Any, image: Any) -> Image.Image:
    is_grey = decoder.de265_get_chroma_format(image) == GREY
    bits = decoder.de265_get_bits_per_pixel(image, 0)
    bands = [_band(_plane(decoder, image, number), bits) for number in range(1 if is_grey else 3)]
    full = decoder.de265_get_image_full_range_flag(image)
    matrix = decoder.de265_get_image_matrix_coefficients(image)
    if is_grey:
        return bands[0] if full else bands[0].point(lambda value: (value - 16) * 255 / 219)
    size = bands[0].size
    merged = Image.merge("RGB", [band if band.size == size else band.resize(size) for band in bands])
    return merged.convert("RGB", _to_rgb(LIGHT.get(matrix, USUAL_LIGHT), is_full=bool(full)))


def _plane(decoder: Any, image: Any, number: int) -> Plane:
    stride = c_int()
    start = decoder.de265_get_image_plane(image, number, byref(stride))
    width, height = (
        getattr(decoder, f"de265_get_image_{side}")(image, number) for side in ("width", "height")
    )
    return Plane(ctypes.string_at(start, stride.value * height), stride.value, width, height)


def _band(plane: Plane, bits: int) -> Image.Image:
    size = plane.width, plane.height
    if bits <= 8:
        return Image.frombuffer("L", size, plane.data, "raw", "L", plane.stride, 1)
    deep = Image.frombuffer("I;16", size, plane.data, "raw", "I;16", plane.stride, 1)
    return deep.convert("I").point(lambda value: value / (1 << (bits - 8))).convert("L")


def _to_rgb(light: tuple[float, float], *, is_full: bool) -> tuple[float, ...]:
    """Return the matrix (of 3 rows of 4) from Y, Cb, Cr to red, green, blue."""
    red, blue = light
    green = 1 - red - blue
    scale, colour, black = (1.0, 1.0, 0.0) if is_full else (255 / 219, 255 / 224, 16.0)
    to_red, to_blue = 2 * (1 - red) * colour, 2 * (1 - blue) * colour
    rows = (
        (scale, 0.0, to_red),
        (scale, -to_blue * blue / green, -to_red * red / green),
        (scale, to_blue, 0.0),
    )
    return tuple(value for y, cb, cr in rows for value in (y, cb, cr, -y * black - 128 * (cb + cr)))
