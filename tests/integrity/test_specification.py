"""docs/spec/custody-log.md says what the code does: its example, its names, its write order."""

import json
from pathlib import Path

import pytest

from evidence_tracker.integrity import canonical, checkpoint, commitment, faults, note
from evidence_tracker.writepoints import WritePoint

PROJECT = Path(__file__).parents[2]
SPECIFICATION = (PROJECT / "docs/spec/custody-log.md").read_text(encoding="utf-8")
VECTORS = PROJECT / "tests/vectors/log"
EXAMPLE = SPECIFICATION.partition("## Example")[2].partition("## Conventions")[0]
BLOCKS = [block.strip("\n") for block in EXAMPLE.split("```")[1::2]]


def vector(file, name):
    cases = json.loads((VECTORS / file).read_text(encoding="utf-8"))["good"]
    return next(case for case in cases if case["name"] == name)


def test_the_payload_and_the_leaf_of_the_example_are_those_of_the_vectors():
    event = vector("event.json", "received")
    assert BLOCKS[:2] == [event["payload"], event["leaf"]]


def test_the_first_event_of_the_vectors_is_the_example():
    assert vector("proof.json", "event-1")["leaf"] == vector("event.json", "received")["leaf"]


def test_the_proof_of_the_example_is_that_of_the_vectors():
    shown = BLOCKS[2].split("\n")
    whole = vector("proof.json", "event-3")["proof"].rstrip("\n").split("\n")
    assert shown[0] == whole[0]
    assert shown[shown.index("index 6") :] == whole[2:]


def test_every_point_of_a_write_is_explained_in_its_order():
    table = SPECIFICATION.partition("## Order of a write")[2].partition("\n## ")[0]
    rows = [line.split("`")[1] for line in table.split("\n") if line.startswith("| `")]
    assert rows == [point.value for point in WritePoint]


@pytest.mark.parametrize("fault", faults.IntegrityFault.__subclasses__(), ids=lambda fault: fault.__name__)
def test_every_fault_of_the_core_is_documented(fault):
    if fault.__module__ == faults.__name__:
        assert f"`{fault.__name__}`" in SPECIFICATION
        assert fault.__name__ in (faults.__doc__ or "")


def test_the_numbers_of_the_specification_are_those_of_the_code():
    text = " ".join(SPECIFICATION.split())
    assert f"nested at most {canonical.MAX_DEPTH} deep" in text
    assert canonical.MAX_INTEGER == 2**53 - 1
    assert f"at most {commitment.MAX_FIELD_DEPTH} deep" in text
    assert f"{commitment.SALT_BYTES} random bytes" in text
    assert f"`{commitment.DOMAIN.decode().rstrip()}`" in text
    assert f"at most {note.MAX_SIGNATURES}" in text
    assert checkpoint.MAX_SIZE == 2**63 - 1


def test_the_vector_files_are_all_described():
    table = SPECIFICATION.partition("## Test vectors")[2]
    for path in VECTORS.iterdir():
        assert f"`{path.name}`" in table
