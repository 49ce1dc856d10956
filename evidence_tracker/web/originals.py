"""The original bytes of an item on their way out: written into the log before, compared on the way."""

import hashlib
import mimetypes
from base64 import b64encode
from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from flask import Response

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.errors import BlobMissing, DigestMismatch
from evidence_tracker.instance import Instance
from evidence_tracker.vault.models import Blob
from evidence_tracker.web import door

#: A page of a stranger must never be a page of ours, whatever its bytes are.
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


def attachment(exhibit: Exhibit) -> Response:
    """Answer the bytes of an item as a file to be kept; the extraction of it is in the log already.

    The file bears the reference and never the name that it came with. The last of the bytes leaves when
    all of them were compared: where they differ, the download ends as broken.
    """
    if exhibit.sha256 is None or exhibit.size_bytes is None:
        raise BlobMissing(f"{exhibit.reference} is a thing and has no bytes.")
    extension = mimetypes.guess_extension(exhibit.media_type or "", strict=False) or ".bin"
    pieces = _compared(door.instance(), exhibit.id, exhibit.sha256)
    # Damage at the very beginning is still answered as an error.
    first = next(pieces, b"")
    digest = b64encode(bytes.fromhex(exhibit.sha256)).decode()
    headers = {
        **SAFE,
        "Content-Disposition": f'attachment; filename="{exhibit.reference}{extension}"',
        "Content-Length": str(exhibit.size_bytes),
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return Response(chain([first], pieces), mimetype="application/octet-stream", headers=headers)


def _compared(instance: Instance, exhibit_id: UUID, sha256: str) -> Iterator[bytes]:
    """Yield the bytes, each piece once the next is here, the last once the digest is right."""
    digest, held = hashlib.sha256(), b""
    with instance.reading() as session:
        exhibit = session.get_one(Exhibit, exhibit_id)
        blob = session.get(Blob, exhibit.blob_id)
        if blob is None:
            raise BlobMissing(f"The bytes of {exhibit.reference} are not in the vault.")
        for piece in instance.vault.chunks(session, blob):
            digest.update(piece)
            if held:
                yield held
            held = piece
        if digest.hexdigest() != sha256:
            raise DigestMismatch(f"The bytes of {exhibit.reference} are not those that were received.")
    yield held
