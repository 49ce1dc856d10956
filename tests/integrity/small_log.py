"""A whole log in memory, as small as a test needs it."""

from evidence_tracker.integrity import merkle
from evidence_tracker.integrity.checkpoint import Checkpoint, sign_checkpoint
from evidence_tracker.integrity.commitment import Disclosure
from evidence_tracker.integrity.note import Signer, Verifier
from evidence_tracker.integrity.proof import InclusionProof


class SmallLog:
    """Keeps every complete node, as the ledger's table does, and signs with one key."""

    def __init__(self, origin: str = "example.org/kyiv/1", seed: bytes = bytes(range(32))) -> None:
        self.signer = Signer(origin, seed)
        self.verifier = Verifier.parse(self.signer.vkey)
        self.leaves: list[bytes] = []
        self._frontier = merkle.Frontier()
        self._nodes: dict[tuple[int, int], bytes] = {}

    def append(self, leaf: bytes) -> int:
        """Add a leaf and return its index."""
        index = len(self.leaves)
        self._nodes[0, index] = merkle.leaf_hash(leaf)
        for level, position, node in self._frontier.append(self._nodes[0, index]):
            self._nodes[level, position] = node
        self.leaves.append(leaf)
        return index

    def read(self, level: int, index: int) -> bytes:
        return self._nodes[level, index]

    def root(self, size: int | None = None) -> bytes:
        return merkle.root_from_nodes(len(self.leaves) if size is None else size, self.read)

    def checkpoint(self, size: int | None = None) -> bytes:
        size = len(self.leaves) if size is None else size
        return sign_checkpoint(self.signer, Checkpoint(self.signer.name, size, self.root(size)))

    def prove(
        self, index: int, disclosure: Disclosure | None = None, size: int | None = None
    ) -> InclusionProof:
        size = len(self.leaves) if size is None else size
        hashes = tuple(merkle.inclusion_proof(index, size, self.read))
        extra = None if disclosure is None else disclosure.to_extra()
        return InclusionProof(index, hashes, self.checkpoint(size), extra)
