"""What others have published, read by us: specifications' examples, and notes of running logs."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from evidence_tracker.integrity import merkle
from evidence_tracker.integrity.checkpoint import open_checkpoint
from evidence_tracker.integrity.faults import MalformedCheckpoint, MalformedNote, ProofRejected
from evidence_tracker.integrity.note import Signer, Verifier, open_note

from .small_log import SmallLog

PUBLISHED = json.loads((Path(__file__).parents[1] / "vectors/log/published.json").read_text(encoding="utf-8"))
TREE = PUBLISHED["tree"]
LEAVES = [bytes.fromhex(leaf) for leaf in TREE["leaves"]]
ROOTS = [bytes.fromhex(root) for root in TREE["roots"]]


@pytest.fixture(scope="module")
def log():
    log = SmallLog()
    for leaf in LEAVES:
        log.append(leaf)
    return log


@pytest.mark.parametrize("case", PUBLISHED["notes"], ids=lambda case: case["vkey"].split("+")[0])
def test_we_open_the_notes_of_others(case):
    opened = open_note(case["note"].encode(), [Verifier.parse(case["vkey"])])
    assert opened.text == case["text"]
    assert len(opened.unverified) == case["unverified"]
    assert opened.verified == (case["vkey"].split("+")[0],)


@pytest.mark.parametrize("case", PUBLISHED["signed"], ids=lambda case: case["vkey"].split("+")[0])
def test_we_sign_what_others_sign(case):
    *_, name, _, key = case["skey"].split("+", 4)
    signer = Signer(name, b64decode(key)[1:])
    assert signer.vkey == case["vkey"]
    assert signer.sign(case["text"]) == case["note"].encode()


@pytest.mark.parametrize("case", PUBLISHED["bad_vkeys"], ids=lambda case: case["source"].rpartition(": ")[2])
def test_we_refuse_the_keys_that_others_refuse(case):
    with pytest.raises(MalformedNote):
        Verifier.parse(case["vkey"])


@pytest.mark.parametrize("case", PUBLISHED["checkpoints"], ids=lambda case: case["origin"])
def test_we_open_the_checkpoint_of_a_running_log_with_witnesses(case):
    checkpoint = open_checkpoint(case["note"].encode(), [Verifier.parse(case["vkey"])])
    assert (checkpoint.origin, checkpoint.size) == (case["origin"], case["size"])
    assert checkpoint.root.hex() == case["root"]
    assert len(open_note(case["note"].encode(), [Verifier.parse(case["vkey"])]).unverified) == 5


def test_an_origin_that_cannot_be_a_key_name_is_no_checkpoint_of_ours():
    """The Go checksum database signs as one name for an origin of three words; here they must be equal."""
    case = PUBLISHED["notes"][-1]
    assert case["text"].startswith("go.sum database tree\n")
    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(case["note"].encode(), [Verifier.parse(case["vkey"])])


def test_our_tree_has_the_published_nodes_and_roots(log):
    for level, row in enumerate(TREE["nodes"]):
        assert [log.read(level, index).hex() for index in range(len(row))] == row
    assert [log.root(size) for size in range(9)] == ROOTS


@pytest.mark.parametrize("case", PUBLISHED["inclusion"], ids=lambda case: f"{case['index']}of{case['size']}")
def test_published_inclusion_proofs_pass_and_are_ours(log, case):
    proof = [b64decode(text) for text in case["proof"]]
    index, size = case["index"], case["size"]
    assert merkle.inclusion_proof(index, size, log.read) == proof
    leaf = merkle.leaf_hash(LEAVES[index])
    merkle.verify_inclusion(leaf, index, size, proof, ROOTS[size])
    with pytest.raises(ProofRejected):
        merkle.verify_inclusion(leaf, index, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize("case", PUBLISHED["consistency"], ids=lambda case: f"{case['old']}to{case['new']}")
def test_published_consistency_proofs_pass_and_are_ours(log, case):
    proof = [b64decode(text) for text in case["proof"]]
    old, new = case["old"], case["new"]
    assert merkle.consistency_proof(old, new, log.read) == proof
    merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
    with pytest.raises(ProofRejected):
        merkle.verify_consistency(old, new, ROOTS[new], ROOTS[old], proof)
