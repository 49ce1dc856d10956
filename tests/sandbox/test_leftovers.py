"""What a picture holds beside its pixels: named where it is, and nothing where it was taken out."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from evidence_tracker.sandbox.answers import Examination

from .conftest import picture
from .test_images import TYPES, at, exif


def held(sandbox, content, media_type="image/jpeg"):
    found = sandbox.examine([content], media_type)
    assert isinstance(found, Examination)
    assert found.failed is None
    return found.also_holds


def with_segment(jpeg, marker, data):
    return jpeg[:2] + bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data + jpeg[2:]


@pytest.mark.parametrize("format_", [*TYPES, "GIF"])
def test_a_bare_picture_holds_nothing(sandbox, format_):
    media_type = TYPES.get(format_, "image/gif")
    assert held(sandbox, picture(format_), media_type) is None
    options = {"exif": exif({0x013B: "somebody"}, {0xA430: "somebody"})} if format_ != "GIF" else {}
    bare = sandbox.strip_metadata([picture(format_, **options)], media_type)
    assert held(sandbox, bare, media_type) is None


def test_orientation_and_size_are_about_the_pixels(sandbox):
    assert held(sandbox, picture("JPEG", exif=exif({0x0112: 6}, {0xA002: 40, 0xA003: 30}))) is None


@pytest.mark.parametrize("format_", TYPES)
def test_any_tag_that_is_not_known_to_be_harmless_is_named(sandbox, format_):
    content = picture(format_, exif=exif({0xC62F: "serial 12345"}))
    assert held(sandbox, content, TYPES[format_]) == "EXIF"


def test_position_maker_note_and_thumbnail_are_named(sandbox):
    block = exif(None, {0x927C: b"serial 12345"}, at((48, 0, (0, 1)), (35, 0, (0, 1))))
    block.get_ifd(0x8769)[0x927C] = b"serial 12345"
    assert held(sandbox, picture("JPEG", exif=block)) == "a position, a maker note"
    tiff = (
        b"MM\0*\0\0\0\x08" + b"\0\0" + (14).to_bytes(4, "big") + b"\0\x01"
        b"\x02\x01\0\x04\0\0\0\x01\0\0\0\x20" + bytes(4) + b"\xff\xd8\xff\xd9"
    )
    assert held(sandbox, with_segment(picture("JPEG"), 0xE1, b"Exif\0\0" + tiff)) == "a thumbnail"


@pytest.mark.parametrize(
    ("marker", "data", "named"),
    [
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>", "XMP"),
        (0xED, b"Photoshop 3.0\x008BIM", "press data"),
        (0xFE, b"a word", "a comment"),
        (0xEB, b"JP\0\1", "a segment APP11"),
        (0xE0, b"JFXX\0\x10", "a thumbnail"),
        (0xE2, b"MPF\0II*\0", "a segment APP2"),
    ],
)
def test_segments_of_a_jpeg_are_named(sandbox, marker, data, named):
    found = sandbox.examine([with_segment(picture("JPEG"), marker, data)], "image/jpeg")
    assert named in (found.also_holds or found.failed)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_behind_the_picture_is_named(sandbox, format_):
    behind = picture(format_) + picture("JPEG")
    assert held(sandbox, behind, TYPES[format_]) == "data after its end"
    assert held(sandbox, picture(format_) + bytes(20), TYPES[format_]) is None


def test_a_progressive_jpeg_has_one_end(sandbox):
    assert held(sandbox, picture("JPEG", (300, 200), progressive=True)) is None


def test_words_in_a_png_are_named(sandbox):
    content, texts = io.BytesIO(), PngInfo()
    texts.add_text("date:create", "2022-03-12")
    Image.new("RGB", (3, 3)).save(content, "PNG", pnginfo=texts)
    assert held(sandbox, content.getvalue(), "image/png") == "the field 'date:create'"


def test_real_photographs_hold_something_and_their_stripped_copies_nothing(sandbox, corpus):
    for name in ("testJPEG_GEO.jpg", "testJPEG_EXIF.jpg"):
        content = corpus(name)
        assert held(sandbox, content)
        assert held(sandbox, sandbox.strip_metadata([content], "image/jpeg")) is None
