"""What a parser under a stranger's control can do: compute and answer, nothing else."""

import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.sandbox.workers import NoAnswer

from .probe_child import ATTEMPTS

ROOT = Path(__file__).parents[2]
FILTERED = sys.platform == "linux" and platform.machine() in {"x86_64", "aarch64"}
X86 = platform.machine() == "x86_64"
BY_NUMBER = {
    "connect",
    "start a thread",
    "trace a process",
    "read another's memory",
    "leave its namespaces",
    "call by the x32 numbers",
    "take the filter off",
}

pytestmark = pytest.mark.skipif(not FILTERED, reason="this system has no filter of system calls")


class Probed(Sandbox):
    """A sandbox whose child also tries what only an attacker would."""

    _module = "tests.sandbox.probe_child"

    def probe(self, what, content=b"", **options):
        answer, body = self._ask(what, [content], "text/plain", **options)
        return answer if not body else (answer, body)


@pytest.fixture(scope="module")
def probed():
    with Probed(timeout_s=5, memory_mb=256) as running:
        yield running


@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_parser_cannot(probed, what):
    if what in BY_NUMBER and not X86:
        pytest.skip("the number of this call is for x86-64")
    assert probed.probe("attempt", what.encode()) == {"errno": "EPERM"}
    assert not Path("/tmp/planted").exists()  # noqa: S108 - the place the attempt names


def test_the_confinement_is_what_it_says(sandbox):
    confinement = sandbox.confinement
    assert confinement.system_calls
    assert confinement.memory
    assert confinement.user is (os.geteuid() == 0)
    assert "libmagic" in confinement.detector
    assert str(confinement).startswith("few system calls, no network, ")


def test_the_kernel_says_that_the_filter_is_on(sandbox):
    sandbox.inspect(b"%PDF-1.4")
    status = Path(f"/proc/{sandbox._inspector._number}/status").read_text()
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status


def test_a_parser_sees_nothing_of_our_environment(probed, monkeypatch):
    monkeypatch.setenv("EVIDENCE_TRACKER_PASSPHRASE", "correct horse battery staple")
    with Probed() as fresh:
        assert set(fresh.probe("environment")["environment"]) <= {"LC_ALL", "LC_CTYPE"}


def test_a_parser_holds_nothing_open_but_its_pipe(probed, tmp_path):
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        with Probed() as fresh:
            assert len(fresh.probe("descriptors")["open"]) == 4


def test_a_parser_cannot_take_all_memory(probed):
    assert probed.probe("allocate", b"1000000") == {"taken": 1_000_000}
    answer = probed.probe("allocate", b"4000000000")
    assert "more memory" in answer["failed"]


def test_a_parser_cannot_take_all_day():
    with Probed(timeout_s=0.5) as hasty, pytest.raises(NoAnswer, match="too long"):
        hasty.probe("spin")


@pytest.mark.parametrize("ending", ["crash", "leave", "unforeseen"])
def test_a_parser_that_ends_costs_only_its_own_answer(probed, ending):
    with pytest.raises(NoAnswer, match="broke off"):
        probed.probe(ending)
    assert probed.probe("allocate", b"1") == {"taken": 1}


def test_the_network_is_gone_before_any_parser_runs():
    """The filter hides it in a worker, so it is looked at where the filter is not yet on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = (
            "import encodings.idna, socket, sys\n"
            "from evidence_tracker.sandbox.confinement import give_up_rights\n"
            "if not give_up_rights()['network']: sys.exit(77)\n"
            f"socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)\n"
        )
        run = [sys.executable, "-c", script]
        ended = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode == 77:
        pytest.skip("this system gives nobody a network of their own; the filter stands alone")
    assert "Network is unreachable" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_root_becomes_nobody():
    script = (
        "import os\n"
        "from evidence_tracker.sandbox.confinement import give_up_rights\n"
        "give_up_rights()\n"
        "print(os.getresuid(), os.getresgid(), os.getgroups())\n"
        "os.setuid(0)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.stdout.split("\n")[0] == f"{(65534,) * 3} {(65534,) * 3} []"
    assert "PermissionError" in ended.stderr
