"""Writing a bundle: whole and right under its name, or not there at all, and never a hang."""

import hashlib
import os
import resource
import signal
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyrage
import pytest

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.submissions import sealing
from evidence_tracker.casework.submissions.models import Bundle, BundleState
from evidence_tracker.casework.submissions.writing import FLUSH_EVERY, Written, write
from evidence_tracker.errors import BlobMissing, DigestMismatch, EvidenceTrackerError, InvalidInput, Refused
from evidence_tracker.instance import Instance
from evidence_tracker.integrity.archive import Entry
from evidence_tracker.jobs import bundles
from tests.casework.submissions.scene import Scene, desk, stage
from tests.cast import Cast

MIB = 1 << 20
PATIENCE_S = 60
IN_CLEAR = "fictional data of a test"


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    return stage(instance, cast)


@pytest.fixture(scope="module")
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture(params=["encrypted", "in clear"])
def recipients(request: pytest.FixtureRequest, identity: pyrage.x25519.Identity) -> list[str]:
    return [str(identity.to_public())] if request.param == "encrypted" else []


def entry(name: str, *pieces: bytes) -> Entry:
    data = b"".join(pieces)
    return Entry(name, len(data), zlib.crc32(data), lambda: pieces)


def sealed(instance: Instance, cast: Cast, scene: Scene, reason: str | None) -> None:
    bundles.approve(desk(instance, cast.chen), scene.submission, looked_at=("all",), note=None)
    bundles.seal(desk(instance, cast.daria), scene.submission, unencrypted_reason=reason)


def blob_file(instance: Instance, scene: Scene) -> Path:
    with instance.reading() as session:
        blob_id = session.get_one(Exhibit, scene.photo).blob_id
    assert blob_id is not None
    return instance.settings.vault_path / blob_id.hex[:2] / blob_id.hex


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 1)


def within(seconds: int, act: Callable[[], object]) -> BaseException | None:
    """Run an act that might hang; returns what it raised."""
    raised: list[BaseException | None] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - handed back, and judged by the test
            raised.append(error)
        else:
            raised.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert raised, f"it hangs for more than {seconds} s"
    return raised[0]


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Let every write beyond ``size`` fail, as a full device would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --- What lies in the vault -------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, IN_CLEAR])
@pytest.mark.parametrize(
    ("spoil", "fault"),
    [(flip_a_bit, DigestMismatch), (cut_short, DigestMismatch), (Path.unlink, BlobMissing)],
)
def test_a_blob_spoilt_after_the_sealing_stops_the_building_with_its_name(
    instance: Instance,
    cast: Cast,
    scene: Scene,
    reason: str | None,
    spoil: Callable[[Path], None],
    fault: type[EvidenceTrackerError],
):
    sealed(instance, cast, scene, reason)
    spoil(blob_file(instance, scene))

    failure = within(PATIENCE_S, lambda: bundles.build(desk(instance, cast.daria), scene.submission))

    assert type(failure) is fault
    assert str(failure).startswith("EX-0001 cannot go into the bundle.")
    assert str(blob_file(instance, scene).name) in str(failure).replace("-", "")
    assert list(instance.settings.bundles_path.iterdir()) == []
    with instance.reading() as session:
        assert session.query(Bundle).one().state is BundleState.SEALED


def test_a_blob_spoilt_after_the_approval_stops_the_sealing_with_its_name(
    instance: Instance, cast: Cast, scene: Scene
):
    plan = bundles.check(desk(instance, cast.daria), scene.submission)
    flip_a_bit(blob_file(instance, scene))
    with instance.reading() as session, pytest.raises(DigestMismatch, match="EX-0001 cannot go into"):
        at = desk(instance, cast.daria)
        submission = at.submission(session, scene.submission)
        sealing.compute(
            session, submission, plan, at.looking(session, submission, "a test"), actor=cast.daria
        )


# --- What is written --------------------------------------------------------------------------


def test_digests_and_size_are_those_of_what_was_written(
    tmp_path: Path, recipients: list[str], identity: pyrage.x25519.Identity
):
    """Large enough that every thread has its share, and the device is told before the end."""
    large = [hashlib.shake_128(bytes([number])).digest(MIB + number) for number in range(20)]
    assert sum(map(len, large)) > FLUSH_EVERY
    files = [
        entry("data/large", *large),
        entry("data/none"),
        *[entry(f"data/{n}", b"x" * n) for n in range(9)],
    ]

    written = write(tmp_path, "KYI-B-1", files, recipients)

    data = written.path.read_bytes()
    assert written.encrypted_sha256 == (hashlib.sha256(data).hexdigest() if recipients else "")
    plain = pyrage.decrypt(data, [identity]) if recipients else data
    assert (written.zip_sha256, written.size) == (hashlib.sha256(plain).hexdigest(), len(plain))
    (tmp_path / "plain.zip").write_bytes(plain)
    with zipfile.ZipFile(tmp_path / "plain.zip") as archive:
        assert archive.testzip() is None
        assert archive.read("data/large") == b"".join(large)
    assert written.path.stat().st_mode & 0o777 == 0o600


def test_writing_again_replaces_the_file_by_one_with_the_same_zip(tmp_path: Path):
    files = [entry("data/a", b"evidence")]
    first = write(tmp_path, "KYI-B-1", files, [])

    assert write(tmp_path, "KYI-B-1", files, []) == first
    assert [path.name for path in tmp_path.iterdir()] == ["KYI-B-1.zip"]


# --- What goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "liar",
    [
        Entry("data/EX-0001.jpg", 8, zlib.crc32(b"evidence"), lambda: [b"evidencE"]),
        Entry("data/EX-0001.jpg", 8, zlib.crc32(b"evidence"), lambda: [b"evidence", b"!"]),
        Entry("data/EX-0001.jpg", 8, zlib.crc32(b"evidence"), lambda: [b"evidenc"]),
        Entry("data/EX-0001.jpg", 9 * MIB, 0, lambda: [bytes(MIB)] * 9),
    ],
)
def test_bytes_that_are_not_the_announced_ones_stop_it(tmp_path: Path, recipients: list[str], liar: Entry):
    files = [entry("data/before", bytes(3 * MIB)), liar]

    failure = within(PATIENCE_S, partial(write, tmp_path, "KYI-B-1", files, recipients))

    assert isinstance(failure, DigestMismatch)
    assert "data/EX-0001.jpg" in str(failure)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_breaks_off_while_it_is_read_stops_it(tmp_path: Path, recipients: list[str]):
    def breaking() -> Iterator[bytes]:
        yield bytes(3 * MIB)
        raise DigestMismatch("EX-0001 cannot go into the bundle.")

    files = [Entry("data/a", 8 * MIB, 0, breaking)]

    failure = within(PATIENCE_S, partial(write, tmp_path, "KYI-B-1", files, recipients))

    assert str(failure) == "EX-0001 cannot go into the bundle."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [0, 1000, 5 * MIB, 33 * MIB])
def test_a_full_device_ends_it_in_a_sentence_and_leaves_nothing(
    tmp_path: Path, recipients: list[str], room: int
):
    """Under age the pipe breaks: the thread that feeds it has to notice."""
    files = [entry("data/a", *[os.urandom(MIB)] * 34)]
    before = threading.active_count()

    with files_end_at(room):
        failure = within(PATIENCE_S, partial(write, tmp_path, "KYI-B-1", files, recipients))

    assert type(failure) is Refused
    assert "could not be written: File too large. Nothing was kept." in str(failure)
    assert "space" in failure.advice
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before, "no thread is left behind"


def test_what_was_written_before_stays_when_writing_again_fails(tmp_path: Path, recipients: list[str]):
    files = [entry("data/a", b"evidence" * 100)]
    first = write(tmp_path, "KYI-B-1", files, recipients)
    held = first.path.read_bytes()

    with files_end_at(100):
        assert isinstance(within(PATIENCE_S, partial(write, tmp_path, "KYI-B-1", files, recipients)), Refused)

    assert first.path.read_bytes() == held
    assert [path.name for path in tmp_path.iterdir()] == [first.path.name]


@pytest.mark.parametrize("after", [0, 3 * MIB])
def test_an_interruption_ends_it_at_once_and_leaves_nothing(
    tmp_path: Path, recipients: list[str], after: int
):
    def interrupted() -> Iterator[bytes]:
        yield os.urandom(after)
        signal.raise_signal(signal.SIGINT)
        yield from [bytes(MIB)] * 9

    # Whoever starts the tests in the background of a shell hands down that Ctrl-C is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, "KYI-B-1", [Entry("data/a", after + 9 * MIB, 0, interrupted)], recipients)
    finally:
        signal.signal(signal.SIGINT, before)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", "age1", "age1qqqqqqqq", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1"])
def test_a_key_that_is_none_is_refused_before_a_byte_is_written(
    tmp_path: Path, identity: pyrage.x25519.Identity, key: str
):
    keys = [str(identity.to_public()), key]
    with pytest.raises(InvalidInput, match="age key"):
        write(tmp_path / "bundles", "KYI-B-1", [entry("data/a", b"evidence")], keys)

    assert not (tmp_path / "bundles").exists()


def test_a_link_in_the_place_of_the_unfinished_file_is_not_followed(tmp_path: Path):
    other = tmp_path / "other"
    other.write_bytes(b"not to be overwritten")
    (tmp_path / "bundles").mkdir()
    (tmp_path / "bundles" / "KYI-B-1.zip.part").symlink_to(other)

    with pytest.raises(Refused):
        write(tmp_path / "bundles", "KYI-B-1", [entry("data/a", b"evidence")], [])

    assert other.read_bytes() == b"not to be overwritten"


def test_what_was_written_names_its_place(tmp_path: Path, recipients: list[str]):
    written: Written = write(tmp_path, "KYI-B-1", [entry("data/a", b"evidence")], recipients)

    assert written.path == tmp_path / ("KYI-B-1.zip.age" if recipients else "KYI-B-1.zip")
