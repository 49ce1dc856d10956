"""The calling side: it survives whatever the child does or answers."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidence_tracker.errors import DigestMismatch, NotReady
from evidence_tracker.sandbox import runner
from evidence_tracker.sandbox.answers import Examination, Text
from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.sandbox.workers import NoAnswer

from .conftest import picture
from .test_confinement import Probed

ROOT = Path(__file__).parents[2]
PDF = b"%PDF-1.4\n"


@pytest.fixture
def probed():
    with Probed(timeout_s=5) as running:
        yield running


def worker_of(running):
    assert running._inspector is not None
    return running._inspector._number


def nursery_of(running):
    assert running._nursery is not None
    return running._nursery._process


def told(answer, body=0):
    return [json.dumps({"answer": answer, "body": body}).encode()]


def test_nothing_starts_before_the_first_question():
    with Sandbox() as idle:
        assert idle._nursery is None


def test_no_parser_is_loaded_in_the_calling_process():
    script = (
        "import sys\n"
        "from evidence_tracker.sandbox.runner import Sandbox\n"
        "with Sandbox() as sandbox: sandbox.examine([b'\\x89PNG'], 'image/png')\n"
        "print(sorted({'PIL', 'magic', 'pypdfium2', 'zipfile', 'pyexpat', 'email'} & set(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_many_files_are_inspected_by_one_process(sandbox):
    sandbox.inspect(PDF)
    kept = sandbox._inspector
    began = time.monotonic()
    assert {sandbox.inspect(PDF).value for _ in range(200)} == {"application/pdf"}
    assert sandbox._inspector is kept
    assert time.monotonic() - began < 5


def test_the_inspector_is_replaced_after_so_many_files(monkeypatch):
    monkeypatch.setattr(runner, "FILES_PER_INSPECTOR", 3)
    with Sandbox() as running:
        seen = []
        for _ in range(7):
            running.inspect(PDF)
            seen.append(worker_of(running))
        assert [seen.index(number) for number in seen] == [0, 0, 0, 3, 3, 3, 6]


def test_an_inspector_that_died_costs_nobody_an_answer(sandbox):
    sandbox.inspect(PDF)
    os.kill(worker_of(sandbox), signal.SIGKILL)
    assert sandbox.inspect(PDF).value == "application/pdf"


def test_a_child_that_died_is_started_again(sandbox):
    sandbox.inspect(PDF)
    os.kill(nursery_of(sandbox).pid, signal.SIGKILL)
    nursery_of(sandbox).wait()
    assert sandbox.examine([picture("PNG")], "image/png").width == 40
    assert sandbox.inspect(PDF).value == "application/pdf"


def test_threads_may_share_it(sandbox):
    def work(number):
        found = sandbox.examine([picture("PNG", (number + 1, 7))], "image/png")
        return found.width, sandbox.inspect(PDF).value

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(work, range(24))) == [(n + 1, "application/pdf") for n in range(24)]


def test_a_forked_server_process_starts_its_own():
    script = """
import os
from evidence_tracker.sandbox.runner import Sandbox
sandbox = Sandbox()
assert sandbox.inspect(b"%PDF-1.4").value == "application/pdf"
first = sandbox._nursery._process.pid
forked = os.fork()
assert sandbox.inspect(b"%PDF-1.4").value == "application/pdf"
assert (sandbox._nursery._process.pid == first) == (forked != 0)
sandbox.close()
if forked:
    assert os.waitpid(forked, 0)[1] == 0
"""
    command = [sys.executable, "-W", "error", "-c", script]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)


def test_no_process_is_left_behind():
    with Sandbox() as running:
        running.inspect(PDF)
        nursery, worker = nursery_of(running).pid, worker_of(running)
    for process in (nursery, worker):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_no_process_is_left_behind_by_a_caller_that_is_killed():
    script = (
        "import os, signal\n"
        "from evidence_tracker.sandbox.runner import Sandbox\n"
        "sandbox = Sandbox(); sandbox.inspect(b'%PDF-1.4')\n"
        "print(sandbox._nursery._process.pid, sandbox._inspector._number, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    processes = [int(number) for number in ended.stdout.split()]
    assert len(processes) == 2
    until = time.monotonic() + 10
    while any(is_running(process) for process in processes) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_running(process) for process in processes)


def is_running(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_it_can_be_used_again_after_it_was_closed():
    running = Sandbox()
    running.inspect(PDF)
    running.close()
    running.close()
    assert running.inspect(PDF).value == "application/pdf"
    running.close()


def test_an_error_in_reading_the_bytes_is_the_callers(sandbox):
    def damaged():
        yield b"\x89PNG"
        raise DigestMismatch("Blob 7 cannot be opened")

    with pytest.raises(DigestMismatch):
        sandbox.examine(damaged(), "image/png")
    assert sandbox.examine([picture("PNG")], "image/png").failed is None


def test_what_is_too_large_is_not_sent(sandbox, monkeypatch):
    monkeypatch.setattr(runner, "MOST_BYTES", 1_000_000)
    sent: list[None] = []

    def endless():
        while True:
            sent.append(None)
            yield bytes(400_000)

    assert "larger than" in sandbox.examine(endless(), "image/png").failed
    assert "larger than" in sandbox.text(endless(), "text/plain").failed
    assert sandbox.strip_metadata(endless(), "image/png") is None
    assert len(sent) == 9


def test_a_type_without_a_reader_is_not_even_read(sandbox):
    def must_not_be_read():
        yield pytest.fail("it was read")

    assert sandbox.examine(must_not_be_read(), "audio/amr") == Examination()
    assert sandbox.strip_metadata(must_not_be_read(), "application/pdf") is None


def test_any_size_of_pieces_is_the_same_file(sandbox):
    whole = picture("PNG", (300, 200))
    pieces = [whole[start : start + 7] for start in range(0, len(whole), 7)]
    assert sandbox.examine(pieces, "image/png") == sandbox.examine([b"", whole, b""], "image/png")


def test_it_says_so_when_the_parsers_cannot_be_loaded():
    class WithoutParsers(Sandbox):
        _module = "tests.sandbox.no_such_child"

    with WithoutParsers() as broken, pytest.raises(NotReady) as refusal:
        broken.inspect(PDF)
    assert "libmagic" in refusal.value.advice


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        "text",
        {"width": -1},
        {"width": 1.5},
        {"width": True},
        {"width": 2**40},
        {"width": "40"},
        {"pages": {"x": 1}},
        {"latitude": "91"},
        {"latitude": "1e1"},
        {"longitude": "-181.0"},
        {"longitude": 12},
        {"latitude": "12.3; DROP TABLE exhibit"},
        {"taken_offset": "yesterday"},
        {"taken_text": ["2024"]},
        {"make": {"a": "b"}},
        {"properties": {"a": 1}, "surprise": "field"},
        {"properties": ["a"]},
        {"properties": {f"p{n}": "x" for n in range(1_000)}},
        {"failed": 7},
    ],
)
def test_an_answer_that_is_not_one_is_refused(probed, answer):
    found = probed.examine(told(answer), "image/png")
    assert found.failed is not None
    assert found.width is None
    assert found.latitude is None
    assert found.longitude is None


def test_an_answer_is_cleaned_and_shortened(probed):
    said = {
        "make": "Ca\x00non\u202e\x1b[2J",
        "properties": {"exif.artist": "\ud800A" + "b" * 10_000, "BAD NAME": "x", "exif.empty": " \x07 "},
        "failed": "line\x1b one",
    }
    found = probed.examine(told(said), "image/png")
    assert found.make == "Ca non  [2J"
    assert found.properties == {"exif.artist": ("A" + "b" * 10_000)[:1_999]}
    assert found.failed == "line  one"


def test_an_answer_may_not_be_longer_than_agreed(probed):
    assert "longer" in probed.examine(told({"failed": "x" * 3_000_000}), "image/png").failed
    assert "longer" in probed.examine(told({}, body=1), "image/png").failed


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x04nope\x00\x00\x00\x00",
        b"\x00\x00\x00\x02\xff\xfe\x00\x00\x00\x00",
        b"\x00\x00\xc3\x50" + b"[" * 50_000 + b"\x00\x00\x00\x00",
    ],
)
def test_noise_in_place_of_an_answer_is_survived(probed, raw):
    with pytest.raises(NoAnswer):
        probed.probe("babble", raw)


def test_text_from_a_hostile_parser_is_text(probed):
    assert probed.text(told({"failed": None}, body=5), "text/plain") == Text("xxxxx", None)
    assert probed.text(told([]), "text/plain").failed is not None
