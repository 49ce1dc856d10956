import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.osint.addresses import LONGEST, canonical, checked, ip
from evidence_tracker.errors import InvalidInput


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/page",
        "ftp://example.org/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        "https://example.org/\x00",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/" + "x" * LONGEST,
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(InvalidInput):
        checked(url)


def test_an_address_is_kept_as_it_was_stated():
    assert checked("  HTTPS://Example.ORG/Ї?b=2&a=1#x ") == "HTTPS://Example.ORG/Ї?b=2&a=1#x"


@pytest.mark.parametrize(
    "other",
    [
        "https://EXAMPLE.org:443/post?a=1&b=2",
        "https://example.org./post?b=2&a=1",
        "https://example.org/post?b=2&utm_source=x&a=1&fbclid=y",
        "https://example.org/post?a=1&b=2#comment-5",
    ],
)
def test_spellings_of_one_page_compare_equal(other):
    assert canonical(other) == canonical("https://example.org/post?a=1&b=2")


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/post?a=1&b=2",
        "https://example.org/Post?a=1&b=2",
        "https://example.org/post?a=1&b=3",
        "https://example.org:8443/post?a=1&b=2",
    ],
)
def test_different_pages_stay_different(other):
    assert canonical(other) != canonical("https://example.org/post?a=1&b=2")


@given(
    path=st.text(alphabet="abc/йї%20-", max_size=20),
    query=st.dictionaries(st.sampled_from(["a", "b", "utm_x"]), st.text(alphabet="xyz ї", max_size=5)),
)
def test_the_one_spelling_is_its_own_spelling(path, query):
    url = f"https://example.org/{path}?" + "&".join(f"{k}={v.replace(' ', '+')}" for k, v in query.items())

    assert canonical(canonical(url)) == canonical(url)


def test_an_ip_address_has_one_spelling():
    assert ip(" 2001:DB8::0001 ", "egress ip") == "2001:db8::1"
    with pytest.raises(InvalidInput, match="egress ip"):
        ip("300.1.1.1", "egress ip")
