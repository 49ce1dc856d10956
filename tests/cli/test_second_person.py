"""In a real instance another person approves by typing their own secret at the same keyboard."""

import os
from pathlib import Path

import pytest

from evidence_tracker.cli import main

OPERATOR, CHEN = "five random words in a row", "the own secret of chen"


def descriptor(text: str) -> str:
    """Return the number of a descriptor from which a secret can be read."""
    reading, writing = os.pipe()
    os.write(writing, text.encode() + b"\n")
    os.close(writing)
    return str(reading)


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("EVIDENCE_TRACKER_PASSPHRASE", raising=False)

    def call(*words: str) -> tuple[int, str]:
        status = main([*words, "--instance", str(tmp_path / "hq"), "--passphrase-fd", descriptor(OPERATOR)])
        out, err = capfd.readouterr()
        return status, out + err

    assert call("init", "--organisation", "Fictional", "--origin", "a.example/hq", "--login", "olena")[0] == 0
    assert call("account", "add", "chen", "--secret-fd", descriptor(CHEN))[0] == 0
    assert call("mission", "add", "--reference", "M-1", "--title", "Fictional mission")[0] == 0
    granted = call(
        *("grant", "add", "chen", "--compartment", "M-1", "--role", "approver", "--purpose", "second person"),
        *("--by-fd", descriptor(OPERATOR)),
    )
    assert granted[0] == 0, granted[1]
    return call


def test_the_other_person_approves_with_their_own_secret(run):
    status, says = run("mission", "approve", "M-1", "--by", "chen", "--by-fd", descriptor(CHEN))
    # The act is reached as chen: what is missing now is the mission's own business.
    assert "secret" not in says
    assert "--by works" not in says
    assert status in {0, 1}
    assert "olena may not" not in says


def test_a_wrong_secret_is_nobody(run):
    status, says = run("mission", "approve", "M-1", "--by", "chen", "--by-fd", descriptor(OPERATOR))
    assert status == 1
    assert "not the secret of chen" in says


def test_where_no_secret_is_asked_nobody_else_can_act(run):
    status, says = run("mission", "add", "--reference", "M-2", "--title", "x", "--by", "chen")
    assert status == 1
    assert "--by works only where" in says
