"""The offline verifier as a recipient runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_tracker.integrity.__main__ import main
from evidence_tracker.integrity.report import KINDS

from .make_bundle import BARE_MINIMUM, bare, make

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def honest():
    return make(bare(), BARE_MINIMUM)


@pytest.fixture
def path(tmp_path, honest):
    return honest.write(tmp_path)


@pytest.fixture
def run(capsys):
    """Run the command in this process; return its status and what it printed."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        return status, capsys.readouterr()

    return run


def test_it_ends_with_0_for_the_right_key(run, path, honest):
    status, printed = run(path, "--key", honest.vkey)

    assert status == 0
    assert printed.out.endswith("INTACT, and signed by the key you gave.\n")


def test_it_ends_with_3_without_a_key(run, path):
    status, printed = run(path)

    assert status == 3
    assert "the origin is NOT VERIFIED" in printed.out


def test_it_ends_with_1_for_another_key(run, path):
    from evidence_tracker.integrity.note import Signer  # noqa: PLC0415

    status, printed = run(path, "--key", Signer("evidence.example/kyiv/1", bytes(32)).vkey)

    assert status == 1
    assert "FAULT other-key" in printed.out


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_key_may_stand_in_a_file(run, path, honest, tmp_path, ending):
    (tmp_path / "key.txt").write_text(honest.vkey + ending, newline="")

    assert run(path, "--key", f"@{tmp_path / 'key.txt'}")[0] == 0


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"no key"])
def test_a_key_file_that_holds_none_is_a_matter_of_usage(run, path, tmp_path, content):
    if content is not None:
        (tmp_path / "key.txt").write_bytes(content)
    status, printed = run(path, "--key", f"@{tmp_path / 'key.txt'}")

    assert status == 2
    assert "key" in printed.out + printed.err


@pytest.mark.parametrize("arguments", [[], ["--unknown"], ["a.zip", "b.zip"], ["a.zip", "--key"]])
def test_wrong_usage_ends_with_2(run, arguments):
    assert run(*arguments)[0] == 2


def test_help_ends_with_0_and_tells_the_statuses(run):
    status, printed = run("--help")

    assert status == 0
    assert "3 intact, but no key was given" in " ".join(printed.out.split())


def test_what_is_not_there_ends_with_2(run, tmp_path):
    assert run(tmp_path / "none.zip")[0] == 2


def test_each_check_says_what_it_proves_and_what_it_does_not(run, path, honest):
    _, printed = run(path, "--key", honest.vkey)
    text = " ".join(printed.out.split())

    for kind in KINDS:
        assert f"{kind.number}. [passed] {kind.title}" in text
        assert f"Proves: {kind.proves}" in text
        assert f"Does not prove: {kind.does_not_prove}" in text


def test_the_receipt_beside_the_bundle_is_used_and_named(run, path):
    assert f"Receipt: {path.stem}.receipt" in run(path)[1].out


def test_a_receipt_may_be_named(run, path, tmp_path):
    path.with_suffix(".receipt").rename(tmp_path / "by-mail")

    assert "9. [not done]" in run(path)[1].out
    assert "9. [passed]" in run(path, "--receipt", tmp_path / "by-mail")[1].out


def test_json_says_the_same(run, path, honest):
    path.write_bytes(path.read_bytes().replace(b"original", b"0riginal"))
    status, printed = run(path, "--key", honest.vkey, "--json")
    report = json.loads(printed.out)

    assert status == report["status"] == 1
    assert [check["number"] for check in report["checks"]] == list(range(1, 10))
    assert report["facts"]["key"] == honest.vkey
    names = {(check["number"], fault["name"]) for check in report["checks"] for fault in check["faults"]}
    assert names == {
        (3, "stream-differs"), (3, "digest-differs"), (7, "bytes-differ"), (9, "receipt-of-other-bundle"),
    }  # fmt: skip


def test_it_runs_alone_as_a_module(path, honest, tmp_path):
    """Isolated, from another folder, and without a single module of the rest of the house."""
    command = f"""
import sys
sys.path.insert(0, {str(PROJECT)!r})
from evidence_tracker.integrity.__main__ import main
status = main([{str(path)!r}, "--key", {honest.vkey!r}])
own = sorted(name for name in sys.modules if name.startswith("evidence_tracker."))
foreign = [name for name in own if not name.startswith("evidence_tracker.integrity")]
networks = [name for name in ("sqlalchemy", "flask", "click", "ssl", "http.client") if name in sys.modules]
sys.exit(status or len(foreign) + len(networks))
"""
    result = subprocess.run(
        [sys.executable, "-I", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_python_m_gives_the_status_to_the_shell(path, tmp_path):
    result = subprocess.run(
        [sys.executable, "-m", "evidence_tracker.integrity", str(path)],
        cwd=PROJECT,
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii"},
        check=False,
    )

    assert result.returncode == 3, result.stderr
    assert result.stdout.isascii()


def test_letters_that_the_terminal_lacks_are_spelt_out(path, tmp_path):
    strange = path.rename(tmp_path / "докази.zip")
    result = subprocess.run(
        [sys.executable, "-m", "evidence_tracker.integrity", str(strange)],
        cwd=PROJECT,
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii"},
        check=False,
    )

    assert result.returncode == 3, result.stderr
    assert rb"\u0434\u043e\u043a" in result.stdout
