"""A resident command line for tests that run many commands from a shell.

Loading the program takes a second, a tutorial has forty commands. So one process loads it
once and forks for each command; ``install`` puts a stub named ``evidence-tracker`` in front
that hands over its words, folder, environment and streams, and ends with the same status.
"""

import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence_tracker import cli

ROOT = Path(__file__).parents[2]
STUB = """#!{python} -ISs
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    socket.send_fds(line, [b"!"], [0, 1, 2])
    line.sendall(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode())
    line.shutdown(socket.SHUT_WR)
    sys.exit(int(line.recv(8) or b"70"))
"""


@contextmanager
def install(folder: Path) -> Iterator[Path]:
    """Start the resident program and yield a folder for the PATH with the stub in it."""
    address = str(folder / "line")
    stub = folder / "bin" / "evidence-tracker"
    stub.parent.mkdir()
    stub.write_text(STUB.format(python=sys.executable, address=address))
    stub.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cli.resident", address], cwd=ROOT, stdout=subprocess.PIPE
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            yield stub.parent
        finally:
            server.kill()


def serve(address: str) -> None:
    """Load every command, then fork for each caller."""
    for module, _ in cli.NOUNS.values():
        importlib.import_module(f"evidence_tracker.cli.{module}")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            line, _ = listening.accept()
            with line:
                _answer(line)


def _answer(line: socket.socket) -> None:
    _, streams, _, _ = socket.recv_fds(line, 1, 3)
    with line.makefile("rb") as said:
        words, folder, environment = json.load(said)
    child = os.fork()
    if child == 0:
        _become(streams, words, folder, environment)
    _, ended = os.waitpid(child, 0)
    for stream in streams:
        os.close(stream)
    line.sendall(str(os.waitstatus_to_exitcode(ended)).encode())


def _become(streams: list[int], words: list[str], folder: str, environment: dict[str, str]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    status = 70
    try:
        status = cli.main(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve(sys.argv[1])
