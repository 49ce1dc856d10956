import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_tracker.integrity.faults import ProofRejected
from evidence_tracker.integrity.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_nodes,
    verify_consistency,
    verify_inclusion,
)

from . import by_the_book
from .small_log import SmallLog

UP_TO = 40
LEAVES = [f"leaf {number}".encode() for number in range(UP_TO)]


@pytest.fixture(scope="module")
def log():
    log = SmallLog()
    for leaf in LEAVES:
        log.append(leaf)
    return log


@pytest.fixture(scope="module")
def big_log():
    log = SmallLog()
    for number in range(3000):
        log.append(b"%d" % number)
    return log


def rejects_inclusion(*arguments):
    with pytest.raises(ProofRejected):
        verify_inclusion(*arguments)
    return True


def rejects_consistency(*arguments):
    with pytest.raises(ProofRejected):
        verify_consistency(*arguments)
    return True


def spoilt(proof):
    """Every way to spoil a proof by one hash."""
    other = bytes(32)
    yield [*proof, other]
    yield [other, *proof]
    for place, value in enumerate(proof):
        yield proof[:place] + proof[place + 1 :]
        yield [*proof[:place], bytes([value[0] ^ 1]) + value[1:], *proof[place + 1 :]]
        yield [*proof[:place], value[:31], *proof[place + 1 :]]
        if place and proof[place - 1] != value:
            yield [*proof[: place - 1], value, proof[place - 1], *proof[place + 1 :]]


def test_roots_are_those_of_the_book(log):
    frontier = Frontier()
    assert frontier.root() == root_from_nodes(0, log.read) == EMPTY_ROOT == by_the_book.tree_root([])
    for size, leaf in enumerate(LEAVES, start=1):
        frontier.append(leaf_hash(leaf))
        book = by_the_book.tree_root(LEAVES[:size])
        assert frontier.root() == book
        assert root_from_nodes(size, log.read) == book


def test_every_leaf_of_every_size_is_proved_as_in_the_book(log):
    for size in range(1, UP_TO + 1):
        root = log.root(size)
        for index in range(size):
            proof = inclusion_proof(index, size, log.read)
            assert proof == by_the_book.audit_path(index, LEAVES[:size])
            verify_inclusion(leaf_hash(LEAVES[index]), index, size, proof, root)


def test_no_spoilt_inclusion_proof_passes_at_any_size(log):
    for size in range(1, UP_TO + 1):
        root = log.root(size)
        for index in range(size):
            leaf, proof = leaf_hash(LEAVES[index]), inclusion_proof(index, size, log.read)
            for bad in spoilt(proof):
                assert rejects_inclusion(leaf, index, size, bad, root)


def test_no_proof_serves_another_leaf_or_place(log):
    for size in range(2, UP_TO + 1):
        root = log.root(size)
        for index in range(size):
            proof = inclusion_proof(index, size, log.read)
            for other in range(size):
                if other != index:
                    assert rejects_inclusion(leaf_hash(LEAVES[index]), other, size, proof, root)
                    assert rejects_inclusion(leaf_hash(LEAVES[other]), index, size, proof, root)


def test_every_pair_of_sizes_is_consistent_as_in_the_book(log):
    for new in range(1, UP_TO + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, log.read)
            assert proof == by_the_book.consistency_path(old, LEAVES[:new])
            verify_consistency(old, new, log.root(old), log.root(new), proof)


def test_no_spoilt_consistency_proof_passes_at_any_pair_of_sizes(log):
    for new in range(1, UP_TO + 1):
        for old in range(1, new + 1):
            proof, old_root, new_root = consistency_proof(old, new, log.read), log.root(old), log.root(new)
            for bad in spoilt(proof):
                assert rejects_consistency(old, new, old_root, new_root, bad)
            if old != new:
                assert rejects_consistency(old, new, new_root, old_root, proof)
                assert rejects_consistency(old, new, leaf_hash(b"x"), new_root, proof)
                assert rejects_consistency(old, new, old_root, leaf_hash(b"x"), proof)


def test_a_rewritten_past_is_not_consistent():
    honest, forged = SmallLog(), SmallLog()
    for number in range(UP_TO):
        honest.append(LEAVES[number])
        forged.append(b"forged" if number == 7 else LEAVES[number])
    for old in range(8, UP_TO):
        proof = consistency_proof(old, UP_TO, forged.read)
        assert rejects_consistency(old, UP_TO, honest.root(old), forged.root(), proof)


def test_every_tree_follows_the_empty_one(log):
    for new in range(UP_TO + 1):
        assert consistency_proof(0, new, log.read) == []
        verify_consistency(0, new, EMPTY_ROOT, log.root(new), [])
    assert rejects_consistency(0, 3, log.root(1), log.root(3), [])
    assert rejects_consistency(0, 3, EMPTY_ROOT, log.root(3), [log.root(1)])
    assert rejects_consistency(0, 0, EMPTY_ROOT, log.root(3), [])


@given(st.data())
@settings(deadline=None)
def test_large_trees_prove_what_they_should(big_log, data):
    new = data.draw(st.integers(1, 3000))
    old, index = data.draw(st.integers(1, new)), data.draw(st.integers(0, new - 1))
    verify_inclusion(
        leaf_hash(b"%d" % index), index, new, inclusion_proof(index, new, big_log.read), big_log.root(new)
    )
    verify_consistency(
        old, new, big_log.root(old), big_log.root(new), consistency_proof(old, new, big_log.read)
    )


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (5, 3)])
def test_a_leaf_outside_the_tree_is_refused(log, index, size):
    with pytest.raises(ProofRejected):
        inclusion_proof(index, size, log.read)
    assert rejects_inclusion(leaf_hash(b"x"), index, size, [], leaf_hash(b"x"))


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (-2, -1)])
def test_sizes_that_run_backwards_are_refused(log, old, new):
    with pytest.raises(ProofRejected):
        consistency_proof(old, new, log.read)
    assert rejects_consistency(old, new, EMPTY_ROOT, log.root(3), [])


def test_a_root_does_not_say_its_size_so_sizes_are_checked_for_themselves(log):
    """Each of these would pass if only hashes were compared."""
    for index in (1, 2, 7):
        assert rejects_inclusion(log.root(1), index, 1, [], log.root(1))
    for old in (2, 4):
        assert rejects_consistency(old, 1, log.root(1), log.root(1), [])
    proof = consistency_proof(2, 4, log.read)
    verify_consistency(2, 4, log.root(2), log.root(4), proof)
    for new in (5, 8, 16):
        assert rejects_consistency(2, new, log.root(2), log.root(4), proof)
    assert rejects_inclusion(leaf_hash(LEAVES[1]), 0, 1, [leaf_hash(LEAVES[0])], log.root(2))
    assert rejects_consistency(3, 4, log.root(11), log.root(12), consistency_proof(11, 12, log.read))
    assert rejects_consistency(3, 4, log.root(3), log.root(4), [])


def test_a_tree_of_one_needs_no_proof():
    verify_inclusion(leaf_hash(b"only"), 0, 1, [], leaf_hash(b"only"))
    assert rejects_inclusion(leaf_hash(b"only"), 0, 1, [], leaf_hash(b"other"))


def test_an_interior_node_does_not_pass_for_a_leaf(log):
    """The two kinds of hash begin with different bytes (RFC 6962, 2.1), so lengths cannot be confused."""
    inner = leaf_hash(LEAVES[0]) + leaf_hash(LEAVES[1])
    assert leaf_hash(inner) != node_hash(leaf_hash(LEAVES[0]), leaf_hash(LEAVES[1]))
    assert rejects_inclusion(leaf_hash(inner), 0, 1, [], log.root(2))


def test_hashes_of_the_wrong_length_are_refused():
    root = node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    verify_inclusion(leaf_hash(b"a"), 0, 2, [leaf_hash(b"b")], root)
    assert rejects_inclusion(leaf_hash(b"a")[:-1], 0, 2, [leaf_hash(b"a")[-1:] + leaf_hash(b"b")], root)
    assert rejects_inclusion(leaf_hash(b"a"), 0, 2, [leaf_hash(b"b")], root + b"x")
    assert rejects_consistency(1, 1, b"short", b"short", [])


def test_a_very_long_proof_ends_early():
    assert rejects_inclusion(leaf_hash(b"a"), 2**62, 2**63 - 1, [bytes(32)] * 10_000, bytes(32))
    assert rejects_consistency(2**62 - 1, 2**63 - 1, bytes(32), bytes(32), [bytes(32)] * 10_000)


def test_a_frontier_is_taken_up_again_where_it_was_left():
    whole = Frontier()
    for leaf in LEAVES:
        again = Frontier(whole.size, whole.hashes)
        assert again.append(leaf_hash(leaf)) == whole.append(leaf_hash(leaf))
        assert (again.size, again.hashes, again.root()) == (whole.size, whole.hashes, whole.root())


def test_a_leaf_completes_exactly_the_nodes_above_it():
    frontier, seen = Frontier(), {}
    for index, leaf in enumerate(LEAVES):
        completed = frontier.append(leaf_hash(leaf))
        assert [level for level, _, _ in completed] == list(range(1, len(completed) + 1))
        for level, position, node in completed:
            assert (level, position) not in seen
            assert (position + 1) << level == index + 1
            assert node == by_the_book.tree_root(LEAVES[position << level : (position + 1) << level])
            seen[level, position] = node
    assert len(seen) == sum(UP_TO >> level for level in range(1, 7))


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(1, []), (0, [bytes(32)]), (2, [bytes(32)] * 2), (3, [bytes(32)]), (-1, []), (-1, [bytes(32)])],
)
def test_an_impossible_frontier_is_refused(size, hashes):
    with pytest.raises(ProofRejected):
        Frontier(size, hashes)


def test_a_frontier_refuses_what_is_not_a_hash():
    with pytest.raises(ProofRejected):
        Frontier().append(b"leaf bytes, not hashed")
    with pytest.raises(ProofRejected):
        Frontier(1, [b"short"])
