"""Words that somebody typed, sealed where they have to stand in an address.

The history of a browser on a seized laptop, and the log of a proxy, hold addresses: they shall not tell
for whom somebody searched. What was sealed is read again by this instance alone, after a restart too.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask_babel import gettext

from evidence_tracker.errors import IntegrityFailure, InvalidInput
from evidence_tracker.keys.wraps import seal, unseal
from evidence_tracker.web import door

_PURPOSE = "words in an address"


def sealed(words: str) -> str:
    """Return words as they may stand in an address: each time another text."""
    return urlsafe_b64encode(seal(_key(), words.encode(), _PURPOSE)).decode("ascii").rstrip("=")


def read(token: str) -> str:
    """Return the words that were sealed, "" of no token; raises InvalidInput for what was not sealed here."""
    if not token:
        return ""
    try:
        return unseal(_key(), urlsafe_b64decode(token + "=" * (-len(token) % 4)), _PURPOSE).decode()
    except (IntegrityFailure, ValueError) as error:
        raise InvalidInput(
            gettext("The address of this page is damaged."), advice=gettext("Search again.")
        ) from error


def _key() -> bytes:
    return door.instance().keyring.root.derive("addresses")
