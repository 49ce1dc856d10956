import hashlib
import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.models import Compartment
from evidence_tracker.casework.exhibits import folders
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.folders import (
    FoundFile,
    NotTaken,
    Taken,
    receive_file,
    receive_paths,
    walk,
)
from evidence_tracker.casework.exhibits.intake import receive_exhibit
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.errors import DigestMismatch, InvalidInput, Refused


@pytest.fixture
def take(instance, cast):
    """Return intake of paths as amina, as a door does it."""

    @contextmanager
    def acting():
        with instance.transaction() as session:
            yield session, cast.amina

    def receive(session, actor, deposited, name):
        return receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            actor=actor,
            compartment=session.get_one(Compartment, cast.mission),
            original_name=name,
        )

    def run(*paths, receive=receive, **options):
        return list(receive_paths(paths, vault=instance.vault, acting=acting, receive=receive, **options))

    return run


def walked(path: Path, **options: Any) -> list[Any]:
    return list(walk([path], **options))


@pytest.fixture
def folder(tmp_path):
    """Return an empty folder of a stranger."""
    path = tmp_path / "found"
    path.mkdir()
    return path


def test_a_folder_is_taken_in_whole_and_in_the_order_of_its_names(take, folder):
    for name in ("b.txt", "a/z.txt", "a/.hidden", "Ж.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)

    results = take(folder)

    assert [result.exhibit.original_name for result in results] == ["a/.hidden", "a/z.txt", "b.txt", "Ж.txt"]
    assert [result.exhibit.sha256 for result in results] == [
        hashlib.sha256(name.encode()).hexdigest() for name in ("a/.hidden", "a/z.txt", "b.txt", "Ж.txt")
    ]


def test_one_bad_file_is_reported_and_the_others_go_on(take, folder, instance):
    (folder / "a.txt").write_text("a")
    (folder / "b.fifo").parent.mkdir(exist_ok=True)
    os.mkfifo(folder / "b.fifo")
    (folder / "c.txt").write_text("c")

    first, second, third = take(folder)

    assert isinstance(first, Taken)
    assert isinstance(second, NotTaken)
    assert "a pipe" in second.error
    assert isinstance(third, Taken)
    with instance.reading() as session:
        assert session.scalar(select(func.count()).select_from(Exhibit)) == 2


def test_links_in_a_folder_are_reported_and_never_followed(folder, tmp_path):
    outside = tmp_path / "secret.txt"
    outside.write_text("not yours")
    (folder / "link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to(folder / "nothing")

    results: list[Any] = list(walk([folder]))

    assert [type(result) for result in results] == [NotTaken] * 3
    assert all("link" in result.error for result in results)


def test_a_link_given_by_name_is_what_a_person_chose(folder, tmp_path):
    target = tmp_path / "target.txt"
    target.write_text("chosen")
    (folder / "link").symlink_to(target)

    (found,) = walk([folder / "link"])

    assert isinstance(found, FoundFile)
    assert found.path == target


def test_a_socket_and_what_is_not_there_are_reported(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        results: list[Any] = list(walk([folder, folder / "nothing"]))

    assert "a socket" in results[0].error
    assert "No such file" in results[1].error


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_reported(folder):
    closed = folder / "closed"
    closed.mkdir()
    closed.chmod(0)

    (result,) = walked(folder)
    closed.chmod(0o700)

    assert "Permission denied" in result.error


def test_a_file_that_changes_while_it_is_read_is_not_kept(take, folder, instance):
    path = folder / "growing.log"
    path.write_bytes(b"x" * 100_000)

    def grow(_name, _done, _size):
        with path.open("ab") as out:
            out.write(b"more")

    (result,) = take(folder, progress=grow)

    assert isinstance(result, NotTaken)
    assert "changed while it was read" in result.error
    assert list(instance.vault.store.ids()) == []


def test_a_file_that_is_replaced_before_it_is_read_is_not_taken(folder):
    path = folder / "a.txt"
    path.write_text("seen")
    (found,) = walked(folder)
    keep = folder.parent / "first"
    path.rename(keep)
    path.write_text("put in its place")

    with pytest.raises(Refused, match="took its place"):
        folders._open(found)


def test_a_file_that_became_a_link_is_not_followed(folder, tmp_path):
    path = folder / "a.txt"
    path.write_text("seen")
    (found,) = walked(folder)
    path.unlink()
    path.symlink_to(tmp_path / "secret")

    with pytest.raises(OSError, match="symbolic links"):
        folders._open(found)


def test_the_folder_of_the_instance_is_kept_out(folder):
    own = folder / "instance"
    (own / "vault").mkdir(parents=True)
    (own / "vault" / "blob").write_bytes(b"ciphertext")

    (below,) = walked(folder, keep_out=[own])
    (inside,) = walked(own / "vault", keep_out=[own])

    assert "folder of the instance" in below.error
    assert "folder of the instance" in inside.error


def test_names_that_are_no_text_are_taken_in_and_printable(take, folder):
    raw = os.fsencode(folder) + b"/\xff\n.txt"
    with open(raw, "wb") as out:  # noqa: PTH123 - a Path cannot say these bytes
        out.write(b"odd name")

    (result,) = take(folder)

    assert result.exhibit.original_name == "\\xff\\u000a.txt"
    result.path.encode("utf-8")


@pytest.fixture
def deep(folder, monkeypatch):
    """Return a maker of folders in folders with one file at the bottom; removed iteratively."""
    monkeypatch.chdir(folder)

    def dig(levels):
        for _ in range(levels):
            os.mkdir("d")  # noqa: PTH102 - the whole path may be longer than a path may be
            os.chdir("d")
        with open("deep.txt", "w") as out:  # noqa: PTH123
            out.write("deep")

    yield dig
    monkeypatch.undo()
    subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_a_very_deep_folder_does_not_break_the_walk(folder, deep):
    deep(1100)

    (result,) = walked(folder)

    assert isinstance(result, FoundFile)
    assert result.name == "d/" * 1100 + "deep.txt"


def test_what_lies_deeper_than_the_system_can_name_is_reported(folder, deep):
    deep(2100)

    (result,) = walked(folder)

    assert isinstance(result, NotTaken)
    assert "File name too long" in result.error


def test_a_refused_act_leaves_no_bytes_behind(take, folder, instance):
    (folder / "a.txt").write_text("a")

    def refuse(_session, _actor, _deposited, _name):
        raise InvalidInput("Not this one.")

    (result,) = take(folder, receive=refuse)

    assert result.error == "Not this one."
    assert list(instance.vault.store.ids()) == []


def test_an_integrity_failure_ends_the_run(take, folder):
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")

    def broken(_session, _actor, _deposited, _name):
        raise DigestMismatch("The log is broken.")

    with pytest.raises(DigestMismatch):
        take(folder, receive=broken)


def test_bytes_stay_when_only_the_answer_was_lost(take, folder, instance, cast):
    (folder / "a.txt").write_text("a")
    committed = []

    def receive(session, actor, deposited, name):
        exhibit = receive_exhibit(
            session,
            instance.vault,
            deposited,
            facts=ExhibitFacts(),
            actor=actor,
            compartment=session.get_one(Compartment, cast.mission),
            original_name=name,
        )

        def interrupt():
            committed.append(exhibit.blob_id)
            raise KeyboardInterrupt

        session.info.setdefault("after_commit", []).append(interrupt)
        return exhibit

    with pytest.raises(KeyboardInterrupt):
        take(folder, receive=receive)

    assert instance.vault.store.exists(committed[0])


def test_an_empty_folder_gives_nothing(take, folder):
    assert take(folder) == []


def test_one_file_by_name_is_one_exhibit(instance, cast, folder):
    (folder / "a.txt").write_text("a")
    os.mkfifo(folder / "b.fifo")

    def never():
        raise AssertionError("no transaction is opened for what cannot be read")

    for path, said in (
        (folder, "is a folder"),
        (folder / "b.fifo", "a pipe"),
        (folder / "no", "No such file"),
    ):
        with pytest.raises(Refused, match=said):
            receive_file(path, vault=instance.vault, acting=never, receive=never)  # type: ignore[arg-type]
