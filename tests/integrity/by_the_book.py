"""The same things computed naively, straight from the specifications, to hold ours against.

Nothing here comes from ``evidence_tracker``: RFC 6962 section 2.1 as it is written there,
recursion and all, and the commitments of docs/spec/custody-log.md with the ``rfc8785`` package.
"""

import base64
from hashlib import sha256

import rfc8785


def tree_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


def audit_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*audit_path(m, leaves[:k]), tree_root(leaves[k:])]
    return [*audit_path(m - k, leaves[k:]), tree_root(leaves[:k])]


def consistency_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PROOF of RFC 6962, 2.1.2."""
    return subproof(m, leaves, complete=True)


def subproof(m: int, leaves: list[bytes], *, complete: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if complete else [tree_root(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], complete=complete), tree_root(leaves[k:])]
    return [*subproof(m - k, leaves[k:], complete=False), tree_root(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def field_preimage(salt: bytes, name: str, value) -> bytes:
    return rfc8785.dumps([base64.urlsafe_b64encode(salt).decode().rstrip("="), name, value])


def leaf_of(preimages: list[bytes], hour: str) -> bytes:
    digests = sorted(sha256(preimage).digest() for preimage in preimages)
    commitment = sha256(b"evidence-tracker/commitment/v1\n" + b"".join(digests)).hexdigest()
    return rfc8785.dumps({"v": 1, "t": hour, "c": commitment})
