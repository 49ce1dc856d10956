import hashlib
import io
import random
import tracemalloc
import zlib
from uuid import UUID, uuid4

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.errors import BlobMissing, DigestMismatch, Refused
from evidence_tracker.vault.blobs import BlobReader, blob_context, chunks, deposit
from evidence_tracker.vault.files import Files
from evidence_tracker.vault.local import LocalStore

from .conftest import INSTANCE

CHUNK, SEALED, HEADER = 16_384, 16_400, 56
EDGES = [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK - 1, 5 * CHUNK + 16]
STEP_EDGES = [
    96 * 1024 - 1,
    96 * 1024,
    96 * 1024 + 1,
    17 * 2**16,
    2**20 - 1,
    2**20,
    2**20 + 1,
    7 * 2**20 + 12_345,
]


def content_of(size):
    return random.Random(size).randbytes(size)  # noqa: S311 - the same bytes every time


def read_back(store, kept, **changes):
    asked = {"blob_id": kept.blob_id, "key": kept.key, "instance_id": INSTANCE} | changes
    return b"".join(chunks(store, asked["blob_id"], asked["key"], instance_id=asked["instance_id"]))


def reader(store, kept, **changes):
    asked = {"blob_id": kept.blob_id, "key": kept.key, "instance_id": INSTANCE} | changes
    return BlobReader(store, asked["blob_id"], asked["key"], instance_id=asked["instance_id"])


def path_of(tmp_path, kept):
    return tmp_path / "vault" / kept.blob_id.hex[:2] / kept.blob_id.hex


def replace(path, content):
    path.chmod(0o600)
    path.write_bytes(content)


def assert_refused(store, kept, **changes):
    """Neither way of reading may return anything but an error that names the blob."""
    asked_for = str(changes.get("blob_id", kept.blob_id))
    with pytest.raises(DigestMismatch, match=asked_for):
        read_back(store, kept, **changes)
    with pytest.raises(DigestMismatch, match=asked_for), reader(store, kept, **changes) as stream:
        stream.read()


@pytest.mark.parametrize("size", EDGES + STEP_EDGES)
def test_what_was_deposited_comes_back_both_ways(store, put, size):
    content = content_of(size)
    kept = put(content)
    assert read_back(store, kept) == content
    with reader(store, kept) as stream:
        assert stream.size == size
        assert stream.read() == content


@pytest.mark.parametrize("size", EDGES + STEP_EDGES)
def test_a_deposit_tells_the_truth_about_the_bytes(store, put, tmp_path, size):
    content = content_of(size)
    kept = put(content)
    sealed = path_of(tmp_path, kept).read_bytes()
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.crc32 == zlib.crc32(content)
    assert kept.size == size
    assert kept.head == content[:65_536]
    assert kept.ciphertext_sha256 == hashlib.sha256(sealed).hexdigest()
    assert kept.ciphertext_size == len(sealed) == HEADER + size + 16 * (size // CHUNK + 1)


def test_the_ciphertext_is_the_published_format(put, tmp_path):
    content = content_of(40_000)
    kept = put(content)
    context = b"evidence-tracker/blob/v1" + INSTANCE.bytes + kept.blob_id.bytes
    oracle = Cobblestone256Decryptor(kept.key, context)
    assert oracle.update(path_of(tmp_path, kept).read_bytes()) + oracle.finalize() == content


def test_nothing_of_the_content_can_be_seen_in_the_vault(put, tmp_path):
    content = b"Olena K., Vuhledar " * 5_000
    kept = put(content)
    for path in (tmp_path / "vault").rglob("*"):
        assert kept.sha256 not in path.name
        if path.is_file():
            assert b"Olena" not in path.read_bytes()


def test_the_same_bytes_twice_are_two_blobs_without_likeness(put, tmp_path):
    first, second = put(b"same" * 10_000), put(b"same" * 10_000)
    assert first.blob_id != second.blob_id
    assert first.key != second.key
    assert first.ciphertext_sha256 != second.ciphertext_sha256
    assert first.sha256 == second.sha256


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_is_the_range_of_the_content(store, put, data):
    size = data.draw(st.sampled_from(EDGES) | st.integers(0, 6 * CHUNK))
    content = content_of(size)
    with reader(store, put(content)) as stream:
        for _ in range(4):
            start = data.draw(st.integers(0, size + 20))
            length = data.draw(st.integers(0, 3 * CHUNK))
            assert stream.seek(start) == start
            assert stream.read(length) == content[start : start + length]
            assert stream.tell() == max(start, min(start + length, size))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 40_000), max_size=12))
def test_a_stream_that_gives_little_at_a_time_loses_nothing(store, steps):
    content = content_of(sum(steps))
    kept = deposit(store, Trickle(content, steps), instance_id=INSTANCE)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert read_back(store, kept) == content


class Trickle(io.RawIOBase):
    """A connection that gives now a few bytes, now many."""

    def __init__(self, content, steps):
        super().__init__()
        self._rest = io.BytesIO(content)
        self._steps = iter(steps)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._rest.readinto(memoryview(buffer)[: next(self._steps, 1)])


def test_a_stream_that_knows_only_read_is_enough(store):
    class Upload:
        def __init__(self, content):
            self.read = io.BytesIO(content).read

    content = content_of(3 * 2**20)
    assert read_back(store, deposit(store, Upload(content), instance_id=INSTANCE)) == content


def test_seeking_follows_the_rules_of_files(store, put):
    content = content_of(50_000)
    with io.BufferedReader(reader(store, put(content))) as stream:
        assert stream.seek(-10, io.SEEK_END) == 49_990
        assert stream.read() == content[-10:]
        stream.seek(100)
        stream.seek(20, io.SEEK_CUR)
        assert stream.read(5) == content[120:125]
        assert stream.seek(1_000_000) == 1_000_000
        assert stream.read() == b""


def test_there_is_nothing_before_the_start(store, put):
    with reader(store, put(b"abc")) as stream, pytest.raises(ValueError, match="before the start"):
        stream.seek(-1)


def test_closing_the_reader_closes_the_file(store, put):
    with reader(store, put(b"abc")) as stream:
        sealed = stream._sealed
    assert sealed.closed


@pytest.mark.parametrize("size", [0, 10, CHUNK, 5 * CHUNK, 5 * CHUNK + 3])
def test_it_refuses_a_wrong_key(store, put, size):
    assert_refused(store, put(content_of(size)), key=Cobblestone256Encryptor.generate_key())


@pytest.mark.parametrize("size", [0, 10, CHUNK, 5 * CHUNK, 5 * CHUNK + 3])
def test_it_refuses_bytes_of_another_instance(store, put, size):
    assert_refused(store, put(content_of(size)), instance_id=UUID(int=1))


def test_it_refuses_two_blobs_that_changed_places(store, put, tmp_path):
    first, second = put(content_of(30_000)), put(content_of(30_001))
    one, other = path_of(tmp_path, first).read_bytes(), path_of(tmp_path, second).read_bytes()
    replace(path_of(tmp_path, first), other)
    replace(path_of(tmp_path, second), one)
    assert_refused(store, first)
    assert_refused(store, first, key=second.key)
    assert_refused(store, second, key=first.key)


@pytest.mark.parametrize("full_chunks", range(5))
@pytest.mark.parametrize("beyond", [-1, 0, 1, 15, 16, 17])
def test_it_refuses_a_blob_cut_at_or_beside_a_chunk_edge(store, put, tmp_path, full_chunks, beyond):
    kept = put(content_of(4 * CHUNK + 100))
    sealed = path_of(tmp_path, kept).read_bytes()
    replace(path_of(tmp_path, kept), sealed[: HEADER + full_chunks * SEALED + beyond])
    assert_refused(store, kept)


@pytest.mark.parametrize("left", [0, 1, 23, 24, 55])
def test_it_refuses_a_blob_cut_within_its_header(store, put, tmp_path, left):
    kept = put(b"")
    replace(path_of(tmp_path, kept), path_of(tmp_path, kept).read_bytes()[:left])
    assert_refused(store, kept)


@pytest.mark.parametrize("extra", [1, 16, SEALED])
def test_it_refuses_a_blob_with_something_added(store, put, tmp_path, extra):
    kept = put(content_of(20_000))
    replace(path_of(tmp_path, kept), path_of(tmp_path, kept).read_bytes() + bytes(extra))
    assert_refused(store, kept)


def test_it_refuses_chunks_in_another_order(store, put, tmp_path):
    kept = put(content_of(4 * CHUNK))
    sealed = path_of(tmp_path, kept).read_bytes()
    first, second = sealed[HEADER : HEADER + SEALED], sealed[HEADER + SEALED : HEADER + 2 * SEALED]
    replace(path_of(tmp_path, kept), sealed[:HEADER] + second + first + sealed[HEADER + 2 * SEALED :])
    assert_refused(store, kept)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_refuses_any_flipped_bit(store, put, tmp_path, data):
    kept = put(content_of(2 * CHUNK + 50))
    sealed = bytearray(path_of(tmp_path, kept).read_bytes())
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    replace(path_of(tmp_path, kept), bytes(sealed))
    assert_refused(store, kept)


def test_a_range_away_from_the_damage_can_still_be_read(store, put, tmp_path):
    content = content_of(4 * CHUNK)
    kept = put(content)
    sealed = bytearray(path_of(tmp_path, kept).read_bytes())
    sealed[HEADER + SEALED + 5] ^= 1
    replace(path_of(tmp_path, kept), bytes(sealed))
    with reader(store, kept) as stream:
        assert stream.read(CHUNK) == content[:CHUNK]
        with pytest.raises(DigestMismatch):
            stream.read(1)
        stream.seek(2 * CHUNK)
        assert stream.read() == content[2 * CHUNK :]


def test_a_recorded_digest_of_the_ciphertext_is_compared(store, put):
    kept = put(content_of(100_000))
    both = {"instance_id": INSTANCE, "ciphertext_sha256": kept.ciphertext_sha256}
    assert len(b"".join(chunks(store, kept.blob_id, kept.key, **both))) == 100_000
    both["ciphertext_sha256"] = "0" * 64
    with pytest.raises(DigestMismatch, match=str(kept.blob_id)):
        list(chunks(store, kept.blob_id, kept.key, **both))


def test_a_missing_blob_is_named(store):
    blob_id = uuid4()
    with pytest.raises(BlobMissing, match=str(blob_id)):
        list(chunks(store, blob_id, bytes(32), instance_id=INSTANCE))
    with pytest.raises(BlobMissing, match=str(blob_id)):
        BlobReader(store, blob_id, bytes(32), instance_id=INSTANCE)


class OnlyRead:
    def read(self, _size):
        return None


class AlsoReadInto(OnlyRead):
    def readinto(self, _buffer):
        return None


@pytest.mark.parametrize("stream", [OnlyRead(), AlsoReadInto()], ids=["read", "readinto"])
def test_a_stream_that_has_nothing_yet_is_not_taken_for_ended(store, stream):
    with pytest.raises(Refused, match="does not wait"):
        deposit(store, stream, instance_id=INSTANCE)
    assert list(store.ids()) == []


@pytest.mark.parametrize("readable", [0, 10_000, 2 * 2**20, 9 * 2**20 + 5])
def test_a_read_error_is_reported_and_leaves_nothing(store, tmp_path, readable):
    class FailingCard(io.RawIOBase):
        left = readable

        def readinto(self, buffer):
            if not self.left:
                raise OSError(5, "Input/output error")
            taken = min(self.left, len(buffer))
            self.left -= taken
            return taken

    with pytest.raises(Refused, match=f"{readable:,} bytes.*Input/output error"):
        deposit(store, FailingCard(), instance_id=INSTANCE)
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("failing", "size"),
    [("write", 1_000), ("fsync", 1_000), ("write", 60 * 2**20), ("flush", 60 * 2**20), ("fsync", 60 * 2**20)],
)
def test_a_device_error_is_never_swallowed(tmp_path, failing, size):
    class FullDisk(Files):
        failed = False

    def fail(self, *_args):
        """Fail once, as Linux reports a lost write once per descriptor."""
        if not self.failed and (tmp_path / "vault" / "incoming").exists():
            self.failed = True
            raise OSError(28, "No space left on device")

    files = FullDisk()
    store = LocalStore(tmp_path / "vault", files)
    setattr(FullDisk, failing, fail)
    with pytest.raises(OSError, match="No space"):
        deposit(store, io.BytesIO(bytes(size)), instance_id=INSTANCE)
    assert list(store.ids()) == []


def test_progress_is_told_in_bytes_and_ends_at_the_size(store):
    told: list[int] = []
    deposit(store, io.BytesIO(bytes(5 * 2**20 + 7)), instance_id=INSTANCE, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 5 * 2**20 + 7
    assert len(told) > 3


def test_memory_does_not_grow_with_the_size(store):
    assert abs(peak(store, 96 * 2**20) - peak(store, 24 * 2**20)) < 2**20


def peak(store, size):
    class Zeros(io.RawIOBase):
        left = size

        def readinto(self, buffer):
            taken = min(self.left, len(buffer))
            self.left -= taken
            return taken

    tracemalloc.start()
    try:
        kept = deposit(store, Zeros(), instance_id=INSTANCE)
        for _data in chunks(store, kept.blob_id, kept.key, instance_id=INSTANCE):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_context_names_format_instance_and_blob():
    assert blob_context(UUID(int=1), UUID(int=2)) == (
        b"evidence-tracker/blob/v1" + bytes(15) + b"\x01" + bytes(15) + b"\x02"
    )
