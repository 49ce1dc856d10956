"""How an exhibit looks: a small picture, a page, its words; made anew in the sandbox, kept in memory.

Nothing of it is written to a disk. What was made of a blob is kept for a while, since a gallery
asks for the same again and again; the policy is asked each time.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.reading import OpenExhibit, open_exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Vault
from evidence_tracker.sandbox.answers import Preview, Readable
from evidence_tracker.sandbox.kinds import DRAWN, READ, Kind, kind_of
from evidence_tracker.sandbox.runner import BUSY

#: A file that failed may only have met a busy machine.
FAILURE_LASTS_S = 600.0


class Edge(IntEnum):
    """How many pixels the longer side of a picture has at most."""

    THUMBNAIL = 320
    VIEW = 1600


@dataclass(frozen=True)
class Looks:
    """What can be asked for of a type of files: a picture, single pages, the words."""

    picture: bool
    pages: bool
    text: bool


def looks_of(media_type: str | None) -> Looks:
    """Return what may be had of files of this type, without opening any; a thing has nothing."""
    kind = kind_of(media_type or "")
    return Looks(
        picture=kind in DRAWN,
        pages=kind is Kind.PDF or media_type == "image/tiff",
        text=media_type is not None and kind in READ,
    )


def preview_of(
    session: Session,
    vault: Vault,
    exhibit: Exhibit,
    *,
    actor: Actor,
    edge: Edge = Edge.THUMBNAIL,
    page: int | None = None,
) -> Preview:
    """Return a picture of an exhibit, or of its page ``page`` (from 1), or the reason why there is none."""
    return draw(vault, open_exhibit(session, vault, exhibit, actor=actor), edge=edge, page=page)


def text_of(session: Session, vault: Vault, exhibit: Exhibit, *, actor: Actor) -> Readable:
    """Return the words of an exhibit for a person, or the reason why there are none."""
    return read(vault, open_exhibit(session, vault, exhibit, actor=actor))


def draw(vault: Vault, opened: OpenExhibit, *, edge: Edge, page: int | None = None) -> Preview:
    """Draw what was opened before; no session is needed while the sandbox works."""

    def make() -> Preview:
        return vault.sandbox.preview(opened.chunks(), opened.media_type, edge=edge, page=page)

    key = (opened.blob.blob_id, opened.media_type, edge, page)
    return vault.kept.get(key, make, size_of=lambda made: len(made.content), lasts_s=_lasts_s)


def read(vault: Vault, opened: OpenExhibit) -> Readable:
    """Read the words of what was opened before; no session is needed while the sandbox works."""

    def make() -> Readable:
        return vault.sandbox.readable(opened.chunks(), opened.media_type)

    key = (opened.blob.blob_id, opened.media_type, "text")
    return vault.kept.get(key, make, size_of=lambda made: 4 * len(made.text), lasts_s=_lasts_s)


def _lasts_s(made: Preview | Readable) -> float:
    if made.failed is None:
        return math.inf
    return 0.0 if made.failed == BUSY else FAILURE_LASTS_S
