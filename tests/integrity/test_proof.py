from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity.canonical import base64_text
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.commitment import Disclosure, Field, new_salt
from evidence_tracker.integrity.faults import IntegrityFault, MalformedProof, ProofRejected, SignatureRejected
from evidence_tracker.integrity.note import Signer, Verifier
from evidence_tracker.integrity.proof import MAX_HASHES, InclusionProof, verify_disclosure, verify_leaf

from .small_log import SmallLog

HOUR = "2026-11-23T15:00:00Z"
OURS = 3


def event(number, actor="amina"):
    values = {"act": "received", "seq": number, "actor": actor, "record.name": "Надія"}
    return [Field(new_salt(), name, value) for name, value in values.items()]


@pytest.fixture(scope="module")
def events():
    return [event(number) for number in range(1, 8)]


@pytest.fixture(scope="module")
def disclosures(events):
    return [Disclosure.opening(HOUR, fields, ["act", "seq"]) for fields in events]


@pytest.fixture(scope="module")
def log(disclosures):
    log = SmallLog()
    for disclosure in disclosures:
        log.append(disclosure.leaf())
    return log


@pytest.fixture(scope="module")
def proof(log, disclosures):
    return log.prove(OURS, disclosures[OURS])


def refused(proof, verifiers, fault=IntegrityFault):
    with pytest.raises(fault):
        verify_disclosure(proof, verifiers)
    return True


def test_a_disclosed_event_is_proved(proof, log, disclosures):
    checkpoint, disclosure = verify_disclosure(InclusionProof.decode(proof.encode()), [log.verifier])
    assert checkpoint == Checkpoint(log.signer.name, 7, log.root())
    assert disclosure == disclosures[OURS]
    assert disclosure.opened_values() == {"act": "received", "seq": 4}


def test_every_event_is_proved_at_every_size(log, disclosures):
    for size in range(1, 8):
        for index in range(size):
            proof = InclusionProof.decode(log.prove(index, disclosures[index], size).encode())
            checkpoint, disclosure = verify_disclosure(proof, [log.verifier])
            assert (checkpoint.size, disclosure.opened_values()["seq"]) == (size, index + 1)


def test_the_file_reads_like_the_specification(proof, log):
    lines = proof.encode().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2:7] == ["index 3", *map(base64_text, proof.hashes), ""]
    assert "\n".join(lines[7:]).encode() == log.checkpoint()


def test_the_only_leaf_of_a_log_needs_no_hashes():
    log = SmallLog()
    disclosure = Disclosure.opening(HOUR, event(1), ["act"])
    log.append(disclosure.leaf())
    proof = InclusionProof.decode(log.prove(0, disclosure).encode())
    assert proof.hashes == ()
    assert verify_disclosure(proof, [log.verifier])[1] == disclosure


def test_a_leaf_can_be_proved_without_disclosing_anything(log):
    proof = InclusionProof.decode(log.prove(OURS).encode())
    assert proof.extra is None
    assert verify_leaf(proof, log.leaves[OURS], [log.verifier]).size == 7
    with pytest.raises(ProofRejected):
        verify_leaf(proof, log.leaves[OURS + 1], [log.verifier])
    assert refused(proof, [log.verifier], MalformedProof)


def test_every_bit_of_a_proof_file_counts(proof, log):
    data = proof.encode()
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IntegrityFault):
            verify_disclosure(InclusionProof.decode(bytes(changed)), [log.verifier])


@given(st.data())
def test_no_edit_of_a_proof_file_changes_what_it_proves(proof, log, data):
    good = proof.encode()
    place = data.draw(st.integers(0, len(good)))
    changed = good[:place] + data.draw(st.binary(max_size=5)) + good[place + data.draw(st.integers(0, 5)) :]
    try:
        found = verify_disclosure(InclusionProof.decode(changed), [log.verifier])
    except IntegrityFault:
        return
    assert found == verify_disclosure(proof, [log.verifier])


@given(st.binary(max_size=300))
def test_bytes_from_anywhere_are_refused_and_never_break_the_reader(data):
    with pytest.raises(MalformedProof):
        InclusionProof.decode(data)
    with pytest.raises(MalformedProof):
        InclusionProof.decode(b"c2sp.org/tlog-proof@v1\n" + data.replace(b"index", b""))


@given(
    st.integers(0, 2**63 - 2),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(),
    st.none() | st.binary(),
)
def test_what_is_written_is_read_back(index, hashes, note, extra):
    proof = InclusionProof(index, tuple(hashes), note, extra)
    assert InclusionProof.decode(proof.encode()) == proof


@given(st.binary(max_size=300))
def test_what_is_read_is_written_back(tail):
    data = b"c2sp.org/tlog-proof@v1\nindex 0\n" + tail
    with suppress(MalformedProof):
        assert InclusionProof.decode(data).encode() == data


def lines_of(*lines):
    return "\n".join(["c2sp.org/tlog-proof@v1", *lines]).encode() + b"\n\nnote"


HASH = base64_text(bytes(32))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nnote",
        b"c2sp.org/tlog-proof@v1\nindex 0",
        lines_of(),
        lines_of("index"),
        lines_of("index "),
        lines_of("index 00"),
        lines_of("index 01"),
        lines_of("index -1"),
        lines_of("index +1"),
        lines_of("index 1 "),
        lines_of("index  1"),
        lines_of("Index 1"),
        lines_of("index ٣"),
        lines_of(f"index {2**63 - 1}"),
        lines_of(f"index {'9' * 5000}"),
        lines_of("index 0", "AAAA"),
        lines_of("index 0", HASH[:-1]),
        lines_of("index 0", HASH[:-2] + "B="),
        lines_of("index 0", " " + HASH),
        lines_of("index 0", HASH, "index 1"),
        lines_of("index 0", *[HASH] * (MAX_HASHES + 1)),
        lines_of("extra", "index 0"),
        lines_of("extra AA", "index 0"),
        lines_of("extra AB==", "index 0"),
        lines_of("extra  AA==", "index 0"),
        lines_of("extra AA==", "extra AA==", "index 0"),
        lines_of("index 0", "extra AA=="),
        lines_of("extra AA=="),
        b" " + lines_of("index 0"),
        lines_of("index 0").replace(b"v1", b"v2"),
        lines_of("index 0").replace(b"\n", b"\r\n"),
        lines_of("index 0").decode().encode("utf-16"),
        lines_of("index 0").replace(b"c2sp", "с2sp".encode()),
    ],
    ids=repr,
)
def test_it_refuses_what_is_not_a_proof(data):
    with pytest.raises(MalformedProof):
        InclusionProof.decode(data)


def test_a_proof_without_extra_data_differs_from_one_with_empty_extra_data():
    assert InclusionProof.decode(lines_of("index 0")).extra is None
    assert InclusionProof.decode(lines_of("extra ", "index 0")).extra == b""


def test_no_tree_is_higher_than_63():
    assert MAX_HASHES == 63
    assert len(InclusionProof.decode(lines_of("index 0", *[HASH] * 63)).hashes) == 63


def test_a_proof_that_could_not_be_true_cannot_be_made():
    for index, hashes in ((-1, ()), (2**63 - 1, ()), (0, (bytes(31),)), (0, (bytes(32),) * (MAX_HASHES + 1))):
        with pytest.raises(MalformedProof):
            InclusionProof(index, hashes, b"")


def test_the_disclosure_of_another_event_is_refused(proof, log, disclosures):
    other = replace(proof, extra=disclosures[OURS + 1].to_extra())
    assert refused(other, [log.verifier], ProofRejected)


def test_a_value_that_was_not_logged_is_refused(proof, log, events):
    """The holder of a proof cannot make the log say something else, even with all salts known."""
    for place, field in enumerate(events[OURS]):
        changed = [*events[OURS][:place], replace(field, value="other"), *events[OURS][place + 1 :]]
        forged = Disclosure.opening(HOUR, changed, [field.name])
        assert refused(replace(proof, extra=forged.to_extra()), [log.verifier], ProofRejected)


def test_leaving_a_withheld_field_out_or_putting_one_in_is_refused(proof, log, disclosures):
    ours = disclosures[OURS]
    opened = {field.digest() for field in ours.opened}
    for digest in ours.digests:
        if digest not in opened:
            fewer = replace(ours, digests=tuple(other for other in ours.digests if other != digest))
            assert refused(replace(proof, extra=fewer.to_extra()), [log.verifier], ProofRejected)
    more = replace(ours, digests=tuple(sorted([*ours.digests, bytes(32)])))
    assert refused(replace(proof, extra=more.to_extra()), [log.verifier], ProofRejected)


def test_opening_fewer_fields_proves_the_same_leaf(proof, log, disclosures):
    """Anyone who holds a disclosure may pass on less of it; nobody can pass on more."""
    less = replace(disclosures[OURS], opened=disclosures[OURS].opened[:1])
    assert verify_disclosure(replace(proof, extra=less.to_extra()), [log.verifier])[1] == less


def test_another_hour_is_refused(proof, log, disclosures):
    later = replace(disclosures[OURS], t="2026-11-23T16:00:00Z")
    assert refused(replace(proof, extra=later.to_extra()), [log.verifier], ProofRejected)


def test_another_index_is_refused(proof, log):
    for index in [*range(7), 7, 100]:
        if index != OURS:
            assert refused(replace(proof, index=index), [log.verifier], ProofRejected)


def test_the_checkpoint_of_another_size_is_refused(proof, log):
    for size in (4, 5, 6):
        assert refused(replace(proof, checkpoint_note=log.checkpoint(size)), [log.verifier], ProofRejected)


def test_a_checkpoint_signed_by_somebody_else_is_refused(proof, log):
    stranger = Signer(log.signer.name, bytes(32))
    body = Checkpoint(log.signer.name, 7, log.root()).body()
    forged = replace(proof, checkpoint_note=stranger.sign(body))
    assert refused(forged, [log.verifier], SignatureRejected)
    assert refused(proof, [Verifier.parse(stranger.vkey)], SignatureRejected)
    assert refused(proof, [], SignatureRejected)


def test_a_proof_from_another_epoch_needs_the_key_of_that_epoch(proof, log, disclosures):
    next_epoch = SmallLog("example.org/kyiv/2")
    next_epoch.append(disclosures[OURS].leaf())
    moved = next_epoch.prove(0, disclosures[OURS])
    assert refused(moved, [log.verifier], SignatureRejected)
    assert verify_disclosure(moved, [log.verifier, next_epoch.verifier])[0].origin == "example.org/kyiv/2"


def test_a_disclosure_alone_is_not_believed(proof, log, disclosures):
    """A perfectly formed disclosure that the log never saw proves nothing."""
    invented = Disclosure.opening(HOUR, event(4, actor="bohdan"), ["act", "actor"])
    assert Disclosure.from_extra(invented.to_extra()) == invented
    assert refused(replace(proof, extra=invented.to_extra()), [log.verifier], ProofRejected)
