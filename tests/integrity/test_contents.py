"""What a bundle holds is read as it is now, not as it was a moment ago."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from evidence_tracker.integrity import archive, contents
from evidence_tracker.integrity.archive import ArchiveBroken, ArchiveFault, read_archive
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.contents import (
    ArchiveContents,
    FileTooLarge,
    FileUnreadable,
    FolderContents,
    read_whole,
)
from evidence_tracker.integrity.files import check_digests, check_files
from evidence_tracker.integrity.report import DIGESTS, FILES, SIGNATURES, Findings, Outcome

from .make_bundle import BARE_MINIMUM, bare, furnished, make
from .small_log import SmallLog
from .spoil import named, outcome

PHOTO = "data/exhibits/EX-0001/EX-0001.jpg"


@pytest.fixture(scope="module")
def honest():
    return make(bare(), BARE_MINIMUM)


@pytest.fixture
def folder(tmp_path, honest):
    return honest.unpack(tmp_path)


def vanish(path):
    path.unlink()


def become_a_link(path):
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def become_a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("change", [vanish, become_a_link, become_a_folder])
def test_a_file_that_changes_its_kind_after_it_was_seen_is_not_read(folder, change):
    seen = FolderContents(folder)
    change(folder / PHOTO)
    findings = Findings()
    digests = check_digests(seen, check_files(seen, findings), findings)

    assert PHOTO not in digests
    assert findings.has_faults(DIGESTS)
    assert findings.checks()[DIGESTS - 1].faults[0].name == "file-unreadable"


def test_a_zip_that_is_cut_while_it_is_read_is_noticed(tmp_path, honest):
    path = honest.write(tmp_path)
    with path.open("rb+") as source:
        opened = read_archive(source)
        source.truncate(100)
        with pytest.raises(ArchiveBroken, match="too early"):
            list(opened.chunks(PHOTO))


class Failing(BytesIO):
    """A file on a disk that has begun to fail."""

    is_failing = False

    def read(self, size=-1):
        if self.is_failing:
            raise OSError(5, "Input/output error")
        return super().read(size)


def test_an_error_of_the_disk_is_a_fault_of_the_file(honest):
    source = Failing(honest.zipped())
    held = ArchiveContents(read_archive(source))
    source.is_failing = True
    with pytest.raises(FileUnreadable, match="Input/output error"):
        list(held.chunks(PHOTO))


def test_a_small_file_that_is_large_is_refused(folder):
    seen = FolderContents(folder)

    assert read_whole(seen, PHOTO, 8) == b"original"
    with pytest.raises(FileTooLarge):
        read_whole(seen, PHOTO, 7)


def test_a_file_that_is_not_there_is_refused(folder):
    with pytest.raises(FileUnreadable, match="missing"):
        read_whole(FolderContents(folder), "data/none", 100)


def test_a_folder_without_end_is_given_up(folder, monkeypatch, honest):
    monkeypatch.setattr(contents, "MAX_ENTRIES", 5)

    assert "more than 5 files" in verify_bundle(folder, vkey=honest.vkey).text()


def test_an_archive_without_end_is_given_up(tmp_path, monkeypatch, honest):
    path = honest.write(tmp_path)
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    report = verify_bundle(path, vkey=honest.vkey)

    assert named(report) == {1: {"archive-broken"}}
    assert {check.outcome for check in report.checks[1:]} == {Outcome.NOT_DONE}
    with pytest.raises(ArchiveFault, match="at most 5"):
        honest.zipped()


def test_an_unreadable_list_leaves_the_digests_undone(tmp_path, honest):
    files = honest.files | {"manifest-sha512.txt": b"no list\n"}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=honest.vkey)

    assert named(report)[FILES] == {"manifest-fault"}
    assert outcome(report, DIGESTS) is Outcome.FAILED  # tagmanifest-sha256.txt knows other bytes


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt"])
def test_a_missing_list_leaves_the_digests_undone(tmp_path, honest, name):
    files = {other: data for other, data in honest.files.items() if other != name}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=honest.vkey)

    assert outcome(report, DIGESTS) is Outcome.NOT_DONE


@pytest.mark.parametrize("data", [b"\xff\n", b"", b"two\nlines\n", b"no newline", b"no key\n"])
def test_a_key_file_that_is_no_key_is_named_and_the_key_given_is_used(tmp_path, data):
    ledger = furnished()
    bundle = make(ledger, final=lambda files: files.update({"proof/log.vkey": data}))
    path = bundle.write(tmp_path)

    assert named(verify_bundle(path, vkey=bundle.vkey)) == {SIGNATURES: {"malformed-note"}}
    report = verify_bundle(path, vkey=None)
    assert report.status == 1
    assert Outcome.PASSED not in {outcome(report, number) for number in (4, 5, 6, 7, 8, 9)}


def test_a_key_file_of_two_lines_is_told_so(tmp_path, honest):
    files = honest.files | {"proof/log.vkey": honest.files["proof/log.vkey"] * 2}
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)

    assert "The key is not one line." in report.text()


def test_without_a_signed_state_of_the_log_each_check_says_what_it_waits_for(tmp_path, honest):
    path = replace(honest, files=honest.files | {"proof/checkpoint": b"none"}).write(tmp_path)
    report = verify_bundle(path, vkey=honest.vkey)

    for number in (5, 6, 8, 9):
        assert outcome(report, number) is Outcome.NOT_DONE
        assert any("(see 4)" in note for note in report.checks[number - 1].notes)


def test_a_log_without_epochs_is_refused(tmp_path, honest):
    other = SmallLog("example.org/log", bytes(32))
    other.append(b"leaf")
    files = honest.files | {
        "proof/checkpoint": other.checkpoint(),
        "proof/log.vkey": f"{other.signer.vkey}\n".encode(),
    }
    report = verify_bundle(replace(honest, files=files).write(tmp_path), vkey=None)
    assert "log-mismatch" in named(report)[SIGNATURES]


def test_a_file_where_a_folder_is_meant_is_answered(tmp_path):
    assert verify_bundle(Path(tmp_path / "x" / ".." / "y"), vkey=None).status == 2
