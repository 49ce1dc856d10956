"""``serve`` in a process of its own: first start, locked and open, who may reach it, how it ends."""

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from evidence_tracker.cli import main
from evidence_tracker.cli.demo import sign_ins
from evidence_tracker.cli.serve import Address, refuse_strangers, refuse_taken
from evidence_tracker.errors import InvalidInput, SystemRefused
from evidence_tracker.settings import Kind
from tests.cast import PASSPHRASE
from tests.cli.running import CommandLine, descriptor
from tests.cli.terminal import PROGRAM

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
STOPS_WITHIN_S = 12.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str | None
    text: str


class Browser:
    """A browser that keeps cookies, and no more."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port, self.headers = port, headers or {}
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str | None = None) -> "Answer":
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**self.headers, "Cookie": cookies}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as line:
            line.request(method, path, body, headers)
            with line.getresponse() as said:
                answer = Answer(said.status, said.headers.get("Location"), said.read().decode())
                set_cookies = said.headers.get_all("Set-Cookie") or ()
        for cookie in set_cookies:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def page(self, path: str) -> str:
        return self.ask("GET", path).text

    def send(self, path: str, **form: str) -> "Answer":
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page(path))
        assert found is not None
        return self.ask("POST", path, urlencode({**form, "csrf_token": found[1]}))


class Served:
    """A process that serves, from outside."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def health(self) -> str | None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return str(json.loads(Browser(self.port).page("/health"))["status"])
        return None

    def wait(self) -> str:
        """Return what it says of its health as soon as it says anything."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.process.poll() is None:
            if status := self.health():
                return status
            time.sleep(0.1)
        raise AssertionError(f"it does not serve: {self.process.poll()}")

    def stop(self) -> tuple[int, float]:
        """End it as a service manager does; returns its status and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S), time.monotonic() - began


@contextlib.contextmanager
def serving(path: Path, *words: str, passphrase: str | None = None) -> Iterator[Served]:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_TRACKER_")}
    with contextlib.ExitStack() as closing:
        handed: Sequence[int] = ()
        if passphrase is not None:
            handed = (closing.enter_context(descriptor(passphrase)),)
            words = (*words, "--passphrase-fd", str(handed[0]))
        bind = ("--bind", f"127.0.0.1:{port}")
        process = subprocess.Popen(
            [sys.executable, "-m", "evidence_tracker", "serve", "--instance", str(path), *bind, *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=handed,
            env=environ,
        )
        closing.enter_context(process)  # closes its pipe and waits, after the kill below
        closing.callback(process.kill)
        yield Served(process, port)


# ---------------------------------------------------------------------------- locked and open


def test_it_starts_locked_is_opened_in_a_browser_and_ends_when_told(instance_path):
    with serving(instance_path) as served:
        assert served.wait() == "locked"
        browser = Browser(served.port)
        assert browser.ask("GET", "/account").location == "/unlock?next=/account"

        answer = browser.send("/unlock", passphrase=PASSPHRASE)

        assert (answer.status, answer.location) == (303, "/")
        assert served.health() == "open"
        assert browser.send("/sign-in", login="amina", password="secret of amina").status == 302
        assert "Amina" in browser.page("/account")
        status, took_s = served.stop()
        assert status == 0
        assert took_s < STOPS_WITHIN_S
        said = served.process.stdout.read().decode() if served.process.stdout else ""
        assert "POST /sign-in 302" in said
        assert "amina" not in said.lower()


def test_with_the_passphrase_it_is_open_from_the_start(instance_path):
    with serving(instance_path, passphrase=PASSPHRASE) as served:
        assert served.wait() == "open"


def test_a_wrong_passphrase_is_said_at_once(instance_path):
    with serving(instance_path, passphrase="not the passphrase") as served:
        said, _ = served.process.communicate(timeout=PATIENCE_S)

    assert served.process.returncode == 1
    assert "does not open this instance" in said.decode()
    assert "Traceback" not in said.decode()


def test_a_request_that_runs_is_answered_before_it_ends(instance_path):
    with serving(instance_path, passphrase=PASSPHRASE) as served:
        served.wait()
        browser = Browser(served.port)
        browser.page("/sign-in")
        body = urlencode({"login": "amina", "password": "x" * 100_000})
        with socket.create_connection(("127.0.0.1", served.port)) as line:
            head = (
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            line.sendall(head.encode() + body[:100].encode())
            time.sleep(1)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(1)
            line.sendall(body[100:].encode())
            line.settimeout(20)
            answer = line.recv(100).decode()

        assert answer.startswith("HTTP/1.1 302")
        assert served.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("words", "name"), [((), "evidence-session"), (("--behind-proxy",), "__Host-evidence-session")]
)
def test_only_behind_a_proxy_is_believed_what_a_header_says_of_encryption(instance_path, words, name):
    with serving(instance_path, *words, passphrase=PASSPHRASE) as served:
        served.wait()
        browser = Browser(
            served.port, {"X-Forwarded-Proto": "https", "Referer": "https://127.0.0.1/", "Host": "127.0.0.1"}
        )
        browser.send("/sign-in", login="amina", password="secret of amina")

        assert [cookie for cookie in browser.cookies if "session" in cookie] == [name]


# ---------------------------------------------------------------------------- who may reach it


@pytest.mark.parametrize("kind", [Kind.DEMO, Kind.TEST])
@pytest.mark.parametrize("bind", ["0.0.0.0:8043", "[::]:8043", "192.0.2.7:80", "evidence.example:8043"])
def test_what_protects_nothing_is_shown_to_this_machine_only(kind, bind):
    with pytest.raises(InvalidInput, match="served to this machine only"):
        refuse_strangers(kind, Address.parse(bind))


@pytest.mark.parametrize("bind", ["127.0.0.1:8043", "[::1]:8043", "localhost:80", "127.8.8.8:1"])
def test_this_machine_is_known_by_all_its_names(bind):
    refuse_strangers(Kind.DEMO, Address.parse(bind))
    assert str(Address.parse(bind)) == bind


def test_a_real_instance_may_be_reached_by_others():
    refuse_strangers(Kind.FIELD, Address.parse("0.0.0.0:8043"))


@pytest.mark.parametrize(
    "bind", ["", "8043", ":8043", "localhost", "localhost:", "localhost:0", "localhost:70000", "x:y"]
)
def test_what_is_no_address_is_refused(bind):
    with pytest.raises(InvalidInput, match="is no address"):
        Address.parse(bind)


def test_a_port_that_is_taken_is_said_with_another_one():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SystemRefused, match="Nothing can listen") as refused:
            refuse_taken(Address("127.0.0.1", port))

    assert str(port + 1) in refused.value.advice


def test_without_its_web_face_the_program_says_so(instance_path, capsys, monkeypatch):
    monkeypatch.delenv("EVIDENCE_TRACKER_PASSPHRASE", raising=False)

    status = main(["serve", "--instance", str(instance_path), "--bind", f"127.0.0.1:{free_port()}"])

    assert status == 1
    assert "without its web face" in capsys.readouterr().err


# ---------------------------------------------------------------------------- the first start


def test_the_first_start_sets_it_up_and_prints_a_link_that_works_once(tmp_path):
    path, port = tmp_path / "new", free_port()
    answers = [
        "Fictional Office",
        "evidence.example/office",
        "test",
        "olena",
        "a long passphrase",
        "a long passphrase",
    ]
    master, slave = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve", "--instance", str(path), "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    ) as process:
        os.close(slave)
        try:
            shown = converse(process, master, answers)
            assert "Serving the" in shown, shown
            assert Served(process, port).wait() == "open"
            found = re.search(r"http://127\.0\.0\.1:\d+(/welcome/\S+)", shown)
            assert found is not None, shown
            browser = Browser(port)
            new = {"new_secret": "what olena chose", "again": "what olena chose"}
            assert browser.send(found[1], **new).location == "/sign-in?login=olena"
            assert browser.ask("GET", found[1]).status == 404
            assert browser.send("/sign-in", login="olena", password="what olena chose").status == 302
        finally:
            process.kill()
            os.close(master)
    assert "a long passphrase" not in shown


def converse(process: "subprocess.Popen[bytes]", master: int, answers: list[str]) -> str:
    """Answer each question at the terminal; returns what was shown until it serves."""
    shown, since, end = "", "", time.monotonic() + PATIENCE_S
    while "Serving the" not in shown and time.monotonic() < end and process.poll() is None:
        ready, _, _ = select.select([master], [], [], 0.3)
        if ready:
            piece = os.read(master, 65536).decode("utf-8", "replace")
            shown, since = shown + piece, since + piece
        elif re.search(r": ?\s*$", since) and answers:
            os.write(master, answers.pop(0).encode() + b"\n")
            since = ""
    return shown


def test_without_a_terminal_the_first_start_says_what_to_do(tmp_path):
    with serving(tmp_path / "new") as served:
        said, _ = served.process.communicate(timeout=PATIENCE_S)

    assert served.process.returncode == 1
    assert "init" in said.decode()
    assert not (tmp_path / "new").exists()


# ---------------------------------------------------------------------------- accounts, demonstration


def test_the_demonstration_says_who_can_sign_in_with_what():
    told = "\n".join(sign_ins("http://127.0.0.1:8044"))

    assert "http://127.0.0.1:8044" in told
    assert "fictional demo passphrase" in told
    for login in ("halyna", "marko", "ostap", "vira", "tomas", "nadia"):
        assert login in told
    assert all(len(line) <= 100 for line in told.splitlines())


def test_an_account_manager_makes_links_and_resets_factors_and_others_do_not(
    instance_path, capsys, monkeypatch
):
    line = CommandLine(instance_path, capsys, monkeypatch)

    assert line.ask("olena", "account", "invite", "amina")["path"].startswith("/welcome/")
    assert "may not manage accounts" in line.refused("amina", "account", "invite", "chen")
    assert "no second factor" in line.refused(
        "olena", "account", "reset-second-factor", "amina", "--reason", "phone lost"
    )
    assert "may not manage accounts" in line.refused(
        "chen", "account", "reset-second-factor", "amina", "--reason", "mischief"
    )
