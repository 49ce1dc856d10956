"""The ZIP profile: one list of files has one sequence of bytes, and no bit of it goes unexamined."""

import io
import os
import shutil
import struct
import subprocess
import zipfile
import zlib
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_tracker.integrity.archive import (
    ArchiveFault,
    Entry,
    HeaderDiffers,
    StreamDiffers,
    archive_size,
    examine_archive,
    read_archive,
    write_archive,
)
from evidence_tracker.integrity.names import UnsafeName, require_distinct_names, require_safe_name

SMALL = {"bagit.txt": b"BagIt", "data/empty": b"", "data/EX-0001/EX-0001.jpg": bytes(range(256)) * 3}
SEGMENTS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}", fullmatch=True)


def entry(name, data, **changes):
    return replace(Entry(name, len(data), zlib.crc32(data), partial(list, [data])), **changes)


def write(files):
    out = io.BytesIO()
    written = write_archive([entry(name, data) for name, data in files.items()], out.write)
    return out.getvalue(), written


def read_all(data):
    archive = read_archive(io.BytesIO(data))
    return {name: b"".join(archive.chunks(name)) for name in archive.members}


def test_it_writes_what_it_reads():
    data, written = write(SMALL)

    assert read_all(data) == SMALL
    assert (written.size, written.sha256) == (len(data), sha256(data).hexdigest())


def test_the_order_of_the_entries_does_not_matter():
    assert write(SMALL)[0] == write(dict(reversed(SMALL.items())))[0]


def test_an_archive_of_nothing_is_an_archive():
    data, _ = write({})

    assert (len(data), read_all(data)) == (22, {})
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == []


@given(st.dictionaries(st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join), st.binary(max_size=300)))
@settings(deadline=None, max_examples=60)
def test_whatever_is_written_can_be_read_by_us_and_by_the_standard_library(files):
    try:
        for name in files:
            require_safe_name(name)
        require_distinct_names(files)
    except UnsafeName:
        with pytest.raises(UnsafeName):
            write(files)
        return
    data, written = write(files)

    assert read_all(data) == files
    assert written.size == archive_size([entry(name, content) for name, content in files.items()])
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        assert {name: other.read(name) for name in other.namelist()} == files


def test_info_zip_finds_no_fault(tmp_path):
    path = tmp_path / "small.zip"
    path.write_bytes(write(SMALL)[0])
    unzip = shutil.which("unzip")
    if unzip is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no unzip: apt-get install unzip")

    result = subprocess.run([unzip, "-t", path], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
    assert "No errors detected" in result.stdout


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "", "/etc/passwd", "../up", "a/../b", "a//b", "a/", "./a", "a\\b", "C:a", "a b", "a\n", "a\x00b",
        "-rf", ".hidden", "data/.git", "dot.", "CON", "data/nul.txt", "com1", "é", "a\u202eb", "x" * 101,
        "a/" * 100 + "b", "data/EX-0001/EX-0001.jpg\n",
    ],
)  # fmt: skip
def test_it_refuses_a_name_that_is_not_plain_everywhere(name):
    with pytest.raises(UnsafeName):
        write({name: b""})


@pytest.mark.parametrize(
    "names",
    [("a", "A"), ("data/x", "Data/y"), ("a", "a/b"), ("A", "a/b"), ("a/b", "a/B"), ("a/b/c", "a/B")],
)
def test_it_refuses_names_that_are_one_where_capitals_do_not_count(names):
    with pytest.raises(UnsafeName):
        write(dict.fromkeys(names, b""))


def test_it_refuses_one_name_twice():
    with pytest.raises(UnsafeName):
        write_archive([entry("a", b"1"), entry("a", b"2")], io.BytesIO().write)


def test_nothing_is_written_before_all_names_are_known_to_be_safe():
    out = io.BytesIO()
    with pytest.raises(UnsafeName):
        write_archive([entry("a", b"1"), entry("../z", b"2")], out.write)

    assert out.getvalue() == b""


# --- Streams that lie -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ([b"evidenc"], "has 7 bytes; 8 were announced"),
        ([b"evidence", b"!"], "more than the 8 bytes"),
        ([b"evidenCe"], "CRC-32"),
        ([], "has 0 bytes"),
    ],
)
def test_it_refuses_a_stream_that_is_not_what_was_announced(chunks, says):
    liar = entry("data/a", b"evidence", chunks=lambda: chunks)
    with pytest.raises(StreamDiffers, match=says):
        write_archive([liar], io.BytesIO().write)


def test_a_stream_that_never_ends_is_stopped_at_its_size():
    def endless():
        while True:
            yield b"x" * 1000

    with pytest.raises(StreamDiffers):
        write_archive([entry("data/a", b"x" * 2500, chunks=endless)], io.BytesIO().write)


@pytest.mark.parametrize("change", [{"size": -1}, {"size": 2**63}, {"crc32": -1}, {"crc32": 2**32}])
def test_it_refuses_sizes_and_checksums_that_no_file_has(change):
    with pytest.raises(ArchiveFault):
        write_archive([entry("data/a", b"", **change)], io.BytesIO().write)


# --- Every bit --------------------------------------------------------------------------------


def test_every_flipped_bit_of_the_container_is_named():
    data, _ = write(SMALL)
    for position in range(len(data) * 8):
        spoilt = bytearray(data)
        spoilt[position >> 3] ^= 1 << (position & 7)
        examined = examine_archive(io.BytesIO(bytes(spoilt)))
        if not examined.faults:  # then the bit is one of a file's own, and its CRC-32 tells
            assert examined.archive is not None
            with pytest.raises(StreamDiffers):
                read_all(bytes(spoilt))


def test_a_fault_names_the_file_and_the_field():
    data, _ = write({"a": b"1", "b": b"2"})
    headers = {14: "CRC-32", 4: "version", 8: "method", 10: "time", 22: "size"}
    for offset, what in headers.items():
        spoilt = bytearray(data)
        spoilt[32 + offset] ^= 0x40  # the second local header begins at 32
        sentences = [str(fault) for fault in examine_archive(io.BytesIO(bytes(spoilt))).faults]
        assert sentences == [f"In the header before 'b' the {what} differs from what is prescribed."]


def test_every_truncation_is_refused():
    data, _ = write(SMALL)
    for length in range(len(data)):
        with pytest.raises((ArchiveFault, UnsafeName)):
            read_archive(io.BytesIO(data[:length]))


@pytest.mark.parametrize("place", ["before", "between", "after"])
def test_bytes_hidden_around_the_files_are_found(place):
    data, _ = write(SMALL)
    at = {"before": 0, "between": data.index(b"PK\x01\x02"), "after": len(data)}[place]
    with pytest.raises(ArchiveFault):
        read_archive(io.BytesIO(data[:at] + b"hidden" + data[at:]))


def test_what_other_tools_write_is_not_in_the_profile(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as other:
        for name, data in sorted(SMALL.items()):
            other.writestr(name, data)

    with path.open("rb") as source, pytest.raises(HeaderDiffers):
        read_archive(source)


def test_a_directory_that_names_a_file_twice_is_refused():
    data, _ = write({"a": b"1", "b": b"2"})
    twice = data.replace(b"b2PK", b"a2PK").replace(b"b" + b"PK\x05\x06", b"aPK\x05\x06")
    faults = examine_archive(io.BytesIO(twice)).faults

    assert any(isinstance(fault, UnsafeName) for fault in faults)


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_no_bytes_make_the_reader_stumble(data):
    assert examine_archive(io.BytesIO(data)).faults or data == write({})[0]


@given(st.data())
@settings(deadline=None)
def test_no_mutilated_archive_makes_the_reader_stumble(data):
    good = bytearray(write(SMALL)[0])
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(
            st.sampled_from([0, 1, 0x50, 0x7F, 0xFE, 0xFF])
        )
    examined = examine_archive(io.BytesIO(bytes(good)))
    if examined.archive is not None:
        for name in examined.archive.members:
            try:
                assert sum(map(len, examined.archive.chunks(name))) <= len(good)
            except ArchiveFault:
                continue


def test_a_directory_of_monstrous_sizes_is_refused_without_reading_them():
    data, _ = write(SMALL)
    at = data.index(b"PK\x01\x02") + 20
    monstrous = data[:at] + b"\xff\xff\xff\xff" * 2 + data[at + 8 :]
    with pytest.raises(ArchiveFault):
        read_archive(io.BytesIO(monstrous))


# --- ZIP64 ------------------------------------------------------------------------------------


def test_seventy_thousand_files_need_a_zip64_end_record_and_get_it():
    files = {f"data/{number:05d}": b"" for number in range(70_000)}
    data, written = write(files)

    assert b"PK\x06\x06" in data[-120:]
    assert len(read_archive(io.BytesIO(data)).members) == 70_000
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 70_000
    assert written.size == archive_size([entry(name, b"") for name in files])


def test_a_zip64_end_record_where_none_is_needed_is_refused():
    data, _ = write({"a": b"1"})
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, 1, 1, end - start, start)
    wide += struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    tail = data[end : end + 8] + b"\xff" * 12 + bytes(2)
    with pytest.raises(HeaderDiffers, match="end record"):
        read_archive(io.BytesIO(data[:end] + wide + tail))


def zeros(size):
    chunk = bytes(1 << 22)
    for _ in range(size >> 22):
        yield chunk
    yield bytes(size & ((1 << 22) - 1))


def test_a_file_of_more_than_four_gigabytes_and_one_behind_it(tmp_path):
    size = (4 << 30) + 5
    crc32 = 0
    for chunk in zeros(size):
        crc32 = zlib.crc32(chunk, crc32)
    path = tmp_path / "large.zip"
    with path.open("wb") as target:
        # Zeros become a hole in the file: the test writes a few hundred bytes.
        def sink(data):
            if len(data) > 1 << 20:
                target.seek(len(data), os.SEEK_CUR)
            else:
                target.write(data)

        entries = [Entry("data/a", size, crc32, partial(zeros, size)), entry("data/b", b"behind it")]
        written = write_archive(entries, sink)

    assert path.stat().st_size == written.size == archive_size(entries)
    with path.open("rb") as source:
        archive = read_archive(source)
        assert archive.members["data/a"].size == size
        assert b"".join(archive.chunks("data/b")) == b"behind it"
    with zipfile.ZipFile(path) as other:
        assert other.getinfo("data/a").file_size == size
        assert other.read("data/b") == b"behind it"


@pytest.mark.parametrize("size", [2**32 - 2, 2**32 - 1, 2**32])
def test_the_size_at_which_zip64_begins_is_exact(size):
    """Header bytes alone: the size is announced, the stream is cut off after the header."""
    headers: list[bytes] = []

    def stop():
        yield from ()

    with pytest.raises(StreamDiffers):
        write_archive([Entry("data/a", size, 0, stop)], headers.append)

    is_wide = size >= 2**32 - 1
    assert len(headers[0]) == 30 + len("data/a") + (20 if is_wide else 0)
    assert headers[0][4] == (45 if is_wide else 20)


def test_memory_does_not_grow_with_the_file(tmp_path):
    import tracemalloc  # noqa: PLC0415 - only this test measures

    size = 64 << 20
    crc32 = 0
    for chunk in zeros(size):
        crc32 = zlib.crc32(chunk, crc32)
    path = Path(tmp_path) / "flat.zip"
    tracemalloc.start()
    with path.open("wb") as target:
        write_archive([Entry("data/a", size, crc32, partial(zeros, size))], target.write)
    with path.open("rb") as source:
        archive = read_archive(source)
        assert sum(map(len, archive.chunks("data/a"))) == size
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 << 20
