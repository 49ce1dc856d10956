"""Pictures for looking at: drawn anew, bounded, with nothing of the file but what can be seen."""

import io
import os
import time

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageStat

from evidence_tracker.sandbox import hevc, runner
from evidence_tracker.sandbox.answers import Preview
from evidence_tracker.sandbox.runner import Sandbox

from .conftest import picture
from .test_confinement import Probed
from .test_corpus import HOSTILE
from .test_images import TYPES, at, exif, packed_zeros, png_of
from .test_media_type import CORPUS_TYPES
from .test_runner import told

SEEN = [*TYPES, "GIF", "BMP", "AVIF"]
MODES = [
    *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
    *[("TIFF", mode) for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "I", "F", "YCbCr", "LAB")],
    *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
    *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    *[("AVIF", mode) for mode in ("RGB", "RGBA")],
    *[("BMP", mode) for mode in ("1", "L", "P", "RGB")],
    *[("GIF", mode) for mode in ("L", "P")],
]


def type_of(format_):
    return TYPES.get(format_, f"image/{format_.lower()}")


def reason(found):
    """Return why there is no picture."""
    assert found.failed is not None
    return found.failed


def opened(preview):
    assert preview.failed is None
    image = Image.open(io.BytesIO(preview.content))
    image.load()
    assert image.size == (preview.width, preview.height)
    return image


def pdf(*sizes):
    document = pypdfium2.PdfDocument.new()
    for size in sizes:
        document.new_page(*size)
    content = io.BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()


@pytest.mark.parametrize(("format_", "mode"), MODES)
def test_every_way_of_keeping_colours_is_seen(sandbox, format_, mode):
    shown = opened(sandbox.preview([picture(format_, (400, 300), mode)], type_of(format_), edge=100))
    assert (shown.format, shown.size) == ("JPEG", (100, 75))
    low, high = shown.convert("L").getextrema()
    assert low < 12
    assert high > 240


def test_twelve_bits_of_a_scanner_are_not_black(sandbox):
    deep = Image.linear_gradient("L").convert("I").point(lambda value: value * 16).convert("I;16")
    for format_ in ("PNG", "TIFF"):
        content = io.BytesIO()
        deep.save(content, format_)
        shown = opened(sandbox.preview([content.getvalue()], type_of(format_), edge=100))
        assert shown.getextrema()[1] > 240


def test_what_is_transparent_lies_on_white(sandbox):
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    content = io.BytesIO()
    clear.save(content, "PNG")
    assert opened(sandbox.preview([content.getvalue()], "image/png", edge=100)).getpixel((5, 5)) == (255,) * 3


@pytest.mark.parametrize("format_", SEEN)
def test_nothing_but_what_is_seen_comes_along(sandbox, format_):
    secret = "SECRET-OWNER"
    block = exif({0x013B: secret}, {0xA430: secret}, at((48, 0, (0, 1)), (35, 0, (0, 1))))
    options = {} if format_ in {"BMP", "GIF"} else {"exif": block, "xmp": f"<x>{secret}</x>".encode()}
    if format_ == "GIF":
        options = {"comment": secret.encode()}
    before = picture(format_, (400, 300), **options)
    for page in (None, 1):
        after = sandbox.preview([before], type_of(format_), edge=100, page=page)
        assert (secret.encode() in before) is bool(options)
        assert secret.encode() not in after.content
        assert after.media_type == ("image/png" if page else "image/jpeg")
        assert dict(opened(after).getexif()) == {}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("edge", [60, 500])
def test_it_stands_upright_however_the_camera_was_held(sandbox, orientation, format_, edge):
    lying = Image.new("L", (120, 80))
    lying.paste(255, (0, 0, 60, 40))  # the quarter that is up and left as the file lies
    content = io.BytesIO()
    lying.convert("RGB").save(content, format_, exif=exif({0x0112: orientation}))
    shown = opened(sandbox.preview([content.getvalue()], type_of(format_), edge=edge)).convert("L")
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
    width, height = shown.size
    assert (width < height) is (orientation > 4)
    light = {
        (x, y): shown.getpixel((width // 4 + x * width // 2, height // 4 + y * height // 2)) > 128
        for x in (0, 1)
        for y in (0, 1)
    }
    assert [place for place, is_light in light.items() if is_light] == [corner[orientation]]


def test_broken_exif_does_not_cost_the_picture(sandbox):
    content = picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(40))
    assert opened(sandbox.preview([content], "image/jpeg", edge=100)).size == (40, 30)


def test_colours_are_those_of_the_profile_which_is_left_behind(sandbox):
    red = Image.new("RGB", (40, 30), (250, 0, 0))
    for profile, brightest in ((srgb(), 0), (red_for_blue(), 2)):
        content = io.BytesIO()
        red.save(content, "PNG", icc_profile=profile)
        shown = sandbox.preview([content.getvalue()], "image/png", edge=100)
        assert b"ICC_PROFILE" not in shown.content
        colour = opened(shown).getpixel((20, 15))
        assert colour.index(max(colour)) == brightest


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def red_for_blue():
    """Return a profile of a device whose red shines blue: sRGB with the names of two tags exchanged."""
    return srgb().replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")


def test_a_small_picture_is_not_blown_up(sandbox):
    assert opened(sandbox.preview([picture("PNG")], "image/png", edge=1_600)).size == (40, 30)


def test_of_a_film_strip_the_first_picture_is_shown(sandbox):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for format_ in ("GIF", "WEBP", "PNG", "AVIF"):
        content = io.BytesIO()
        frames[0].save(content, format_, save_all=True, append_images=frames[1:])
        shown = sandbox.preview([content.getvalue()], type_of(format_), edge=100)
        assert shown.pages == 1
        red, _green, blue = opened(shown).getpixel((10, 10))
        assert red > 200
        assert blue < 100


def test_each_page_of_a_scan_can_be_asked_for(sandbox, corpus):
    scan = corpus("testTIFF_multipage.tif")
    first, second = (sandbox.preview([scan], "image/tiff", edge=400, page=number) for number in (1, 2))
    assert (first.pages, second.pages) == (2, 2)
    assert opened(first).tobytes() != opened(second).tobytes()


@pytest.mark.parametrize("page", [0, 3, -1, 2**31, 10**30])
@pytest.mark.parametrize("media_type", ["image/tiff", "application/pdf"])
def test_a_page_that_is_not_there_is_said(sandbox, corpus, media_type, page):
    content = corpus("testTIFF_multipage.tif") if media_type == "image/tiff" else pdf((100, 50), (50, 100))
    missing = sandbox.preview([content], media_type, edge=100, page=page)
    assert (missing.content, missing.pages) == (b"", 2)
    assert "2 pages" in missing.failed


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((595, 842), (282, 399)),
        ((842, 595), (399, 282)),
        ((10, 20), (40, 80)),
        ((14_400, 14_400), (399, 399)),
        ((14_400, 1), (399, 1)),
    ],
)
def test_pages_of_all_sizes_fit(sandbox, size, shown):
    drawn = sandbox.preview([pdf(size)], "application/pdf", edge=400, page=1)
    width, height = opened(drawn).size
    assert abs(width - shown[0]) <= 1
    assert abs(height - shown[1]) <= 1
    assert (drawn.media_type, drawn.pages) == ("image/png", 1)


def test_what_was_filled_into_a_form_is_seen(sandbox):
    def ink(value):
        drawn = sandbox.preview([form(value)], "application/pdf", edge=800, page=1)
        return 255 - ImageStat.Stat(opened(drawn).convert("L")).mean[0]

    assert ink(b"Filled in by hand") > ink(b"") + 0.05


def form(value):
    """Return a PDF with one text field and no picture of it."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/DR<</Font<</Helv 5 0 R>>>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 100]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(" + value + b")/Rect[10 20 390 80]"
        b"/F 4/P 3 0 R/DA(/Helv 24 Tf 0 g)>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return pdf_of(objects)


def pdf_of(objects):
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start, size = len(content), len(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n" % size
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)


def test_a_photograph_of_a_phone_is_seen_where_it_can_be_decoded(sandbox, corpus):
    photograph = corpus("IMG_1034.heic")
    small = sandbox.preview([photograph], "image/heic", edge=320)
    if hevc.library() is None:
        assert "CI" not in os.environ, "libde265 is missing"
        assert "no decoder" in reason(small)
        return
    assert opened(small).size == (320, 240)
    large = opened(sandbox.preview([photograph], "image/heic", edge=1_600))
    assert large.size == (1_600, 1_200)
    again = large.resize((320, 240))
    apart = ImageStat.Stat(Image.blend(opened(small).convert("L"), again.convert("L"), 0.5))
    assert (
        apart.stddev[0] > 30
    )  # two pictures of the same thing keep their contrast when laid over each other
    assert sandbox.preview([photograph], "image/heic", edge=320, page=2).failed is not None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_photograph_of_a_phone_gets_out(sandbox, corpus, data):
    whole = bytearray(corpus("IMG_1034.heic"))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, 25_000))] = data.draw(st.integers(0, 255))
    found = sandbox.preview([bytes(whole)], "image/heic", edge=320)
    assert (found.failed is None) is bool(found.content)


def test_a_picture_that_is_cut_off_is_shown_as_far_as_it_goes(sandbox):
    whole = picture("JPEG", (800, 600))
    shown = sandbox.preview([whole[: len(whole) // 2]], "image/jpeg", edge=100)
    assert opened(shown).size == (100, 75)
    assert "cut off" in shown.omitted
    assert sandbox.preview([whole], "image/jpeg", edge=100).omitted is None


@pytest.mark.parametrize(
    "media_type", ["video/mp4", "audio/mpeg", "text/html", "image/svg+xml", "application/zip", "text/plain"]
)
def test_of_other_files_there_is_no_picture_and_they_are_not_read(sandbox, media_type):
    def must_not_be_read():
        yield pytest.fail("it was read")

    found = sandbox.preview(must_not_be_read(), media_type, edge=100)
    assert found == Preview(failed="There is no picture to be shown of a file of this type.")


def test_a_picture_that_unpacks_to_gigabytes_is_refused(sandbox):
    began = time.monotonic()
    bomb = png_of(30_000, 30_000, packed_zeros(2_575))
    assert "too large" in sandbox.preview([bomb], "image/png", edge=320).failed
    assert "too large" in sandbox.preview([png_of(2**31 - 1, 2**31 - 1)], "image/png", edge=320).failed
    assert time.monotonic() - began < 10


def test_a_picture_that_needs_more_memory_than_a_worker_has_is_refused():
    with Sandbox(memory_mb=128) as small:
        bomb = png_of(13_000, 13_000, packed_zeros(484))
        assert "memory" in reason(small.preview([bomb], "image/png", edge=320))
        assert small.preview([picture("PNG")], "image/png", edge=320).failed is None


def test_a_page_that_is_drawn_for_ever_is_given_up():
    endless = (
        b"q 1 0 0 1 0 0 cm " * 100
        + b"0 0 m "
        + b"".join(b"%d %d l " % (n * 7919 % 5_000, n * 104_729 % 5_000) for n in range(400_000))
    )
    content = page_with(endless + b"f*")
    with Sandbox(timeout_s=1) as hasty:
        began = time.monotonic()
        found = hasty.preview([content], "application/pdf", edge=1_600, page=1)
        assert time.monotonic() - began < 4
        assert "too long" in reason(found)


def page_with(drawing):
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 5000 5000]/Contents 4 0 R>>",
        b"<</Length %d>>\nstream\n" % len(drawing) + drawing + b"\nendstream",
    ]
    return pdf_of(objects)


def test_bytes_that_come_slowly_do_not_hold_it_longer_than_it_may_take():
    given = []

    def dripping():
        for _drop in range(300):  # a minute, if nobody stops it
            time.sleep(0.2)
            given.append(1)
            yield b"\x89PNG"

    with Sandbox(timeout_s=1) as hasty:
        assert "too long" in reason(hasty.preview(dripping(), "image/png", edge=100))
    assert len(given) < 100


def test_not_more_are_drawn_at_once_than_memory_allows():
    def waiting():
        yield b"\x89PNG"
        assert busy.preview([picture("PNG")], "image/png", edge=100).failed == runner.BUSY
        yield b""

    with Sandbox(timeout_s=0.5) as busy:
        for _ in range(runner.DRAWN_AT_ONCE - 1):
            busy._drawing.acquire()
        busy.preview(waiting(), "image/png", edge=100)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({}, b"<svg onload='alert(1)'/>"),
        ({}, picture("JPEG") + b"<script>"),
        ({}, picture("JPEG", (400, 20))),
        ({}, picture("PNG", (20, 400))),
        ({}, picture("GIF")),
        ([], picture("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")),
        ({"pages": 2}, b""),
    ],
)
def test_an_answer_that_is_no_plain_picture_of_that_size_is_refused(answer, body):
    with Probed(timeout_s=5) as probed:
        lie = told(answer)[0][:-1] + b', "hex": "' + body.hex().encode() + b'"}'
        found = probed.preview([lie], "image/png", edge=100)
    assert (found.content, found.media_type, found.width) == (b"", None, 0)
    assert found.failed == "The answer of the parser was not understood."


def test_words_and_numbers_of_a_hostile_parser_are_checked():
    with Probed(timeout_s=5) as probed:
        said = {"pages": -5, "omitted": "a\x1b[2J\u202eb", "failed": 7}
        lie = told(said)[0][:-1] + b', "hex": "' + picture("JPEG").hex().encode() + b'"}'
        found = probed.preview([lie], "image/png", edge=100)
        assert (found.pages, found.omitted, found.width) == (None, "a [2J b", 40)
        long = probed.preview(told({}, body=200_000), "image/png", edge=100)
        assert "longer" in reason(long)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_picture_gets_out(sandbox, data):
    format_ = data.draw(st.sampled_from(sorted(SEEN)))
    whole = bytearray(picture(format_, (64, 48)))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found = sandbox.preview(
        [bytes(whole)], type_of(format_), edge=32, page=data.draw(st.sampled_from([None, 1]))
    )
    assert (found.failed is None) is bool(found.content)


@pytest.mark.parametrize("name", CORPUS_TYPES)
def test_every_real_file_has_a_preview_or_a_reason(sandbox, corpus, name):
    for how in ({"edge": 320}, {"edge": 1_600}, {"edge": 1_600, "page": 1}):
        began = time.monotonic()
        found = sandbox.preview([corpus(name)], CORPUS_TYPES[name], **how)
        assert time.monotonic() - began < 30
        assert (found.failed is None) is bool(found.content)
        assert found.failed is not None or opened(found)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "taken_for", ["image/png", "image/tiff", "image/heic", "image/avif", "application/pdf"]
)
def test_a_hostile_file_taken_for_a_picture_does_no_harm(sandbox, corpus, name, taken_for):
    found = sandbox.preview([corpus(name)], taken_for, edge=320, page=1)
    assert (found.failed is None) is bool(found.content)
    assert opened(sandbox.preview([picture("PNG")], "image/png", edge=320)).size == (40, 30)
