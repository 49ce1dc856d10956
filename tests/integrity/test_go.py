"""Our notes, checkpoints and proofs before a foreign judge: the Go project's own log library.

Needs Debian's packages golang-go and golang-golang-x-mod-dev (no download: GOPATH mode).
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from evidence_tracker.integrity import merkle
from evidence_tracker.integrity.canonical import base64_text
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.note import Signer, Verifier, sign_note
from evidence_tracker.integrity.proof import InclusionProof

from .small_log import SmallLog

SOURCE = Path(__file__).parent / "go"
VECTORS = Path(__file__).parents[1] / "vectors/log"
GOPATH = Path("/usr/share/gocode")
UP_TO = 70
SEED = bytes(range(32))


def missing():
    if shutil.which("go") is None:
        return "no Go: apt-get install golang-go"
    if not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return "no golang.org/x/mod: apt-get install golang-golang-x-mod-dev"
    return None


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Ask Go a list of questions; get its list of answers."""
    reason = missing()
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOPATH": str(GOPATH),
        "GOCACHE": str(folder / "cache"),
    }
    program = folder / "judge"
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, env=environment, check=True)

    def ask(questions):
        text = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(answers) == len(questions)
        return answers

    return ask


@pytest.fixture(scope="module")
def log():
    log = SmallLog()
    for number in range(UP_TO):
        log.append(f"leaf {number}".encode())
    return log


def test_go_opens_our_checkpoints(judge, log):
    notes = [log.checkpoint(size).decode() for size in range(UP_TO + 1)]
    answers = judge([{"ask": "open", "vkey": log.signer.vkey, "text": note} for note in notes])
    for size, answer in enumerate(answers):
        assert answer["ok"], answer["why"]
        assert answer["text"] == Checkpoint(log.signer.name, size, log.root(size)).body()


def test_go_opens_a_note_in_cyrillic_with_unknown_signatures(judge, log):
    text = "Тихо, тихо.\n\nОстап\n"
    note = sign_note(text, [log.signer, Signer("example.org/інший", bytes(32))]).decode()
    (answer,) = judge([{"ask": "open", "vkey": log.signer.vkey, "text": note}])
    assert (answer["ok"], answer["text"], answer["unverified"]) == (True, text, 1)


def test_go_and_we_write_the_same_bytes(judge):
    signer = Signer("example.org/kyiv/1", SEED)
    key_id = Verifier.parse(signer.vkey).key_id.hex()
    skey = f"PRIVATE+KEY+{signer.name}+{key_id}+{base64_text(bytes([1]) + SEED)}"
    for text in ("one line\n", "\n", "two\n\nparts\n", "Ім'я\n"):
        (answer,) = judge([{"ask": "sign", "skey": skey, "text": text}])
        assert answer["text"].encode() == signer.sign(text)


def test_go_refuses_notes_that_we_refuse(judge, log):
    note = log.checkpoint().decode()
    lines = note.split("\n")
    altered = [
        note.replace(f"\n{UP_TO}\n", f"\n{UP_TO + 1}\n"),
        note[:-1],
        note + "\n",
        note.replace("— ", "- "),
        note.replace("\n\n", "\n"),
        "\n".join([*lines[:2], base64_text(bytes(32)), *lines[3:]]),
    ]
    answers = judge([{"ask": "open", "vkey": log.signer.vkey, "text": text} for text in altered])
    assert [answer["ok"] for answer in answers] == [False] * len(altered)


def test_go_refuses_our_notes_under_another_key(judge, log):
    other = Signer(log.signer.name, bytes(32))
    (answer,) = judge([{"ask": "open", "vkey": other.vkey, "text": log.checkpoint().decode()}])
    assert not answer["ok"]


def test_go_computes_the_same_roots_and_proofs(judge, log):
    sizes = [1, 2, 3, 7, 8, 33, 64, UP_TO]
    answers = judge([{"ask": "tree", "leaves": [leaf.hex() for leaf in log.leaves[:size]]} for size in sizes])
    for size, answer in zip(sizes, answers, strict=True):
        assert answer["roots"] == [log.root(smaller).hex() for smaller in range(1, size + 1)]
        assert answer["inclusion"] == [
            texts(merkle.inclusion_proof(index, size, log.read)) for index in range(size)
        ]
        assert answer["consistency"] == [
            texts(merkle.consistency_proof(old, size, log.read)) for old in range(1, size + 1)
        ]


def texts(hashes):
    return [value.hex() for value in hashes]


def spoilt(proof):
    for place, value in enumerate(proof):
        yield [*proof[:place], bytes([value[0] ^ 1]) + value[1:], *proof[place + 1 :]]
        yield proof[:place] + proof[place + 1 :]
    yield [*proof, bytes(32)]


def record_question(log, index, size, proof):
    return {
        "ask": "record",
        "index": index,
        "size": size,
        "leaf": merkle.leaf_hash(log.leaves[index]).hex(),
        "root": log.root(size).hex(),
        "proof": texts(proof),
    }


def tree_question(log, old, new, proof):
    return {
        "ask": "consistency",
        "old": old,
        "size": new,
        "was": log.root(old).hex(),
        "root": log.root(new).hex(),
        "proof": texts(proof),
    }


def test_go_accepts_our_inclusion_proofs_and_refuses_spoilt_ones(judge, log):
    questions, expected = [], []
    for size in range(1, 40):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, log.read)
            questions.append(record_question(log, index, size, proof))
            expected.append(True)
            for bad in spoilt(proof):
                questions.append(record_question(log, index, size, bad))
                expected.append(False)
    assert [answer["ok"] for answer in judge(questions)] == expected


def test_go_accepts_our_consistency_proofs_and_refuses_spoilt_ones(judge, log):
    questions, expected = [], []
    for new in range(1, 40):
        for old in range(1, new + 1):
            proof = merkle.consistency_proof(old, new, log.read)
            questions.append(tree_question(log, old, new, proof))
            expected.append(True)
            for bad in spoilt(proof):
                questions.append(tree_question(log, old, new, bad))
                expected.append(False)
    assert [answer["ok"] for answer in judge(questions)] == expected


def test_go_proves_the_events_of_the_test_vectors(judge):
    vectors = json.loads((VECTORS / "proof.json").read_text(encoding="utf-8"))
    questions = []
    for case in vectors["good"]:
        proof = InclusionProof.decode(case["proof"].encode())
        note = proof.checkpoint_note.decode()
        questions.append({"ask": "open", "vkey": vectors["vkey"], "text": note})
        questions.append(
            {
                "ask": "record",
                "index": proof.index,
                "size": case["size"],
                "leaf": merkle.leaf_hash(case["leaf"].encode()).hex(),
                "root": Checkpoint.parse(note.partition("\n\n")[0] + "\n").root.hex(),
                "proof": texts(proof.hashes),
            }
        )
    assert [answer["ok"] for answer in judge(questions)] == [True] * len(questions)
