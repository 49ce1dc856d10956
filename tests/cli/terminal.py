"""The program at a terminal of its own: what it asks there is answered, what it shows there is kept.

The operating system's own pseudo-terminals; a secret is read from the controlling terminal of the
process, so it has to have one.
"""

import contextlib
import os
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: A prompt ends in a colon and waits; nothing else that the program says does.
PROMPT = re.compile(r"([^\r\n]*): ?\s*$")
PATIENCE_S = 60.0
PROGRAM = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from evidence_tracker.app import main
sys.exit(main())
"""


@dataclass
class Ended:
    """How a run at a terminal ended: exit status, standard output, what the terminal showed, what it asked."""

    status: int
    out: str
    shown: str
    asked: list[str] = field(default_factory=list)


def at_terminal(*words: str, answers: Sequence[str] = (), environ: dict[str, str] | None = None) -> Ended:
    """Run the program with a terminal for its input and its messages, typing one answer per prompt."""
    master, slave = os.openpty()
    with (
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=ROOT,
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=slave,
            start_new_session=True,
            env=_environ(environ or {}),
        ) as process,
        contextlib.ExitStack() as closing,
    ):
        closing.callback(os.close, master)
        os.close(slave)
        shown, asked = _converse(process, master, list(answers))
        out = process.stdout.read().decode() if process.stdout else ""
        return Ended(process.wait(), out, shown, asked)


def _environ(more: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_TRACKER_")}
    return {**kept, "TERM": "dumb", **more}


def _converse(process: "subprocess.Popen[bytes]", master: int, answers: list[str]) -> tuple[str, list[str]]:
    """Read what is shown and answer each prompt, until the program ends; an unanswered prompt gets Ctrl-C."""
    shown, since, asked = "", "", []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        piece = _read(master)
        shown, since = shown + piece, since + piece
        prompt = PROMPT.search(since)
        if prompt and not piece.strip() and _is_quiet(master):
            asked.append(prompt[1].strip())
            os.write(master, answers.pop(0).encode() + b"\n" if answers else b"\x03")
            since = ""
        elif process.poll() is not None and not piece:
            break
    else:
        process.kill()
    return shown, asked


def _read(master: int) -> str:
    ready, _, _ = select.select([master], [], [], 0.05)
    if not ready:
        return ""
    try:
        return os.read(master, 65536).decode("utf-8", "replace")
    except OSError:  # the other side is closed: the program has ended
        return ""


def _is_quiet(master: int) -> bool:
    """Say whether the terminal does not echo: only then is a secret being waited for."""
    return not termios.tcgetattr(master)[3] & termios.ECHO
