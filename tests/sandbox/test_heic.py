"""Photographs of phones: decoded without threads, turned as they say, in the right colours."""

import io
import os

import pytest
from PIL import Image

from evidence_tracker.sandbox import heic, hevc, previews
from evidence_tracker.sandbox.hevc import Plane


@pytest.fixture
def photograph(corpus):
    """Return a real one; without a decoder on this machine the test is skipped, in CI it fails."""
    if hevc.library() is None:
        assert "CI" not in os.environ, "libde265 is missing"
        pytest.skip("this machine has no libde265")
    return corpus("IMG_1034.heic")


def test_without_a_decoder_the_reason_is_said(corpus, monkeypatch):
    monkeypatch.setattr(hevc, "library", lambda: None)
    answer, body = previews.draw(io.BytesIO(corpus("IMG_1034.heic")), "image/heic", edge=320)
    assert "no decoder for it (libde265)" in str(answer["failed"])
    assert body == b""


@pytest.mark.parametrize(
    ("turn", "size"), [(0, (320, 240)), (1, (240, 320)), (2, (320, 240)), (3, (240, 320))]
)
def test_it_is_turned_as_it_says(photograph, turn, size):
    whole = heic.picture(memoryview(photograph), 320)
    turned = heic.picture(memoryview(photograph.replace(b"irot\x00", b"irot" + bytes([turn]))), 320)
    assert turned.size == size
    back = turned.transpose(heic.TURNS[4 - turn]) if turn else turned
    assert back.tobytes() == whole.tobytes()


def test_the_large_picture_is_put_together_from_its_tiles(photograph):
    large = heic.picture(memoryview(photograph), 1_600)
    assert large.size == (4_032, 3_024)
    small = heic.picture(memoryview(photograph), 320)
    again = large.resize(small.size)
    pairs = zip(small.convert("L").tobytes(), again.convert("L").tobytes(), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / (320 * 240) < 8


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"pitm\0\0\0\0\0\x31", b"pitm\0\0\0\0\0\x39"),
        (b"dimg\0\x31\0\x30", b"dimg\0\x31\0\x10"),
        (b"dimg\0\x31\0\x30\0\x01", b"dimg\0\x31\0\x30\0\x31"),
        (b"hvcC\x01\x03", b"xxxx\x01\x03"),
        (b"\0\0\x0f\xc0\0\0\x0b\xd0", b"\x7f\0\x0f\xc0\0\0\x0b\xd0"),
    ],
    ids=["no picture", "too few tiles", "a grid in itself", "coded otherwise", "too large"],
)
def test_what_is_broken_is_refused(photograph, old, new):
    assert old in photograph
    with pytest.raises(ValueError, match=r"grid|picture"):
        heic.picture(memoryview(photograph.replace(old, new)), 1_600)


def test_a_file_without_a_picture_is_refused():
    for content in (b"", b"\0\0\0\x08ftyp", b"\0\0\0\x0cmeta\0\0\0\0"):
        with pytest.raises(ValueError, match="no picture"):
            heic.picture(memoryview(content), 320)


@pytest.mark.parametrize("matrix", [1, 2, 5, 6, 9])
@pytest.mark.parametrize("is_full", [True, False])
def test_white_is_white_and_black_is_black(matrix, is_full):
    rows = hevc._to_rgb(hevc.LIGHT.get(matrix, hevc.USUAL_LIGHT), is_full=is_full)
    for light, expected in (
        (((0, 255) if is_full else (16, 235))[0], 0),
        (((0, 255) if is_full else (16, 235))[1], 255),
    ):
        shown = Image.new("RGB", (1, 1), (light, 128, 128)).convert("RGB", rows).getpixel((0, 0))
        assert isinstance(shown, tuple)
        assert all(abs(value - expected) <= 1 for value in shown)


def test_red_is_red():
    # ITU-R BT.601, full range: red is Y 76, Cb 85, Cr 255.
    shown = Image.new("RGB", (1, 1), (76, 85, 255)).convert(
        "RGB", hevc._to_rgb(hevc.USUAL_LIGHT, is_full=True)
    )
    red, green, blue = shown.getpixel((0, 0))  # type: ignore[misc] # of a picture of three bands
    assert red > 250
    assert green < 5
    assert blue < 5


def test_ten_bits_become_eight():
    row = b"".join(value.to_bytes(2, "little") for value in (0, 512, 1_023, 0))
    band = hevc._band(Plane(row, 8, 3, 1), 10)
    assert list(band.tobytes()) == [0, 128, 255]
