"""Addresses on the web as people and tools state them: kept as they are, compared in one spelling."""

import ipaddress
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from evidence_tracker.errors import InvalidInput

LONGEST = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = frozenset({"fbclid", "gclid", "igshid", "yclid", "mc_cid", "mc_eid"})


def checked(url: str, what: str = "address") -> str:
    """Return an ``http`` or ``https`` address as stated, stripped; refuses what cannot be one.

    Names and passwords inside an address are refused: they would stay in the log for ever.
    """
    text = url.strip()
    if len(text) > LONGEST or not text.isprintable() or any(character.isspace() for character in text):
        raise InvalidInput(f"The {what} has spaces, control characters or more than {LONGEST} characters.")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not an address: {error}.") from error
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        raise InvalidInput(
            f"{text!r} is not a web address.", advice="Write it whole, beginning with https:// or http://."
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(
            f"The {what} holds a user name or password.", advice="Leave out what stands before the @."
        )
    return text


def canonical(url: str) -> str:
    """Return the spelling in which two addresses of one page compare equal, to find earlier captures.

    Case of the host, default ports, the fragment, tracking parameters and the order of the
    others make no difference. It finds candidates for a person to compare, no more.
    """
    parts = urlsplit(checked(url))
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != _DEFAULT_PORTS[scheme]:
        netloc = f"{netloc}:{parts.port}"
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
    )
    return urlunsplit((scheme, netloc, parts.path or "/", urlencode(kept), ""))


def ip(text: str, what: str) -> str:
    """Return an IP address in its one spelling, or refuse it by its name."""
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        raise InvalidInput(f"The {what} {text!r} is not an IP address.") from error
