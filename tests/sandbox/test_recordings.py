import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.sandbox.answers import Examination
from evidence_tracker.sandbox.runner import Sandbox

KYIV_2024 = 3_792_207_600  # 2024-03-02T03:00:00Z in seconds since 1904


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def header(created=KYIV_2024, scale=1_000, duration=12_500):
    return box(b"mvhd", struct.pack(">IIIII", 0, created, created, scale, duration), bytes(80))


def track(width, height):
    return box(b"trak", box(b"tkhd", bytes(76), struct.pack(">HHHH", width, 0, height, 0)))


def quicktime_keys(**said):
    names = b"".join(box(b"mdta", f"com.apple.quicktime.{name}".encode()) for name in said)
    values = b"".join(
        box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0), value.encode()))
        for number, value in enumerate(said.values(), 1)
    )
    return box(
        b"meta",
        box(b"hdlr", bytes(20)),
        box(b"keys", bytes(4), struct.pack(">I", len(said)), names),
        box(b"ilst", values),
    )


def film(*description, media=1_000):
    return [box(b"ftyp", b"mp42", bytes(4)), box(b"mdat", bytes(media)), box(b"moov", *description)]


def test_the_place_of_real_recordings(sandbox, corpus):
    for name, media_type in (
        ("testMP4_udtaLocation.mp4", "video/mp4"),
        ("testMP4_QuickTimeMetadata.mov", "video/quicktime"),
    ):
        found = sandbox.examine([corpus(name)], media_type)
        assert (found.latitude, found.longitude) == ("12.3456", "-98.7654")
        assert found.failed is None


def test_the_time_and_size_of_a_real_recording(sandbox, corpus):
    found = sandbox.examine([corpus("video1.mp4")], "video/mp4")
    assert (found.width, found.height) == (720, 1280)
    assert (found.taken_text, found.taken_offset) == ("2022-08-08T21:49:00", "+00:00")


def test_a_recorder_without_a_clock_has_no_time(sandbox, corpus):
    assert sandbox.examine([corpus("testVideoMp4.mp4")], "video/mp4").taken_text is None
    assert sandbox.examine(film(header(created=0)), "video/mp4").taken_text is None


def test_what_a_phone_says_is_preferred_to_the_header(sandbox):
    said = quicktime_keys(
        creationdate="2024-03-02T05:00:00+0200", make="Apple", model="iPhone 8", software="17.1"
    )
    found = sandbox.examine(film(header(), track(1920, 1080), track(0, 0), said), "video/quicktime")
    assert found == Examination(
        width=1920,
        height=1080,
        taken_text="2024-03-02T05:00:00",
        taken_offset="+02:00",
        make="Apple",
        model="iPhone 8",
        properties={
            "recording.creationdate": "2024-03-02T05:00:00+0200",
            "recording.software": "17.1",
            "recording.duration_s": "12.500",
        },
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+48.4500+035.0200/", ("48.4500", "35.0200")),
        ("-33.9-018.4+010/", ("-33.9", "-18.4")),
        ("+00.0-000.1/", ("0.0", "-0.1")),
        ("+48+035", ("48", "35")),
        ("north of the river", (None, None)),
    ],
)
def test_a_place_as_text_is_read(sandbox, text, place):
    xyz = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(text), 0), text.encode()))
    found = sandbox.examine(film(header(), xyz), "video/mp4")
    assert (found.latitude, found.longitude) == place


def test_words_of_a_recording_reach_the_scan(sandbox):
    said = quicktime_keys(author="Олена Коваленко", comment="двір школи")
    text = sandbox.text(film(header(), said), "video/quicktime").text
    assert "Олена Коваленко" in text
    assert "двір школи" in text


def test_a_long_recording_is_read_without_being_held():
    """400 MiB of film go through a process that may take 64."""

    def long_film():
        size = 400 * 2**20
        yield struct.pack(">I4sQ", 1, b"mdat", 16 + size)
        for _ in range(400):
            yield bytes(2**20)
        yield box(b"moov", header(), track(640, 480))

    with Sandbox(memory_mb=64) as small:
        found = small.examine(long_film(), "video/mp4")
    assert (found.width, found.height, found.failed) == (640, 480, None)


def test_a_recording_that_was_cut_off_says_so(sandbox):
    found = sandbox.examine(film(header())[:2], "video/mp4")
    assert "no description" in found.failed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        bytes(8),
        struct.pack(">I4s", 4, b"moov"),
        struct.pack(">I4s", 2**31, b"moov") + bytes(100),
        struct.pack(">I4sQ", 1, b"moov", 2**63),
        struct.pack(">I4sQ", 1, b"moov", 3),
        box(b"moov", struct.pack(">I4s", 50_000, b"trak")),
        box(b"moov", box(b"meta")),
        box(b"moov", header(scale=0)),
        box(b"moov", box(b"mvhd", b"\1")),
        box(b"moov", box(b"udta", box(b"\xa9xyz"))),
    ],
)
def test_a_recording_that_lies_about_its_boxes_is_survived(sandbox, content):
    assert isinstance(sandbox.examine([content], "video/mp4"), Examination)


def test_descriptions_longer_than_any_film_needs_are_refused(sandbox):
    def boxes_without_end():
        yield struct.pack(">I4s", 200 * 2**20, b"moov")
        for _ in range(200):
            yield bytes(2**20)

    assert "too long" in sandbox.examine(boxes_without_end(), "video/mp4").failed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_recording_gets_out_of_the_sandbox(sandbox, data):
    whole = bytearray(b"".join(film(header(), track(9, 9), quicktime_keys(make="A"), media=20)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for media_type in ("video/mp4", "image/heic"):
        assert isinstance(sandbox.examine([bytes(whole[:cut]), bytes(whole[cut:])], media_type), Examination)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_heic_gets_out_of_the_sandbox(sandbox, corpus, data):
    whole = bytearray(corpus("IMG_1034.heic")[:20_000])
    for _ in range(data.draw(st.integers(1, 10))):
        whole[data.draw(st.integers(0, 4_000))] = data.draw(st.integers(0, 255))
    assert isinstance(sandbox.examine([bytes(whole)], "image/heic"), Examination)
