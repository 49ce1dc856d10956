"""The header bytes of a ZIP file in the profile of a bundle: a function of names, sizes and CRC-32.

Field by field as in APPNOTE.TXT 6.3.3, sections 4.3.7 (local header), 4.3.12 (directory record) and
4.3.14 to 4.3.16 (end records). What the profile leaves no choice about is a constant here.
"""

from struct import Struct

LOCAL = Struct("<IHHHHHIIIHH")
LOCAL_FIELDS = [
    "signature",
    "version",
    "flags",
    "method",
    "time",
    "date",
    "CRC-32",
    "stored size",
    "size",
    "length of the name",
    "length of the extra field",
]
CENTRAL = Struct("<IHHHHHHIIIHHHHHII")
CENTRAL_FIELDS = [
    "signature",
    "system",
    "version",
    "flags",
    "method",
    "time",
    "date",
    "CRC-32",
    "stored size",
    "size",
    "length of the name",
    "length of the extra field",
    "length of the comment",
    "disk number",
    "internal attributes",
    "attributes",
    "place",
]
END = Struct("<IHHHHIIH")
END64 = Struct("<IQHHIIQQQQ")
LOCATOR = Struct("<IIQI")

LOCAL_SIGNATURE = 0x04034B50
CENTRAL_SIGNATURE = 0x02014B50
CENTRAL_MARK = CENTRAL_SIGNATURE.to_bytes(4, "little")
END_SIGNATURE = 0x06054B50
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF

_END64_SIGNATURE = 0x06064B50
_LOCATOR_SIGNATURE = 0x07064B50
_VERSION, _VERSION64 = 20, 45
_MADE_BY_UNIX = 3 << 8 | _VERSION64
_MIDNIGHT, _FIRST_OF_1980 = 0, 1 << 5 | 1
_REGULAR_FILE_0644 = 0o100644 << 16


def local_header(name: bytes, size: int, crc32: int) -> bytes:
    """Return the header that stands before the bytes of a file."""
    extra = b""
    version, shown = _VERSION, size
    if size >= FULL32:
        version, shown = _VERSION64, FULL32
        extra = Struct("<HHQQ").pack(1, 16, size, size)
    head = LOCAL.pack(
        LOCAL_SIGNATURE, version, 0, 0, _MIDNIGHT, _FIRST_OF_1980, crc32, shown, shown, len(name), len(extra)
    )
    return head + name + extra


def central_record(name: bytes, size: int, crc32: int, place: int) -> bytes:
    """Return the directory's record of a file whose local header stands at ``place``."""
    wide = b""
    if size >= FULL32:
        wide += Struct("<QQ").pack(size, size)
    if place >= FULL32:
        wide += Struct("<Q").pack(place)
    extra = Struct("<HH").pack(1, len(wide)) + wide if wide else b""
    shown = min(size, FULL32)
    head = CENTRAL.pack(
        CENTRAL_SIGNATURE, _MADE_BY_UNIX, _VERSION64 if wide else _VERSION, 0, 0, _MIDNIGHT, _FIRST_OF_1980,
        crc32, shown, shown, len(name), len(extra), 0, 0, 0, _REGULAR_FILE_0644, min(place, FULL32),
    )  # fmt: skip
    return head + name + extra


def end_records(count: int, size: int, place: int) -> bytes:
    """Return the end of an archive whose directory has ``count`` records and ``size`` bytes at ``place``."""
    wide = b""
    if count >= FULL16 or size >= FULL32 or place >= FULL32:
        wide = END64.pack(
            _END64_SIGNATURE, END64.size - 12, _MADE_BY_UNIX, _VERSION64, 0, 0, count, count, size, place
        ) + LOCATOR.pack(_LOCATOR_SIGNATURE, 0, place + size, 1)
    shown = min(count, FULL16)
    return wide + END.pack(END_SIGNATURE, 0, 0, shown, shown, min(size, FULL32), min(place, FULL32), 0)
