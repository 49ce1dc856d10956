"""The tutorial is run: every block, in order, in one shell, as a reader types them."""

import re
import subprocess
from pathlib import Path

import pytest

from evidence_tracker.integrity.bundle import verify_bundle
from tests.cli.resident import install

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "first-mission-to-first-bundle.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "-- end of block {} --"


def blocks() -> list[str]:
    return BLOCK.findall(PAGE.read_text("utf-8"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def answers(place, tmp_path_factory) -> list[str]:
    """Return what each block answered, standard error beside it."""
    script = "set -euo pipefail\n" + "".join(
        f"{block}echo '{END.format(n)}'\n" for n, block in enumerate(blocks())
    )
    # A socket's address is short by law, the folders of tests are not.
    with install(tmp_path_factory.mktemp("t")) as folder:
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=place,
            env={"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(place), "LC_ALL": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-3000:]
    return re.split(r"-- end of block \d+ --\n", done.stdout)[:-1]


def test_every_block_works(answers):
    assert len(answers) == len(blocks()) >= 12


def test_what_must_be_refused_is_refused(answers):
    refused = [answer for answer in answers if "Refused, as it must be." in answer]
    assert len(refused) == 2
    assert "opened mission KYI-2026-01 and cannot approve it" in refused[0]
    assert "no live consent" in refused[1]


def test_the_references_are_those_that_the_page_names(answers):
    told = "".join(answers)
    named = set(re.findall(r"KYI-[A-Z]-\d{4}", PAGE.read_text("utf-8")))
    assert {reference for reference in named if reference not in told} == set()


def test_the_reader_ends_with_a_bundle_that_verifies(answers, place):
    (bundle,) = (place / "handed-over").glob("*.zip")
    assert verify_bundle(bundle, vkey=None).status == 3
    assert any("INTACT, and signed by the key you gave." in answer for answer in answers)
    assert any("Everything is as it was recorded." in answer for answer in answers)
    assert (place / "checkpoint.txt").read_text().startswith("practice.example/kyiv/1\n")


def test_the_name_of_the_witness_is_nowhere_in_the_bundle(place, answers):
    (bundle,) = (place / "handed-over").glob("*.zip")
    assert "Небувалько".encode() not in bundle.read_bytes()
