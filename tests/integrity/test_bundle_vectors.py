"""The test vectors are those the script makes, and the verifier says of each what is expected."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest

import evidence_tracker.integrity
from evidence_tracker.integrity.__main__ import main
from evidence_tracker.integrity.archive import ArchiveFault, read_archive
from evidence_tracker.integrity.bundle import verify_bundle
from evidence_tracker.integrity.contents import Unreadable
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.report import KINDS, Outcome, fault_name
from tests.vectors.make_bundle_vectors import FOLDER, vectors

PACKAGE = Path(evidence_tracker.integrity.__path__[0])
SPECIFICATION = (FOLDER.parents[2] / "docs/spec/bundle.md").read_text(encoding="utf-8")
# Two bases of others, and the one that ends with status 2 instead of a report.
NEVER_IN_A_REPORT = {IntegrityFault, ArchiveFault, Unreadable}
ALL = {vector.name: vector for vector in vectors()}


def test_each_folder_has_its_vector_and_each_vector_its_folder():
    assert {folder.name for folder in FOLDER.iterdir()} == ALL.keys()


@pytest.mark.parametrize("name", ALL)
def test_a_vector_is_what_the_script_makes(name):
    files = {path.name: path.read_bytes() for path in (FOLDER / name).iterdir()}

    assert files == dict(ALL[name].files()), "run python -m tests.vectors.make_bundle_vectors"


@pytest.mark.parametrize("name", ALL)
def test_the_verifier_says_what_is_expected(name):
    folder = FOLDER / name
    path = next(folder.glob("*.zip"))
    expected = json.loads((folder / "expected.json").read_text())
    report = verify_bundle(path, vkey=(folder / "key.txt").read_text().strip())
    found = {(check.number, fault.name) for check in report.checks for fault in check.faults}

    assert found == {tuple(fault) for fault in expected["faults"]}
    assert report.status == expected["status"]


@pytest.mark.parametrize("name", ALL)
def test_a_check_that_is_not_done_says_why(name):
    report = verify_bundle(next((FOLDER / name).glob("*.zip")), vkey=None)
    undone = [check for check in report.checks if check.outcome is Outcome.NOT_DONE]

    assert undone
    assert all("Not done: " in " ".join(check.notes) or "rests on" in check.notes[-1] for check in undone)


@pytest.mark.parametrize("name", [name for name in ALL if ALL[name].status])
def test_no_fault_hides_behind_the_missing_key(name, capsys):
    """Without a key only the bundle forged from the ground is as good as an honest one."""
    status = main([str(next((FOLDER / name).glob("*.zip")))])

    assert status == (3 if name == "forged-from-the-ground" else 1)


# --- The specification speaks of these vectors ------------------------------------------------


def test_the_example_of_the_specification_is_the_honest_vector():
    archive = read_archive(BytesIO(next((FOLDER / "honest").glob("*.zip")).read_bytes()))
    blocks = re.findall(r"^`([^`]+)`(?: ends)?:\n\n```\w+\n(.*?)```", SPECIFICATION, re.MULTILINE | re.DOTALL)

    assert len(blocks) == 8
    for name, block in blocks:
        text = b"".join(archive.chunks(name)).decode()
        for line in block.splitlines():
            assert line.removesuffix("…") in text, f"{name}: {line}"


def test_the_specification_names_every_fault():
    sources = "".join(path.read_text() for path in PACKAGE.glob("*.py"))
    names = set(re.findall(r'findings\.fault\(\s*\w+,\s*"([a-z-]+)"|yield "([a-z-]+)"', sources))
    said = {one or other for one, other in names} | {
        fault_name(kind("")) for kind in kinds(IntegrityFault) if kind not in NEVER_IN_A_REPORT
    }

    assert said
    assert not {name for name in said if f"`{name}`" not in SPECIFICATION}


def test_the_specification_tells_the_checks_as_the_report_does():
    for kind in KINDS:
        assert f"{kind.number}. **{kind.title}.**" in SPECIFICATION


def kinds(base):
    """Return all kinds of faults below ``base``."""
    return {base} | {kind for below in base.__subclasses__() for kind in kinds(below)}
