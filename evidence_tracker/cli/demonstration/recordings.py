"""Sound and film, written by hand: a WAV of tones with the rhythm of speech, a QuickTime film of drawings."""

import io
import math
import struct
import wave
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

RATE = 8000
_SINCE_1904 = 2_082_844_800
_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def speech(seconds: int, *, pitch: int) -> bytes:
    """Return a mono WAV, 16 bits at 8 kHz, that sounds like somebody speaking behind a wall."""
    samples = bytearray()
    for n in range(RATE * seconds):
        t = n / RATE
        syllable = max(0.0, math.sin(2 * math.pi * 3.1 * t)) * max(
            0.0, math.sin(2 * math.pi * 0.23 * t + 0.4)
        )
        tone = math.sin(2 * math.pi * (pitch + 12 * math.sin(5 * t)) * t) + 0.4 * math.sin(
            4.1 * math.pi * pitch * t
        )
        samples += struct.pack("<h", int(9000 * syllable * tone))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(samples))
    return out.getvalue()


def film(
    frames: Sequence[bytes], size: tuple[int, int], *, per_second: int, taken: datetime, place: str
) -> bytes:
    """Return a QuickTime film whose frames are JPEG pictures (Apple, QuickTime File Format).

    ``place`` is ISO 6709 text (``+50.0123+030.0456/``), as telephones write it.
    """
    media = b"".join(frames)
    start = _box(b"ftyp", b"qt  " + struct.pack(">I", 0x20050300) + b"qt  ")
    offset = len(start) + 8
    said = _box(
        b"udta", _text(b"\xa9xyz", place) + _text(b"\xa9mak", "Fictional") + _text(b"\xa9mod", "Phone One")
    )
    stamp = int(taken.astimezone(UTC).timestamp()) + _SINCE_1904
    header = struct.pack(">IIIII", 0, stamp, stamp, per_second, len(frames))
    movie = header + struct.pack(">IHH8x", 0x10000, 0x100, 0) + _UNITY + struct.pack(">6II", *[0] * 6, 2)
    track = _track(frames, size, per_second, stamp, offset)
    return start + _box(b"mdat", media) + _box(b"moov", _box(b"mvhd", movie) + track + said)


def _track(frames: Sequence[bytes], size: tuple[int, int], per_second: int, stamp: int, offset: int) -> bytes:
    width, height = size
    head = struct.pack(">IIII4xI8x4H", 0xF, stamp, stamp, 1, len(frames), 0, 0, 0, 0)
    head += _UNITY + struct.pack(">II", width << 16, height << 16)
    media_head = struct.pack(">IIIIIHH", 0, stamp, stamp, per_second, len(frames), 0x55C4, 0)
    handler = struct.pack(">I", 0) + b"mhlrvide" + b"\0" * 12 + b"\0"
    reference = _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1) + _box(b"alis", struct.pack(">I", 1))))
    information = (
        _box(b"vmhd", struct.pack(">I8x", 1)) + reference + _box(b"stbl", _table(frames, size, offset))
    )
    parts = _box(b"mdhd", media_head) + _box(b"hdlr", handler) + _box(b"minf", information)
    return _box(b"trak", _box(b"tkhd", head) + _box(b"mdia", parts))


def _table(frames: Sequence[bytes], size: tuple[int, int], offset: int) -> bytes:
    width, height = size
    sample = b"\0" * 6 + struct.pack(
        ">HHH4sIIHHIIIH", 1, 0, 0, b"fict", 0, 512, width, height, 0x480000, 0x480000, 0, 1
    )
    sample += b"\x04jpeg".ljust(32, b"\0") + struct.pack(">Hh", 24, -1)
    places = list(accumulate((len(one) for one in frames[:-1]), initial=offset))
    return b"".join(
        (
            _box(b"stsd", struct.pack(">II", 0, 1) + _box(b"jpeg", sample)),
            _box(b"stts", struct.pack(">IIII", 0, 1, len(frames), 1)),
            _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
            _box(b"stsz", struct.pack(f">III{len(frames)}I", 0, 0, len(frames), *map(len, frames))),
            _box(b"stco", struct.pack(f">II{len(frames)}I", 0, len(frames), *places)),
        )
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _text(kind: bytes, words: str) -> bytes:
    data = words.encode("utf-8")
    return _box(kind, struct.pack(">HH", len(data), 0x55C4) + data)
