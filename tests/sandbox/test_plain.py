"""What goes on to a browser is held to be a picture and nothing else, without decoding it."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evidence_tracker.sandbox.plain import Plain, plain_picture

from .conftest import picture


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def segment(kind, data=b""):
    return bytes([0xFF, kind]) + struct.pack(">H", len(data) + 2) + data


JPEG, PNG = picture("JPEG"), picture("PNG")


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_the_child_writes_is_plain(mode):
    assert plain_picture(picture("JPEG", mode=mode)) == Plain("image/jpeg", 40, 30)
    assert plain_picture(picture("JPEG", mode=mode, subsampling=0)) == Plain("image/jpeg", 40, 30)
    assert plain_picture(picture("PNG", mode=mode)) == Plain("image/png", 40, 30)


def test_a_large_picture_of_many_parts_is_plain():
    content = io.BytesIO()
    Image.effect_noise((1_600, 1_200), 90).convert("RGB").save(content, "PNG")
    assert content.getvalue().count(b"IDAT") > 10
    assert plain_picture(content.getvalue()) == Plain("image/png", 1_600, 1_200)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"GIF89a" + bytes(50),
        picture("GIF"),
        picture("WEBP"),
        picture("BMP"),
        picture("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
        picture("JPEG", comment=b"<script>"),
        picture("JPEG", progressive=True),
        picture("JPEG", mode="CMYK"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P"),
        JPEG[:-2],
        JPEG + b"<script>alert(1)</script>",
        JPEG + JPEG,
        JPEG[:2] + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>") + JPEG[2:],
        JPEG[:20] + segment(0xE1, b"Exif\0\0") + JPEG[20:],
        JPEG[:20] + segment(0xFE, b"words") + JPEG[20:],
        JPEG[:20] + JPEG[2:],
        PNG[:-12],
        PNG + b"more",
        PNG[:33] + chunk(b"tEXt", b"Author\0somebody") + PNG[33:],
        PNG[:33] + chunk(b"eXIf", b"II*\0") + PNG[33:],
        PNG[:33] + PNG[8:],
        PNG[:60] + b"x" + PNG[61:],
        PNG[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 1, 8, 2, 0, 0, 0)) + PNG[33:],
        PNG[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 1)) + PNG[33:],
        PNG[:33] + chunk(b"IEND"),
    ],
)
def test_everything_else_is_not(content):
    assert plain_picture(content) is None


@given(st.integers(0, min(len(JPEG), len(PNG)) - 1), st.integers(0, 255))
def test_one_altered_byte_never_makes_it_fail(place, value):
    for content in (JPEG, PNG):
        altered = content[:place] + bytes([value]) + content[place + 1 :]
        found = plain_picture(altered)
        assert found is None or found.media_type in {"image/jpeg", "image/png"}
        assert plain_picture(content[:place]) is None


@given(st.binary(max_size=300))
def test_noise_is_no_picture(noise):
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", JPEG[:20], PNG[:33]):
        assert plain_picture(start + noise) is None or len(start) > 3
