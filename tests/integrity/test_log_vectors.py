"""The test vectors of docs/spec/custody-log.md: up to date, true, and refused where they are bad."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest

from evidence_tracker.integrity import faults
from evidence_tracker.integrity.checkpoint import open_checkpoint
from evidence_tracker.integrity.commitment import Field, commit, pack, parse_leaf, payload_commitment, unpack
from evidence_tracker.integrity.merkle import verify_consistency, verify_inclusion
from evidence_tracker.integrity.note import Signer, Verifier, open_note
from evidence_tracker.integrity.proof import InclusionProof, verify_disclosure
from tests.vectors import make_log_vectors

from . import by_the_book

FOLDER = make_log_vectors.FOLDER


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


FIELD, EVENT, TREE = load("field.json"), load("event.json"), load("tree.json")
NOTE, CHECKPOINT, PROOF = load("note.json"), load("checkpoint.json"), load("proof.json")
NOTE_KEY, CHECKPOINT_KEY, PROOF_KEY = (
    Verifier.parse(vectors["vkey"]) for vectors in (NOTE, CHECKPOINT, PROOF)
)


def input_of(case):
    return case["input"].encode() if "input" in case else bytes.fromhex(case["input_hex"])


def named(case):
    return case["name"]


def refuses(case, read):
    with pytest.raises(faults.IntegrityFault) as caught:
        read(input_of(case))
    assert type(caught.value).__name__ == case["fault"]
    return True


def test_the_files_are_what_the_script_writes():
    """After a wanted change of format: python -m tests.vectors.make_log_vectors."""
    for name, content in make_log_vectors.render().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == content, name
    assert {path.name for path in FOLDER.iterdir()} == {*make_log_vectors.render(), "published.json"}


@pytest.mark.parametrize("case", FIELD["good"], ids=named)
def test_fields(case):
    preimage = by_the_book.field_preimage(bytes.fromhex(case["salt"]), case["name"], case["value"])
    assert preimage.decode() == case["preimage"]
    assert sha256(preimage).hexdigest() == case["digest"]
    assert Field.from_preimage(preimage) == Field(bytes.fromhex(case["salt"]), case["name"], case["value"])


@pytest.mark.parametrize("case", FIELD["bad"], ids=named)
def test_bad_fields(case):
    assert refuses(case, Field.from_preimage)


@pytest.mark.parametrize("case", EVENT["good"], ids=named)
def test_events(case):
    packed = case["payload"].encode()
    assert pack(unpack(packed)) == packed
    assert by_the_book.leaf_of(packed.split(b"\n"), case["hour"]).decode() == case["leaf"]
    assert payload_commitment(packed).hex() == case["commitment"]
    assert commit(map(bytes.fromhex, case["digests"])).hex() == case["commitment"]
    assert parse_leaf(case["leaf"].encode()).c.hex() == case["commitment"]
    assert sha256(b"\x00" + case["leaf"].encode()).hexdigest() == case["leaf_hash"]


@pytest.mark.parametrize("case", EVENT["bad_payloads"], ids=named)
def test_bad_payloads(case):
    assert refuses(case, unpack)


@pytest.mark.parametrize("case", EVENT["bad_leaves"], ids=named)
def test_bad_leaves(case):
    assert refuses(case, parse_leaf)


def test_the_tree():
    leaves = [leaf.encode() for leaf in TREE["leaves"]]
    roots = [bytes.fromhex(root) for root in TREE["roots_by_size"]]
    assert roots == [by_the_book.tree_root(leaves[:size]) for size in range(len(leaves) + 1)]
    for case in TREE["inclusion"]:
        index, size, proof = case["index"], case["size"], [bytes.fromhex(text) for text in case["proof"]]
        assert proof == by_the_book.audit_path(index, leaves[:size])
        verify_inclusion(sha256(b"\x00" + leaves[index]).digest(), index, size, proof, roots[size])
    for case in TREE["consistency"]:
        old, new, proof = case["old"], case["new"], [bytes.fromhex(text) for text in case["proof"]]
        assert proof == (by_the_book.consistency_path(old, leaves[:new]) if old else [])
        verify_consistency(old, new, roots[old], roots[new], proof)


def test_the_key_of_the_notes():
    signer = Signer(NOTE["name"], bytes.fromhex(NOTE["seed"]))
    assert signer.vkey == NOTE["vkey"]
    public = b64decode(NOTE["vkey"].split("+", 2)[2])
    assert sha256(NOTE["name"].encode() + b"\n" + public).hexdigest()[:8] == NOTE["key_id"]


@pytest.mark.parametrize("case", NOTE["good"], ids=lambda case: case["text"][:12])
def test_notes(case):
    opened = open_note(case["note"].encode(), [NOTE_KEY])
    assert (opened.text, len(opened.unverified)) == (case["text"], case["unverified"])


@pytest.mark.parametrize("case", NOTE["bad"], ids=named)
def test_bad_notes(case):
    assert refuses(case, lambda data: open_note(data, [NOTE_KEY]))


@pytest.mark.parametrize("case", CHECKPOINT["good"], ids=lambda case: str(case["size"]))
def test_checkpoints(case):
    checkpoint = open_checkpoint(case["note"].encode(), [CHECKPOINT_KEY])
    assert (checkpoint.origin, checkpoint.size) == (case["origin"], case["size"])
    assert checkpoint.root.hex() == case["root"]


@pytest.mark.parametrize("case", CHECKPOINT["bad"], ids=named)
def test_bad_checkpoints(case):
    assert refuses(case, lambda data: open_checkpoint(data, [CHECKPOINT_KEY]))


@pytest.mark.parametrize("case", PROOF["good"], ids=named)
def test_proofs(case):
    proof = InclusionProof.decode(case["proof"].encode())
    checkpoint, disclosure = verify_disclosure(proof, [PROOF_KEY])
    assert (proof.index, checkpoint.size) == (case["index"], case["size"])
    assert disclosure.leaf().decode() == case["leaf"]
    assert disclosure.opened_values() == case["opened"]
    assert len(disclosure.digests) - len(disclosure.opened) == case["withheld_fields"]


@pytest.mark.parametrize("case", PROOF["bad"], ids=named)
def test_bad_proofs(case):
    assert refuses(case, lambda data: verify_disclosure(InclusionProof.decode(data), [PROOF_KEY]))


def test_the_chain_of_the_exhibit_is_whole_and_says_what_it_withholds():
    previous, subjects, opened = "", set(), 0
    for number, case in enumerate(PROOF["good"], start=1):
        values = case["opened"]
        assert (values["seq"], values["prev"]) == (number, previous)
        previous = sha256(b"\x00" + case["leaf"].encode()).hexdigest()
        subjects.add(values["subject"])
        opened += "act" in values
    assert (len(PROOF["good"]), opened, len(subjects)) == (7, 5, 1)


def test_the_next_epoch_begins_with_the_last_checkpoint_of_this_one():
    case = PROOF["next_epoch"]
    proof = InclusionProof.decode(case["proof"].encode())
    checkpoint, disclosure = verify_disclosure(proof, [Verifier.parse(case["vkey"])])
    assert (proof.index, checkpoint.origin) == (0, "example.org/kyiv/2")
    assert disclosure.opened_values() == case["opened"]
    before = open_checkpoint(case["opened"]["previous_checkpoint"].encode(), [PROOF_KEY])
    assert (before.origin, before.size) == ("example.org/kyiv/1", PROOF["good"][0]["size"])
    assert case["opened"]["restored_size"] <= before.size


def test_every_fault_has_at_least_one_bad_vector():
    bad = [*FIELD["bad"], *EVENT["bad_payloads"], *EVENT["bad_leaves"]]
    bad += [*NOTE["bad"], *CHECKPOINT["bad"], *PROOF["bad"]]
    core = [fault for fault in faults.IntegrityFault.__subclasses__() if fault.__module__ == faults.__name__]
    assert {case["fault"] for case in bad} == {fault.__name__ for fault in core}
    assert len({case["name"] for case in bad}) == len(bad)
