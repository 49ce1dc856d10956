"""A plugin for pytest: whoever opens a socket to anything but this machine fails the test that did it.

It is an audit hook, so it sees sockets that were opened below the socket module too, and a test
cannot take it off by accident. Unix sockets and loopback are free; so is asking for the address of
a host that is an address already.
"""

import ipaddress
import sys
from typing import Any

# Audit event -> where the address stands among its arguments.
_OUTGOING = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


class NetworkUsedInTest(AssertionError):
    """Code under test tried to reach another machine."""


def pytest_configure() -> None:
    """Put the guard in place before the first test is collected."""
    sys.addaudithook(_guard)


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event in _LOOKUPS and not _is_harmless_lookup(args[0]):
        raise NetworkUsedInTest(f"A test asked the network for the address of {args[0]!r}.")
    if event in _OUTGOING and not _is_here(args[_OUTGOING[event]]):
        raise NetworkUsedInTest(f"A test opened a socket to {args[_OUTGOING[event]]!r}.")


def _is_here(address: object) -> bool:
    # Unix sockets have a path for an address; sendmsg on a connected socket has none.
    if address is None or isinstance(address, str | bytes):
        return True
    return isinstance(address, tuple) and _is_loopback(address[0])


def _is_loopback(host: object) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(str(host).split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def _is_harmless_lookup(host: object) -> bool:
    if host in {None, "", "localhost", b"localhost"}:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return False
    return True
