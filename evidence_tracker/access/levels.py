"""The five levels of confidentiality, from the least to the most restricted."""

from enum import StrEnum


class Level(StrEnum):
    """How far a record may travel (standards.md 5; maps to TLP 2.0 and to the ICC's levels)."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    RESTRICTED = "RESTRICTED"
    SEALED = "SEALED"

    @property
    def rank(self) -> int:
        """Return 0 for PUBLIC … 4 for SEALED."""
        return list(Level).index(self)

    def up_to(self) -> list["Level"]:
        """Return this level and all below it."""
        return list(Level)[: self.rank + 1]
