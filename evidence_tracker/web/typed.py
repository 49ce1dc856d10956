"""Words that somebody typed, sealed where they have to stand in an address.

The history of a browser on a seized laptop, and the log of a proxy, hold addresses: they shall not tell
for whom somebody searched. What was sealed is read again by this instance alone, after a restart too.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask_babel import gettext

from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import door

#: What a sealed text begins with, where a typed one may stand as well.
MARK = "~"
_NOTHING = MARK.encode()


def sealed(words: str) -> str:
    """Return words as they may stand in an address. Equal words are equal text, so that views can be compared."""
    # SIV has no ciphertext of nothing: the mark in front keeps "" readable.
    kept = _cipher().encrypt(_NOTHING + words.encode(), None)
    return MARK + urlsafe_b64encode(kept).decode("ascii").rstrip("=")


def read(text: str) -> str:
    """Return what was sealed, and what was not as it is; raises InvalidInput for what others sealed."""
    if not text.startswith(MARK):
        return text
    token = text.removeprefix(MARK)
    try:
        kept = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return _cipher().decrypt(kept, None).removeprefix(_NOTHING).decode()
    except (InvalidTag, ValueError) as error:
        raise InvalidInput(
            gettext("The address of this page is damaged."), advice=gettext("Search again.")
        ) from error


def _cipher() -> AESSIV:
    root = door.instance().keyring.root
    return AESSIV(root.derive("addresses/mac") + root.derive("addresses/cipher"))
