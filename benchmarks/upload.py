"""One file sent to the web face (SHA-256, cipher, fsync, rows, events) beside a server that only hashes and writes it.

    python benchmarks/upload.py [--mib 2048] [--rounds 3] [--in FOLDER]

Both run behind gunicorn as ``serve`` runs it: one process, threads. The yardstick reads the body in the
same steps, hashes and writes it and syncs it once. The limit is 1.30 of its time. Memory: how much more
the process of the web face holds at most after the file than before it (limit 64 MiB). Exit status 0
within the limits, 1 beyond.
"""

import hashlib
import http.client
import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from gunicorn.app.base import BaseApplication
from ways import PASSPHRASE, fill, furnished, judge, medians, options, place

from evidence_tracker.access import sessions
from evidence_tracker.access.models import Account, Compartment
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.web import create_app
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN, content_for

STEP = 1 << 20
MOST_MEMORY_MIB = 64
STARTS_WITHIN_S = 60


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn with the settings of ``serve``."""

    def __init__(self, make: Callable[[], Any], port: int) -> None:
        self._make, self._port = make, port
        super().__init__()

    def load_config(self) -> None:
        """Set them."""
        wanted = {
            "bind": [f"127.0.0.1:{self._port}"],
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "timeout": 600,
            "loglevel": "error",
            "control_socket_disable": True,
        }
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in the worker."""
        return self._make()


def yardstick(folder: Path) -> Callable[[], Any]:
    """Return a maker of an application that hashes what comes, writes it and syncs it."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        digest, left = hashlib.sha256(), int(environ["CONTENT_LENGTH"])
        with (folder / uuid4().hex).open("wb", buffering=0) as out:
            while left and (data := environ["wsgi.input"].read(min(left, STEP))):
                digest.update(data)
                out.write(data)
                left -= len(data)
            os.fsync(out.fileno())
        start("201 Created", [("Content-Type", "text/plain")])
        yield digest.hexdigest().encode()

    return lambda: answer


def web_face(path: Path) -> Callable[[], Any]:
    """Return a maker of the web face over an instance."""

    def make() -> Any:
        app = create_app(House.of(open_instance(path, Passphrase(PASSPHRASE, CHEAP))))
        app.config["WTF_CSRF_ENABLED"] = False
        return app

    return make


def begin(make: Callable[[], Any]) -> tuple[multiprocessing.Process, int]:
    """Start a server and wait until it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = multiprocessing.get_context("fork").Process(target=Server(make, port).run, daemon=False)
    process.start()
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process, port  # type: ignore[return-value] # a process of the context
    raise SystemExit("the server does not answer")


def send(port: int, path: str, file: Path, headers: dict[str, str]) -> bytes:
    """Send a file as the body of a PUT."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600, blocksize=STEP)
    with file.open("rb", buffering=0) as body:
        connection.request("PUT", path, body, {"Content-Length": str(file.stat().st_size), **headers})
        answer = connection.getresponse()
        said = answer.read()
    connection.close()
    if answer.status != 201:
        raise SystemExit(f"{path}: {answer.status} {said.decode()}")
    return said


def ask(port: int, method: str, path: str, cookie: str, body: str = "") -> str:
    """Ask for a page and return where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request(method, path, body, {"Cookie": cookie, **kind})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.headers.get("Location", "")


def signed_in(instance: Instance) -> tuple[str, str]:
    """Return the cookie of a session, and where its owner takes in."""
    with instance.transaction() as session:
        account = session.query(Account).filter_by(login="bench").one()
        token = sessions.begin_session(
            session,
            account,
            content=content_for(account),
            browser="benchmark",
            actor=Actor(account.id, account.login, Door.WEB),
        )
        place_of_work: str = session.query(Compartment).first().reference
    return f"{SIGNED_IN}={token}", place_of_work


def worker_of(process: multiprocessing.Process) -> Path:
    """Return where Linux tells of the one worker of a server."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return Path("/proc") / children[0]


def busy_s(process: multiprocessing.Process) -> float:
    """Return the seconds of processor that the worker of a server has used."""
    fields = (worker_of(process) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(process: multiprocessing.Process) -> int:
    """Return the most that the worker of a server has held, in MiB."""
    status = (worker_of(process) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) >> 10


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__, mib=2048, rounds=3)
    with place(chosen.folder) as folder:
        file, small = fill(folder / "large", chosen.mib), fill(folder / "small", 1)
        instance, _actor = furnished(folder / "instance")
        cookie, home = signed_in(instance)
        instance.close()
        (folder / "plain").mkdir()
        ours, port = begin(web_face(folder / "instance"))
        theirs, plain_port = begin(yardstick(folder / "plain"))
        ticket = ask(port, "GET", "/evidence/receive", cookie)
        ask(port, "PUT", f"{ticket}/facts", cookie, f"home={home}")
        told = {"Cookie": cookie, "X-File-Name": "large"}

        def anew() -> None:
            # A file of its own each round: equal bytes would be shared and thrown away again.
            with file.open("r+b") as stream:
                stream.write(uuid4().bytes)

        def to_us() -> None:
            anew()
            send(port, ticket, file, told)

        def to_them() -> None:
            anew()
            send(plain_port, "/", file, {})

        send(port, ticket, small, told)
        before, busy = memory_mib(ours), (busy_s(ours), busy_s(theirs))
        found = medians({"upload": to_us, "hash, write, sync": to_them}, chosen.rounds)
        grown = memory_mib(ours) - before
        busy = (busy_s(ours) - busy[0], busy_s(theirs) - busy[1])
        for process in (ours, theirs):
            process.terminate()
            process.join()
    print(f"one file of {chosen.mib} MiB by PUT through gunicorn, median of {chosen.rounds}")
    print("  (the seconds of processor in the lines below are those of the sender)")
    status = judge("upload", found, {"hash, write, sync": 1.3})
    each = [seconds / chosen.rounds for seconds in busy]
    print(f"  processor of the servers: {each[0]:.2f} s and {each[1]:.2f} s, {each[0] / each[1]:.2f} of it")
    print(f"  memory: {grown} MiB more after it than before (limit {MOST_MEMORY_MIB})")
    return status | int(grown > MOST_MEMORY_MIB)


if __name__ == "__main__":
    sys.exit(main())
