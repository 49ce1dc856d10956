"""The original bytes of an item on their way out: written into the log before, compared on the way."""

import mimetypes
from base64 import b64encode
from itertools import chain

from flask import Response

from evidence_tracker.casework.exhibits.reading import OpenExhibit

#: A page of a stranger must never be a page of ours, whatever its bytes are.
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


def attachment(opened: OpenExhibit) -> Response:
    """Answer the bytes of an item as a file to be kept; the extraction of it is in the log already.

    The file bears the reference and never the name that it came with. The last of the bytes leaves when
    all of them were compared: where they differ, the download ends as broken.
    """
    extension = mimetypes.guess_extension(opened.media_type, strict=False) or ".bin"
    pieces = opened.compared()
    # Damage at the very beginning is still answered as an error.
    first = next(pieces, b"")
    digest = b64encode(bytes.fromhex(opened.sha256)).decode()
    headers = {
        **SAFE,
        "Content-Disposition": f'attachment; filename="{opened.reference}{extension}"',
        "Content-Length": str(opened.size),
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return Response(chain([first], pieces), mimetype="application/octet-stream", headers=headers)
