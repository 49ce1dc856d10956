from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity.checkpoint import MAX_SIZE, Checkpoint, open_checkpoint, sign_checkpoint
from evidence_tracker.integrity.faults import IntegrityFault, MalformedCheckpoint, SignatureRejected
from evidence_tracker.integrity.merkle import EMPTY_ROOT, leaf_hash
from evidence_tracker.integrity.note import Signer, Verifier, sign_note

KYIV = Signer("example.org/kyiv/1", bytes([1]) * 32)
LVIV = Signer("example.org/lviv/1", bytes([2]) * 32)
TRUSTED = Verifier.parse(KYIV.vkey)
ROOT = leaf_hash(b"one")
CHECKPOINT = Checkpoint(KYIV.name, 4096, ROOT)
ROOT_LINE = CHECKPOINT.body().split("\n")[2]


def test_it_reads_like_the_specification():
    assert CHECKPOINT.body() == f"example.org/kyiv/1\n4096\n{ROOT_LINE}\n"
    assert open_checkpoint(sign_checkpoint(KYIV, CHECKPOINT), [TRUSTED]) == CHECKPOINT


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_any_size_and_root_come_back(size, root):
    checkpoint = Checkpoint(KYIV.name, size, root, ("extension", "другий рядок"))
    assert Checkpoint.parse(checkpoint.body()) == checkpoint


def test_the_largest_size_is_read_and_the_next_is_not():
    assert Checkpoint.parse(f"example.org\n{2**63 - 1}\n{ROOT_LINE}\n").size == MAX_SIZE == 2**63 - 1
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(f"example.org\n{2**63}\n{ROOT_LINE}\n")


def test_what_was_read_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        CHECKPOINT.size = 1  # type: ignore[misc]


def test_the_empty_tree_has_one_root():
    assert Checkpoint.parse(Checkpoint(KYIV.name, 0, EMPTY_ROOT).body()).size == 0
    with pytest.raises(MalformedCheckpoint):
        Checkpoint(KYIV.name, 0, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n\n",
        f"example.org\n1\n{ROOT_LINE}",
        "example.org\n1\n",
        f"\n1\n{ROOT_LINE}\n",
        f"two words\n1\n{ROOT_LINE}\n",
        f"a+b\n1\n{ROOT_LINE}\n",
        f"example.org\n\n{ROOT_LINE}\n",
        f"example.org\n01\n{ROOT_LINE}\n",
        f"example.org\n00\n{ROOT_LINE}\n",
        f"example.org\n+1\n{ROOT_LINE}\n",
        f"example.org\n-1\n{ROOT_LINE}\n",
        f"example.org\n1.0\n{ROOT_LINE}\n",
        f"example.org\n1e3\n{ROOT_LINE}\n",
        f"example.org\n1 \n{ROOT_LINE}\n",
        f"example.org\n1_0\n{ROOT_LINE}\n",
        f"example.org\n٣\n{ROOT_LINE}\n",
        f"example.org\n{2**63}\n{ROOT_LINE}\n",
        f"example.org\n{'9' * 5000}\n{ROOT_LINE}\n",
        f"example.org\n0\n{ROOT_LINE}\n",
        "example.org\n1\n\n",
        "example.org\n1\nAAAA\n",
        f"example.org\n1\n{ROOT_LINE[:-1]}\n",
        f"example.org\n1\n {ROOT_LINE}\n",
        f"example.org\n1\n{ROOT_LINE.replace('=', '==')}\n",
        f"example.org\n1\n{ROOT.hex()}\n",
        f"example.org\n1\n{ROOT_LINE}\n\n",
        f"example.org\n1\n{ROOT_LINE}\n\nextension\n",
        f"example.org\n1\n{ROOT_LINE}\nextension\n\n",
        f"example.org\r\n1\r\n{ROOT_LINE}\r\n",
        f"example.org\n1\n{ROOT_LINE}\next\tension\n",
    ],
    ids=repr,
)
def test_it_refuses_what_is_not_a_checkpoint(text):
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(text)


def test_it_refuses_a_checkpoint_that_could_not_be_written():
    for arguments in (
        ("", 1, ROOT),
        ("a b", 1, ROOT),
        ("a", -1, ROOT),
        ("a", 2**63, ROOT),
        ("a", 1, ROOT[:-1]),
    ):
        with pytest.raises(MalformedCheckpoint):
            Checkpoint(*arguments)
    for extension in ("", "a\nb", "\x00"):
        with pytest.raises(MalformedCheckpoint):
            Checkpoint("a", 1, ROOT, (extension,))


def test_a_key_signs_only_for_the_log_of_its_name():
    with pytest.raises(MalformedCheckpoint):
        sign_checkpoint(LVIV, CHECKPOINT)


def test_a_trusted_key_does_not_speak_for_another_log():
    """Lviv's key is trusted, for Lviv; it must not vouch for what Kyiv has logged."""
    note = sign_note(CHECKPOINT.body(), [LVIV])
    with pytest.raises(SignatureRejected, match="does not speak for"):
        open_checkpoint(note, [TRUSTED, Verifier.parse(LVIV.vkey)])


def test_a_second_signature_of_another_log_does_no_harm():
    note = sign_note(CHECKPOINT.body(), [LVIV, KYIV])
    assert open_checkpoint(note, [TRUSTED, Verifier.parse(LVIV.vkey)]) == CHECKPOINT
    assert open_checkpoint(note, [TRUSTED]) == CHECKPOINT


def test_a_signed_note_that_is_no_checkpoint_is_refused():
    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(KYIV.sign("example.org/kyiv/1\nmany\n"), [TRUSTED])


def test_nothing_is_read_of_a_checkpoint_that_no_trusted_key_signed():
    with pytest.raises(SignatureRejected):
        open_checkpoint(LVIV.sign("not even a checkpoint\n"), [TRUSTED])


def test_every_bit_of_a_signed_checkpoint_counts():
    note = sign_checkpoint(KYIV, CHECKPOINT)
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IntegrityFault):
            open_checkpoint(bytes(changed), [TRUSTED])
