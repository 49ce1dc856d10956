"""The guard of tests/no_network.py: a test that reaches for another machine fails, loudly."""

import socket

import pytest

from tests.no_network import NetworkUsedInTest

# Set aside for documentation (RFC 5737, RFC 3849, RFC 2606): nobody answers there.
ELSEWHERE = [(socket.AF_INET, ("192.0.2.1", 443)), (socket.AF_INET6, ("2001:db8::1", 443, 0, 0))]


@pytest.mark.parametrize(("family", "address"), ELSEWHERE)
def test_it_refuses_a_connection_to_another_machine(family, address):
    with socket.socket(family) as outgoing, pytest.raises(NetworkUsedInTest):
        outgoing.connect(address)


def test_it_refuses_a_datagram_to_another_machine():
    with socket.socket(type=socket.SOCK_DGRAM) as outgoing, pytest.raises(NetworkUsedInTest):
        outgoing.sendto(b"hello", ("192.0.2.1", 53))


def test_it_refuses_to_look_up_a_name():
    with pytest.raises(NetworkUsedInTest):
        socket.getaddrinfo("example.org", 443)


def test_it_lets_this_machine_speak_to_itself():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"
