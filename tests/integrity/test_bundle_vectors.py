"""The test vectors are those the script makes, and the verifier says of each what is expected."""

import json

import pytest

from evidence_tracker.integrity.__main__ import main
from evidence_tracker.integrity.bundle import verify_bundle
from tests.vectors.make_bundle_vectors import FOLDER, vectors

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


@pytest.mark.parametrize("name", [name for name in ALL if ALL[name].status])
def test_no_fault_hides_behind_the_missing_key(name, capsys):
    """Without a key only the bundle forged from the ground is as good as an honest one."""
    status = main([str(next((FOLDER / name).glob("*.zip")))])

    assert status == (3 if name == "forged-from-the-ground" else 1)
