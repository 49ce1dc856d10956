"""The Merkle tree of RFC 6962: roots, proofs, and growth one leaf at a time.

Hashes are 32 bytes. A *node* is named by level and index: level 0 holds the leaf hashes; node
``(level, index)`` covers the leaves from ``index << level`` to ``(index + 1) << level``. Only
nodes of complete subtrees are ever stored or read, because only those never change.
Verification follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

from .faults import ProofRejected

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node."""
    return sha256(b"\x01" + left + right).digest()


def root_from_nodes(size: int, read: NodeReader) -> bytes:
    """Return the root of the first ``size`` leaves from stored complete nodes."""
    if size == 0:
        return EMPTY_ROOT
    return _range_root(0, size, read)


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size`` leaves, sibling first."""
    if not 0 <= index < size:
        raise ProofRejected(f"A tree of {size} leaves has no leaf {index}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    path.reverse()
    return path


def consistency_proof(old: int, new: int, read: NodeReader) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with the tree of ``old`` leaves."""
    if not 0 <= old <= new:
        raise ProofRejected(f"A tree of {new} leaves cannot be a later state of one of {old}.")
    if old == 0:
        return []
    path: list[bytes] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    if start > 0:  # otherwise the old root itself is the missing node, and the verifier has it
        path.append(_range_root(start, end, read))
    path.reverse()
    return path


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ``ProofRejected`` unless ``proof`` leads from the leaf at ``index`` to ``root``."""
    _require_hashes([leaf_hash, root, *proof])
    if not 0 <= index < size:
        raise ProofRejected(f"A tree of {size} leaves has no leaf {index}.")
    node, position, last = leaf_hash, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofRejected("The inclusion proof is longer than the path to the root.")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRejected("The inclusion proof is shorter than the path to the root.")
    if node != root:
        raise ProofRejected("The inclusion proof does not lead to the root of the tree.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ``ProofRejected`` unless the newer tree begins with the older one."""
    _require_hashes([old_root, new_root, *proof])
    if not 0 <= old <= new:
        raise ProofRejected(f"A tree of {new} leaves cannot be a later state of one of {old}.")
    if old in (0, new):
        _require_trivially_consistent(old, new, old_root, new_root, proof)
        return
    # When the old size is a power of two, its root is a node of the new tree and is left out.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path or _roots_from(path, old, new) != (old_root, new_root):
        raise ProofRejected("The consistency proof does not lead to both roots.")


def _require_trivially_consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise ProofRejected("The consistency proof holds hashes where none are needed.")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofRejected("The root of the empty tree is wrong.")
    if old == new and old_root != new_root:
        raise ProofRejected(f"Two trees of {new} leaves have different roots.")


def _roots_from(path: Sequence[bytes], old: int, new: int) -> tuple[bytes, bytes]:
    """Fold a consistency path into the old and the new root (RFC 9162, 2.1.4.2, steps 3 to 6)."""
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRejected("The consistency proof is longer than the path to the root.")
        if position & 1 or position == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRejected("The consistency proof is shorter than the path to the root.")
    return old_root, new_root


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first.

    As long as the binary digits of ``size`` that are 1, so about 20 hashes for a million leaves.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self._size = size
        self._hashes = list(hashes)
        _require_hashes(self._hashes)
        if size < 0 or size.bit_count() != len(self._hashes):
            raise ProofRejected(f"{len(self._hashes)} hashes cannot be the edge of a tree of {size} leaves.")

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, largest first."""
        return tuple(self._hashes)

    def append(self, leaf_hash: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf; return the interior nodes it completed as ``(level, index, hash)``, lowest first."""
        if len(leaf_hash) != HASH_BYTES:
            raise ProofRejected(f"A leaf hash has {len(leaf_hash)} bytes instead of {HASH_BYTES}.")
        hashes, node, level, index = self._hashes, leaf_hash, 0, self._size
        completed: list[tuple[int, int, bytes]] = []
        while index & 1:
            node = sha256(b"\x01" + hashes.pop() + node).digest()
            level, index = level + 1, index >> 1
            completed.append((level, index, node))
        hashes.append(node)
        self._size += 1
        return completed

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        return _fold(self._hashes) if self._hashes else EMPTY_ROOT


def _split(size: int) -> int:
    """Return the largest power of two below ``size`` (``size`` is at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(start: int, end: int, read: NodeReader) -> bytes:
    """Return the hash over leaves ``start`` to ``end``, where ``start`` begins a subtree that large."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(read(level, start >> level))
        start += 1 << level
    return _fold(parts)


def _fold(parts: Sequence[bytes]) -> bytes:
    """Join the roots of complete subtrees, largest first, into one root."""
    root = parts[-1]
    for left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root


def _require_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise ProofRejected(f"A hash does not have {HASH_BYTES} bytes.")
