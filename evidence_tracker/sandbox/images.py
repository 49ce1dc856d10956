"""Pictures: size, EXIF, place, and the same picture without any of it. Child only.

The header and the metadata are read; pixels are decoded only for ``strip``.
"""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps, IptcImagePlugin

from evidence_tracker.sandbox import heif, leftovers, markup
from evidence_tracker.sandbox.documents import readable_runs
from evidence_tracker.sandbox.failures import BROKEN, in_words
from evidence_tracker.sandbox.kinds import HEIC, PICTURE_FORMATS

WRITTEN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "WEBP": {"quality": 95},
    "TIFF": {"compression": "tiff_adobe_deflate"},
    "GIF": {},
    "BMP": {},
}
PLAIN_MODES = {"JPEG": {"L", "RGB"}, "WEBP": {"RGB", "RGBA"}, "BMP": {"L", "RGB"}, "GIF": {"L", "RGB"}}
MOST_PIXELS = 200_000_000

CAMERA_IFD, GPS_IFD = ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
# Who and what may be named in a picture; keys are the names of the properties.
MAIN_TAGS = {
    0x010E: "image_description",
    0x0112: "orientation",
    0x0131: "software",
    0x0132: "changed",
    0x013B: "artist",
    0x013C: "host_computer",
    0x8298: "copyright",
    0x9C9B: "xp_title",
    0x9C9C: "xp_comment",
    0x9C9D: "xp_author",
    0x9C9E: "xp_keywords",
    0x9C9F: "xp_subject",
}
XP_TAGS = range(0x9C9B, 0x9CA0)
CAMERA_TAGS = {
    0x9286: "user_comment",
    0x9291: "taken_fraction",
    0xA420: "unique_id",
    0xA430: "owner",
    0xA431: "body_serial_number",
    0xA433: "lens_make",
    0xA434: "lens_model",
    0xA435: "lens_serial_number",
}
GPS_TAGS = {
    0x0007: "time_utc",
    0x000A: "measure_mode",
    0x0012: "map_datum",
    0x001B: "processing_method",
    0x001C: "area",
    0x001D: "date_utc",
}
IPTC_RECORDS = {
    (2, 5): "title",
    (2, 25): "keywords",
    (2, 80): "by_line",
    (2, 85): "by_line_title",
    (2, 90): "city",
    (2, 95): "state",
    (2, 101): "country",
    (2, 105): "headline",
    (2, 110): "credit",
    (2, 115): "source",
    (2, 116): "copyright",
    (2, 118): "contact",
    (2, 120): "caption",
    (2, 122): "caption_writer",
}
XMP_NAMES = (
    {"creator", "contributor", "publisher", "ownername", "nickname", "personinimage", "captionwriter"}
    | {
        "title",
        "description",
        "headline",
        "subject",
        "keywords",
        "label",
        "instructions",
        "usercomment",
        "event",
    }
    | {"createdate", "modifydate", "datecreated", "datetimeoriginal", "creatortool", "provenance"}
    | {"rights", "copyright", "usageterms", "credit", "source", "authorsposition"}
    | {"location", "sublocation", "city", "state", "country", "gpslatitude", "gpslongitude"}
    | {"make", "model", "serialnumber", "lens", "lensserialnumber"}
)
SPACES = re.compile(r"\s+")

Image.MAX_IMAGE_PIXELS = None  # a size is a fact to report; what is decoded is limited by MOST_PIXELS


def warm_up() -> None:
    """Load all that a picture may need, since nothing can be loaded later."""
    for format_ in sorted(set(PICTURE_FORMATS.values()) - {"AVIF"}):
        content = io.BytesIO()
        Image.new("RGB", (8, 8)).save(content, format_)
        for media_type in (name for name, value in PICTURE_FORMATS.items() if value == format_):
            examine(content, media_type)
            strip(content, media_type)
    Image.init()
    ImageCms.createProfile("sRGB")


def examine(content: io.BytesIO, media_type: str) -> dict[str, Any]:
    """Return the facts of a picture; if its metadata is broken, at least its size."""
    if media_type in HEIC:
        parts = heif.picture_parts(content.getbuffer())
        facts = {name: parts[name] for name in ("width", "height") if name in parts}
        return facts | _unless_broken(lambda: _said_by_parts(parts))
    with opened(content, media_type) as image:
        facts = {"width": image.width, "height": image.height}
        if image.width * image.height > MOST_PIXELS:
            return facts | {"failed": "The picture is too large to be decoded; only its size was read."}
        return facts | _unless_broken(
            lambda: (
                _said(image.getexif(), _spoken(image), _xmp(image))
                | {"also_holds": leftovers.beside_pixels(image, content)}
            )
        )


def _said_by_parts(parts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a HEIF picture from the two parts of it that speak."""
    exif, xmp = _exif(parts.get("exif", b"")), parts.get("xmp", b"")
    also = leftovers.exif_leftovers(exif) + (["XMP"] if xmp else [])
    return _said(exif, {}, xmp) | {"also_holds": ", ".join(also) or None}


def _unless_broken(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except BROKEN as error:
        return {"failed": f"The data about the picture could not be read: {in_words(error)}."}


def _xmp(image: Image.Image) -> bytes:
    xmp = image.info.get("xmp", b"")
    return xmp if isinstance(xmp, bytes) else str(xmp).encode()


def strip(content: io.BytesIO, media_type: str) -> bytes | None:
    """Return the picture, upright, in sRGB, in the same format, with nothing beside its pixels.

    Only the first page or frame. None where the format cannot be written or is too large.
    """
    if PICTURE_FORMATS.get(media_type) not in WRITTEN:
        return None
    with opened(content, media_type) as image:
        if image.width * image.height > MOST_PIXELS:
            return None
        format_ = PICTURE_FORMATS[media_type]
        bare = _bare(ImageOps.exif_transpose(image), format_)
    written = io.BytesIO()
    bare.save(written, format_, **WRITTEN[format_])
    return written.getvalue()


def words(content: io.BytesIO, media_type: str) -> str:
    """Return everything a picture says in words, for the scan of names."""
    facts = examine(content, media_type)
    said = [facts.get("make"), facts.get("model"), *facts.get("properties", {}).values()]
    if media_type in HEIC:
        parts = heif.picture_parts(content.getbuffer())
        raw = [parts.get("exif", b""), parts.get("xmp", b"")]
    else:
        with opened(content, media_type) as image:
            raw = _raw_blocks(image)
    return "\n".join([*filter(None, said), *(run for block in raw for run in readable_runs(block))])


def opened(content: io.BytesIO, media_type: str) -> Image.Image:
    """Open as the type it was found to be, and as no other: each parser less is a risk less."""
    content.seek(0)
    return Image.open(content, formats=[PICTURE_FORMATS[media_type]])


def _bare(image: Image.Image, format_: str) -> Image.Image:
    """Return a new picture with the pixels of ``image``."""
    image = in_srgb(image)
    if image.mode not in PLAIN_MODES.get(format_, {"L", "LA", "RGB", "RGBA", "I;16"}):
        has_alpha = image.has_transparency_data and "RGBA" in PLAIN_MODES.get(format_, {"RGBA"})
        image = image.convert("RGBA" if has_alpha else "RGB")
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def in_srgb(image: Image.Image) -> Image.Image:
    """Apply the colour profile, since it is left behind: profiles name devices."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    with suppress(ImageCms.PyCMSError, OSError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        return converted or image
    return image


def _exif(block: bytes) -> Image.Exif:
    exif = Image.Exif()
    if block:
        exif.load(block if block.startswith(b"Exif\0\0") else b"Exif\0\0" + block)
    return exif


def _said(exif: Image.Exif, spoken: dict[str, str], xmp: bytes) -> dict[str, Any]:
    """Return the facts that lie in EXIF, in other texts of the file, and in XMP."""
    camera, gps = exif.get_ifd(CAMERA_IFD), exif.get_ifd(GPS_IFD)
    properties = (
        _named(exif, MAIN_TAGS, "exif") | _named(camera, CAMERA_TAGS, "exif") | _named(gps, GPS_TAGS, "gps")
    )
    facts: dict[str, Any] = _taken(camera) | _place(gps)
    facts |= {"make": _words(exif.get(0x010F)), "model": _words(exif.get(0x0110))}
    return facts | {"properties": properties | _altitude(gps) | spoken | _from_xmp(xmp)}


def _taken(camera: dict[int, Any]) -> dict[str, str]:
    """Return when the picture was taken, or else digitised, as the camera wrote it."""
    for time_tag, offset_tag in ((0x9003, 0x9011), (0x9004, 0x9012)):
        time, offset = _words(camera.get(time_tag)), _words(camera.get(offset_tag))
        if time.strip(": 0"):
            return {"taken_text": time} | (
                {"taken_offset": offset} if re.fullmatch(r"[+-]\d\d:\d\d|Z", offset) else {}
            )
    return {}


def _place(gps: dict[int, Any]) -> dict[str, str]:
    latitude, longitude = _degrees(gps.get(2), gps.get(1), "S"), _degrees(gps.get(4), gps.get(3), "W")
    if latitude is None or longitude is None:
        return {}
    return {"latitude": latitude, "longitude": longitude}


def _degrees(parts: Any, side: Any, negative: str) -> str | None:
    """Turn degrees, minutes and seconds into decimal degrees with seven places (about a centimetre)."""
    if not isinstance(parts, tuple) or len(parts) != 3 or not isinstance(side, str) or not side.strip("\0 "):
        return None
    numbers = [_fraction(part) for part in parts]
    degrees, minutes, seconds = (number if number is not None else Fraction(-1) for number in numbers)
    if min(degrees, minutes, seconds) < 0:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    sign = "-" if side.strip("\0 ").upper() == negative and value else ""
    return sign + _decimal(value, 7)


def _fraction(part: Any) -> Fraction | None:
    """Return an EXIF rational exactly; None for 0/0, which cameras write when they do not know."""
    numerator, denominator = getattr(part, "numerator", None), getattr(part, "denominator", None)
    if not isinstance(numerator, int) or not isinstance(denominator, int) or denominator == 0:
        return None
    return Fraction(numerator, denominator)


def _decimal(value: Fraction, places: int) -> str:
    scaled = Decimal(round(value * 10**places)).scaleb(-places)
    return f"{scaled:f}".rstrip("0").rstrip(".")


def _altitude(gps: dict[int, Any]) -> dict[str, str]:
    metres = _fraction(gps.get(6))
    if metres is None:
        return {}
    below = gps.get(5) in {1, b"\x01"}
    return {"gps.altitude_m": ("-" if below else "") + _decimal(metres, 2)}


def _named(values: Any, names: dict[int, str], prefix: str) -> dict[str, str]:
    said = {f"{prefix}.{name}": _words(_as_text(tag, values.get(tag))) for tag, name in names.items()}
    return {name: text for name, text in said.items() if text}


def _as_text(tag: int, value: Any) -> Any:
    """Decode the tags of Windows, which are UTF-16 in a field of bytes."""
    return value.decode("utf-16-le", "replace") if tag in XP_TAGS and isinstance(value, bytes) else value


def _words(value: Any) -> str:
    """Return a tag's value in words, whatever type the camera gave it."""
    if isinstance(value, bytes):
        return _decoded_comment(value)
    if isinstance(value, tuple):
        return ":".join(_words(part) for part in value)
    if isinstance(value, str):
        return SPACES.sub(" ", _as_utf8(value).replace("\0", " ")).strip()
    fraction = _fraction(value)
    return "" if fraction is None else _decimal(fraction, 3)


def _as_utf8(value: str) -> str:
    """EXIF text is ASCII by its standard and UTF-8 by custom; Pillow reads it as Latin-1."""
    with suppress(UnicodeError):
        return value.encode("latin-1").decode("utf-8")
    return value


def _decoded_comment(value: bytes) -> str:
    """Decode a comment with its character code in front, or a Windows tag in UTF-16."""
    encodings = {b"ASCII\0\0\0": "utf-8", b"UNICODE\0": "utf-16-be", b"JIS\0\0\0\0\0": "iso2022_jp"}
    encoding = encodings.get(value[:8])
    if encoding == "utf-16-be" and value[9:10] == b"\0":
        encoding = "utf-16-le"  # the byte order is not stated; most letters tell
    text = value[8:].decode(encoding, "replace") if encoding else value.decode("utf-8", "replace")
    return SPACES.sub(" ", text.replace("\0", " ")).strip()


def _spoken(image: Image.Image) -> dict[str, str]:
    """Return comments, PNG texts and press captions."""
    texts = image.info.items() if image.format == "PNG" else ()
    said = {f"png.{name}".lower(): value for name, value in texts if isinstance(value, str)}
    comment = image.info.get("comment")
    if isinstance(comment, bytes):
        said["comment"] = comment.decode("utf-8", "replace")
    for record, value in _press_records(image).items():
        if record in IPTC_RECORDS:
            values = value if isinstance(value, list) else [value]
            said[f"iptc.{IPTC_RECORDS[record]}"] = "; ".join(
                part.decode("utf-8", "replace") for part in values
            )
    return {
        re.sub(r"[^a-z0-9_.:-]", "_", name)[:60]: text
        for name, text in list(said.items())[:40]
        if text.strip()
    }


def _press_records(image: Image.Image) -> dict[Any, Any]:
    return (IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None) or {}


def _from_xmp(xmp: bytes) -> dict[str, str]:
    """Return the leaves and attributes of XMP, by their local names; nothing it refers to is fetched."""
    leaves = markup.Leaves(lambda name: name.partition(":")[0] in {"xmlns", "rdf", "xml", "x"})
    with suppress(*BROKEN):  # half an XMP packet says half of what it said
        markup.read(xmp.strip(b"\0 \r\n"), leaves)
    said = {name.lower(): "; ".join(dict.fromkeys(values)) for name, values in leaves.found.items()}
    return {f"xmp.{name}": value for name, value in said.items() if name in XMP_NAMES}


def _raw_blocks(image: Image.Image) -> list[bytes]:
    """Return the metadata as they lie in the file, so that no tag unknown to us is missed."""
    photoshop = image.info.get("photoshop")
    blocks = [*image.info.values(), *(photoshop.values() if isinstance(photoshop, dict) else [])]
    tags = [value for value in image.getexif().values() if isinstance(value, bytes)]
    skipped = image.info.get("icc_profile")
    return [block for block in [*blocks, *tags] if isinstance(block, bytes) and block is not skipped]
