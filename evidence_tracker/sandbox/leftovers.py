"""What a picture file holds beside its pixels, in words. Child only.

For copies that are said to be without identifiers: whatever is not known to be harmless is
named. Layouts: ITU-T T.81 and JFIF 1.02 (segments of a JPEG), PNG 1.2 (chunks), the RIFF
container of WebP.
"""

import io
from typing import Any

from PIL import ExifTags, Image

_EXIF, _XMP, _JFIF, _ICC, _ADOBE = b"Exif\0\0", b"http://ns.adobe.com/", b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"
THUMBNAIL_AT = 0x0201
MAKER_NOTE = 0x927C
#: Tags that say how the pixels lie in the file (TIFF 6.0, EXIF 2.32) and nothing of what they show.
HARMLESS_MAIN = (
    {0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010A, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117, 0x0118}
    | {0x0119, 0x011A, 0x011B, 0x011C, 0x0122, 0x0123, 0x0128, 0x0131, 0x013D, 0x013E, 0x013F, 0x0140}
    | {0x0142, 0x0143, 0x0144, 0x0145, 0x0152, 0x0153, 0x0154, 0x0155, 0x015B, 0x0211, 0x0212, 0x0213}
    | {0x0214, 0x00FE, 0x00FF, 0x8769, 0x8773}
)
HARMLESS_CAMERA = {0x9000, 0x9101, 0x9102, 0xA000, 0xA001, 0xA002, 0xA003, 0xA005}
#: What Pillow keeps of a PNG, WebP or GIF that is no word and no picture.
HARMLESS_INFO = {
    *("dpi", "gamma", "interlace", "transparency", "aspect", "chromaticity", "srgb", "icc_profile"),
    *("background", "version", "duration", "loop", "extension", "timestamp", "default_image", "exif"),
    *("compression", "resolution", "jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe"),
    *("adobe_transform", "progressive", "progression", "bbox"),
}


def beside_pixels(image: Image.Image, content: io.BytesIO) -> str | None:
    """Return what else the file holds (``EXIF, a thumbnail``), None if nothing."""
    found = exif_leftovers(image.getexif())
    if image.format in {"JPEG", "MPO"}:
        found += _segments(getattr(image, "applist", []))
    else:
        words = sorted(str(name) for name in image.info if str(name).lower() not in HARMLESS_INFO)
        found += [f"the field {name[:40]!r}" for name in words]
    if _follows(image.format, content.getbuffer()):
        found.append("data after its end")
    return ", ".join(dict.fromkeys(found)) or None


def exif_leftovers(exif: Image.Exif) -> list[str]:
    """Return what of EXIF is more than a description of the pixels."""
    camera, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    found = []
    if set(exif) - HARMLESS_MAIN - {ExifTags.IFD.GPSInfo} or set(camera) - HARMLESS_CAMERA - {MAKER_NOTE}:
        found.append("EXIF")
    if gps:
        found.append("a position")
    if MAKER_NOTE in camera:
        found.append("a maker note")
    if THUMBNAIL_AT in exif.get_ifd(ExifTags.IFD.IFD1):
        found.append("a thumbnail")
    return found


def _segments(segments: list[tuple[str, bytes]]) -> list[str]:
    return [named for name, data in segments if (named := _segment(name, data)) is not None]


def _segment(name: str, data: bytes) -> str | None:
    if name == "APP0" and data.startswith(_JFIF) and data[12:14] in {b"\0\0", b""}:
        return None
    if (name, data[:6]) == ("APP1", _EXIF):
        return None  # by its tags
    if (name == "APP2" and data.startswith(_ICC)) or (name == "APP14" and data.startswith(_ADOBE)):
        return None
    if name == "APP1" and data.startswith(_XMP):
        return "XMP"
    return {"APP0": "a thumbnail", "COM": "a comment", "APP13": "press data"}.get(name, f"a segment {name}")


def _follows(format_: str | None, data: memoryview) -> bool:
    ends = {"JPEG": _end_of_jpeg, "MPO": _end_of_jpeg, "PNG": _end_of_png, "WEBP": _end_of_riff}
    end_of: Any = ends.get(format_ or "")
    return end_of is not None and bool(bytes(data[end_of(data) :]).strip(b"\0\r\n"))


def _end_of_jpeg(data: memoryview) -> int:
    """Return where the first picture ends: the end marker behind its first scan."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        if data[place + 1] == 0xFF:
            place += 1
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    end = bytes(data).find(b"\xff\xd9", place)
    return len(data) if end < 0 else end + 2


def _end_of_png(data: memoryview) -> int:
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind = bytes(data[place + 4 : place + 8])
        place += 12 + length
        if kind == b"IEND":
            break
    return min(place, len(data))


def _end_of_riff(data: memoryview) -> int:
    return min(len(data), 8 + int.from_bytes(data[4:8], "little") + 1)
