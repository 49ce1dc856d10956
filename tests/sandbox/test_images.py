import io
import struct
import zlib
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from evidence_tracker.sandbox.answers import Examination

from .conftest import picture

NAME = "Олена Коваленко"
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff"}


def exif(main=None, camera=None, gps=None):
    block = Image.Exif()
    block.update(main or {})
    if camera:
        block.get_ifd(0x8769).update(camera)
    if gps:
        block.get_ifd(0x8825).update(gps)
    return block


def at(latitude, longitude, sides="NE"):
    def parts(degrees, minutes, seconds):
        return (IFDRational(degrees), IFDRational(minutes), IFDRational(*seconds))

    return {1: sides[0], 2: parts(*latitude), 3: sides[1], 4: parts(*longitude)}


def bare_tiff(block):
    """Pillow writes no camera data into TIFF, but EXIF is a TIFF and needs only a picture's tags."""
    block.update({256: 40, 257: 30, 258: (8, 8, 8), 259: 1, 262: 2, 273: 8, 277: 3, 278: 30, 279: 3_600})
    return block.tobytes()[6:] + bytes(3_600)


def test_the_place_of_a_real_photograph(sandbox, corpus):
    found = sandbox.examine([corpus("testJPEG_GEO.jpg")], "image/jpeg")
    assert (found.latitude, found.longitude) == ("12.54321", "-54.1234")


def test_the_time_and_camera_of_a_real_photograph(sandbox, corpus):
    found = sandbox.examine([corpus("testJPEG_EXIF.jpg")], "image/jpeg")
    assert (found.taken_text, found.taken_offset) == ("2009:08:11 09:09:45", None)
    assert (found.make, found.model) == ("Canon", "Canon EOS 40D")
    assert (found.width, found.height) == (100, 68)
    assert found.properties["iptc.copyright"] == "(c) Максим Валянский"
    assert found.latitude is None
    assert found.failed is None


def test_a_photograph_without_a_time_has_none(sandbox, corpus):
    found = sandbox.examine([corpus("testJPEG_EXIF_emptyDateTime.jpg")], "image/jpeg")
    assert found.taken_text is None
    assert found.properties["exif.changed"] == "2012-05-03T13:36:11-04:00"


def test_a_photograph_of_a_phone_in_heic(sandbox, corpus):
    found = sandbox.examine([corpus("IMG_1034.heic")], "image/heic")
    assert (found.width, found.height) == (4032, 3024)
    assert found.taken_text == "2018:02:05 15:11:44"
    assert (found.latitude, found.longitude) == ("23.1779167", "113.3943167")
    assert (found.make, found.model) == ("Apple", "iPhone 8")


@pytest.mark.parametrize("format_", TYPES)
def test_everything_a_camera_says_is_found(sandbox, format_):
    block = exif(
        {0x010F: "Maker", 0x0110: "Model 7", 0x013B: "A. Photographer", 0x8298: "(c) someone"},
        {0x9003: "2024:03:01 06:15:00", 0x9011: "+02:00", 0xA430: "The Owner", 0xA431: "SN 123"},
        at((48, 27, (0, 1)), (35, 1, (12, 1)), "SW") | {5: b"\x01", 6: IFDRational(125, 10)},
    )
    content = bare_tiff(block) if format_ == "TIFF" else picture(format_, exif=block)
    found = sandbox.examine([content], TYPES[format_])
    assert (found.width, found.height) == (40, 30)
    assert (found.taken_text, found.taken_offset) == ("2024:03:01 06:15:00", "+02:00")
    assert (found.latitude, found.longitude) == ("-48.45", "-35.02")
    assert (found.make, found.model) == ("Maker", "Model 7")
    assert found.properties["exif.artist"] == "A. Photographer"
    assert found.properties["exif.owner"] == "The Owner"
    assert found.properties["exif.body_serial_number"] == "SN 123"
    assert found.properties["gps.altitude_m"] == "-12.5"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    degrees=st.integers(0, 89),
    minutes=st.integers(0, 59),
    seconds=st.tuples(st.integers(0, 59_999_999), st.just(1_000_000)),
    side=st.sampled_from("NS"),
)
def test_a_place_is_right_to_a_centimetre(sandbox, degrees, minutes, seconds, side):
    block = exif(gps=at((degrees, minutes, seconds), (0, 0, (0, 1)), side + "E"))
    found = sandbox.examine([picture("JPEG", exif=block)], "image/jpeg")
    exact = degrees + Fraction(minutes, 60) + Fraction(*seconds) / 3600
    assert abs(Fraction(found.latitude) - (exact if side == "N" else -exact)) <= Fraction(1, 10**7)
    assert found.longitude == "0"


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (IFDRational(48), IFDRational(0), IFDRational(0))},
        at((91, 0, (0, 1)), (35, 0, (0, 1))),
        {1: "N", 2: (IFDRational(0, 0),) * 3, 3: "E", 4: (IFDRational(0, 0),) * 3},
        {1: "", 2: (IFDRational(1),) * 3, 3: "", 4: (IFDRational(1),) * 3},
        {1: "N", 2: (IFDRational(1),) * 2, 3: "E", 4: (IFDRational(1),) * 3},
    ],
    ids=["no longitude", "beyond the pole", "not known", "no side", "two numbers"],
)
def test_half_a_place_is_no_place(sandbox, gps):
    found = sandbox.examine([picture("JPEG", exif=exif(gps=gps))], "image/jpeg")
    assert found.latitude is None or found.failed is not None


@pytest.mark.parametrize("offset", ["+2", "Kyiv", "+02:00; DROP", "\x00"])
def test_an_offset_that_is_none_is_left_out(sandbox, offset):
    block = exif(camera={0x9003: "2024:03:01 06:15:00", 0x9011: offset})
    found = sandbox.examine([picture("JPEG", exif=block)], "image/jpeg")
    assert (found.taken_text, found.taken_offset) == ("2024:03:01 06:15:00", None)


def test_names_in_any_script_and_tag_reach_the_scan(sandbox):
    block = exif(
        {0x9C9D: NAME.encode("utf-16-le") + b"\0\0", 0x013B: NAME.encode()},
        {0x9286: b"UNICODE\0" + "Сергій Мельник".encode("utf-16-be")},
    )
    xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a:b xmlns:a="urn:a">Ірина Бондар</a:b></x:xmpmeta>'
    content = picture("JPEG", exif=block, xmp=xmp.encode(), comment="Марія Ткач".encode())
    found = sandbox.examine([content], "image/jpeg")
    assert found.properties["exif.artist"] == NAME
    assert found.properties["exif.xp_author"] == NAME
    assert found.properties["exif.user_comment"] == "Сергій Мельник"
    assert found.properties["comment"] == "Марія Ткач"
    text = sandbox.text([content], "image/jpeg").text
    for name in (NAME, "Сергій Мельник", "Ірина Бондар", "Марія Ткач"):
        assert name in text


def test_a_name_in_an_old_encoding_reaches_the_scan(sandbox):
    content = picture("JPEG", comment=NAME.encode("cp1251"))
    assert NAME in sandbox.text([content], "image/jpeg").text


def test_texts_of_a_png_reach_record_and_scan(sandbox):
    content = io.BytesIO()
    texts = PngInfo()
    texts.add_itxt("Author", NAME, zip=True)
    Image.new("RGB", (3, 3)).save(content, "PNG", pnginfo=texts)
    assert sandbox.examine([content.getvalue()], "image/png").properties == {"png.author": NAME}
    assert NAME in sandbox.text([content.getvalue()], "image/png").text


def test_xmp_names_who_made_it_and_fetches_nothing(sandbox):
    xmp = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
      xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <rdf:Description xmlns:xmp="urn:x" xmp:CreatorTool="Editor 5">
      <dc:creator><rdf:Seq><rdf:li>First</rdf:li><rdf:li>Second</rdf:li></rdf:Seq></dc:creator>
      </rdf:Description></rdf:RDF></x:xmpmeta>"""
    found = sandbox.examine([picture("PNG", xmp=xmp)], "image/png")
    found = found if found.properties else sandbox.examine([picture("WEBP", xmp=xmp)], "image/webp")
    assert found.properties == {"xmp.creator": "First; Second", "xmp.creatortool": "Editor 5"}


def test_xmp_with_entities_is_not_expanded(sandbox):
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "'
        + "A" * 1_000
        + '">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 50}">' for n in range(8))
        + "]><x><dc:creator>&i;</dc:creator></x>"
    )
    found = sandbox.examine([picture("WEBP", xmp=bomb.encode())], "image/webp")
    assert found.properties == {}
    assert found.width == 40


def png_of(width, height, rows=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def packed_zeros(mebibytes):
    """Return zeros in zlib's format, without spending the time to pack them all."""
    packer = zlib.compressobj(9)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block + again * (mebibytes - 1) + packer.flush()


def test_a_picture_that_unpacks_to_gigabytes_is_answered_within_the_limits(sandbox):
    bomb = png_of(30_000, 30_000, packed_zeros(2_575))
    assert len(bomb) < 4_000_000
    found = sandbox.examine([bomb], "image/png")
    assert (found.width, found.height) == (30_000, 30_000)
    assert "too large" in found.failed
    assert sandbox.strip_metadata([bomb], "image/png") is None
    assert sandbox.examine([picture("PNG")], "image/png").failed is None


def test_a_text_in_a_png_that_unpacks_to_gigabytes_is_refused(sandbox):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    png = picture("PNG")
    bomb = png[:33] + chunk(b"zTXt", b"Comment\0\0" + packed_zeros(500)) + png[33:]
    assert sandbox.examine([bomb], "image/png").failed is not None


@pytest.mark.parametrize("format_", TYPES)
def test_a_broken_picture_is_an_answer_not_an_error(sandbox, format_):
    whole = picture(format_, (200, 150))
    for content in (b"", whole[:10], whole[: len(whole) // 2], whole[:50] + bytes(500)):
        found = sandbox.examine([content], TYPES[format_])
        assert isinstance(found, Examination)
        assert sandbox.strip_metadata([content[:30]], TYPES[format_]) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_picture_gets_out_of_the_sandbox(sandbox, data):
    format_ = data.draw(st.sampled_from(sorted(TYPES)))
    whole = bytearray(picture(format_, exif=exif({0x010F: "Maker"}, {0x9003: "2024:03:01 06:15:00"})))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(sandbox.examine([bytes(whole)], TYPES[format_]), Examination)
    sandbox.strip_metadata([bytes(whole)], TYPES[format_])


def test_it_is_opened_only_as_what_it_was_found_to_be(sandbox):
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"
    assert sandbox.examine([postscript], "image/png").failed is not None
    assert sandbox.examine([picture("GIF")], "image/png").failed is not None


@pytest.mark.parametrize("format_", [*TYPES, "GIF", "BMP"])
def test_nothing_but_the_picture_is_left(sandbox, format_):
    secret = "SECRET-OWNER"
    block = exif({0x013B: secret}, {0xA430: secret}, at((48, 0, (0, 1)), (35, 0, (0, 1))))
    options = {"exif": block, "xmp": f"<x>{secret}</x>".encode(), "comment": secret.encode()}
    if format_ == "BMP":
        options = {}
    before = picture(format_, **options)
    media_type = TYPES.get(format_, f"image/{format_.lower()}")
    after = sandbox.strip_metadata([before], media_type)
    assert (secret.encode() in before) is bool(options)
    assert secret.encode() not in after
    assert b"Exif" not in after
    with Image.open(io.BytesIO(after)) as image:
        assert image.format == format_
        assert image.size == (40, 30)
        assert not {0x010F, 0x013B, 0x8769, 0x8825} & set(image.getexif())
    found = sandbox.examine([after], media_type)
    assert found == Examination(width=40, height=30)


def test_the_stripped_picture_shows_the_same(sandbox):
    before = picture("PNG")
    after = sandbox.strip_metadata([before], "image/png")
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_a_picture_stays_upright_when_its_orientation_is_removed(sandbox):
    lying = picture("PNG", (40, 30), exif=exif({0x0112: 6}))
    with Image.open(io.BytesIO(sandbox.strip_metadata([lying], "image/png"))) as image:
        assert image.size == (30, 40)


def test_the_colour_profile_that_names_a_device_is_left_behind(sandbox):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    before = picture("JPEG", icc_profile=profile)
    after = sandbox.strip_metadata([before], "image/jpeg")
    assert b"ICC_PROFILE" in before
    assert b"ICC_PROFILE" not in after


def test_content_credentials_are_removed_too(sandbox, corpus):
    before = corpus("C.jpg")
    after = sandbox.strip_metadata([before], "image/jpeg")
    assert b"c2pa" in before
    assert b"c2pa" not in after


@pytest.mark.parametrize(
    ("mode", "format_"),
    [
        *[(mode, "PNG") for mode in ("RGBA", "LA", "P", "1", "L", "RGB")],
        *[(mode, "JPEG") for mode in ("CMYK", "L")],
        *[(mode, "TIFF") for mode in ("CMYK", "RGBA")],
        ("RGBA", "WEBP"),
        ("P", "GIF"),
    ],
)
def test_every_way_of_keeping_colours_can_be_stripped(sandbox, mode, format_):
    media_type = TYPES.get(format_, f"image/{format_.lower()}")
    before = io.BytesIO()
    seen = Image.linear_gradient("L").convert(mode)
    if mode in {"RGBA", "LA"}:
        seen.putalpha(100)
    seen.save(before, format_)
    after = sandbox.strip_metadata([before.getvalue()], media_type)
    with Image.open(io.BytesIO(after)) as image:
        assert image.format == format_
        assert image.has_transparency_data is (mode in {"RGBA", "LA"})


def test_only_the_first_page_is_kept(sandbox, corpus):
    after = sandbox.strip_metadata([corpus("testTIFF_multipage.tif")], "image/tiff")
    with Image.open(io.BytesIO(after)) as image:
        assert (getattr(image, "n_frames", 1), image.size) == (1, (800, 600))


def test_what_cannot_be_written_is_not_half_written(sandbox, corpus):
    assert sandbox.strip_metadata([corpus("IMG_1034.heic")], "image/heic") is None
    assert sandbox.strip_metadata([corpus("testSVG.svg")], "image/svg+xml") is None
