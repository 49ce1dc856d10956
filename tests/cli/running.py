"""Running the command line as one of the cast, in this process."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence_tracker.cli import main
from tests.cast import PASSPHRASE

Json = Any


class CommandLine:
    """The command line of one instance: who types, what comes back."""

    def __init__(
        self, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", PASSPHRASE)
        self.path = path
        self.capsys = capsys

    def run(self, login: str, *words: str) -> tuple[int, str, str]:
        """Run a command; returns exit status, what was answered, what was said beside it."""
        self.capsys.readouterr()
        status = main([*words, "--instance", str(self.path), "--as", login])
        out, err = self.capsys.readouterr()
        return status, out, err

    def ask(self, login: str, *words: str) -> Json:
        """Run a command that must succeed, and return its JSON answer."""
        status, out, err = self.run(login, *words, "--json")
        assert status == 0, err
        return json.loads(out)

    def refused(self, login: str, *words: str) -> str:
        """Run a command that must be refused, and return the sentences it says."""
        status, out, err = self.run(login, *words)
        assert status == 1, (status, out, err)
        assert len(err.strip().splitlines()) >= 2, "an error says what happened and what to do next"
        assert "Traceback" not in err
        return err


Typing = Callable[..., Json]


@contextlib.contextmanager
def descriptor(content: str | bytes | None) -> Iterator[int]:
    """Return the number of a pipe that holds this secret, as a service manager hands one over."""
    reading, writing = os.pipe()
    data = (content or "").encode() if not isinstance(content, bytes) else content
    os.write(writing, data + (b"" if data.endswith(b"\n") or not data else b"\n"))
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)
