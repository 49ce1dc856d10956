import base64
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity import commitment
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.integrity.commitment import (
    MAX_FIELD_DEPTH,
    Disclosure,
    Field,
    commit,
    field_digest,
    hour,
    leaf,
    new_salt,
    pack,
    parse_leaf,
    payload_commitment,
    preimage,
    unpack,
)
from evidence_tracker.integrity.faults import IntegrityFault, MalformedLeaf, MalformedProof, NotCanonical

from . import by_the_book

HOUR = "2026-11-23T15:00:00Z"
SALT = bytes(range(32))

names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
simple_values = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts | st.lists(texts, max_size=3)
)
events = st.dictionaries(names, simple_values, min_size=1, max_size=8)


def fields_of(event):
    return [Field(new_salt(), name, value) for name, value in event.items()]


def received():
    return fields_of({"act": "received", "subject": "KYI-E-0031", "seq": 1, "prev": "", "actor": "amina"})


@given(st.binary(min_size=32, max_size=32), names, simple_values)
def test_a_field_is_digested_as_the_specification_says(salt, name, value):
    expected = by_the_book.field_preimage(salt, name, value)
    assert preimage(salt, name, value) == expected
    assert Field(salt, name, value).digest() == field_digest(expected) == sha256(expected).digest()


@given(st.binary(min_size=32, max_size=32), names, simple_values)
def test_a_field_comes_back_from_its_preimage(salt, name, value):
    field = Field(salt, name, value)
    assert Field.from_preimage(field.preimage()) == field


@given(events)
def test_a_payload_commits_the_same_whether_it_is_parsed_or_not(event):
    fields = fields_of(event)
    packed = pack(fields)
    assert payload_commitment(packed) == commit(field.digest() for field in fields)
    assert sorted(unpack(packed), key=str) == sorted(fields, key=str)
    book = by_the_book.leaf_of([field.preimage() for field in fields], HOUR)
    assert leaf(HOUR, payload_commitment(packed)) == book


@given(events, st.randoms())
def test_the_order_in_which_fields_are_given_does_not_matter(event, random):
    fields = fields_of(event)
    shuffled = random.sample(fields, len(fields))
    assert pack(shuffled) == pack(fields)
    assert commit(field.digest() for field in shuffled) == commit(field.digest() for field in fields)


def test_salts_are_never_the_same():
    assert len({new_salt() for _ in range(100_000)}) == 100_000
    assert len(new_salt()) == 32


def test_two_events_with_the_same_values_have_no_digest_in_common():
    one, other = received(), received()
    assert not {field.digest() for field in one} & {field.digest() for field in other}
    assert payload_commitment(pack(one)) != payload_commitment(pack(other))


@pytest.mark.parametrize("salt", [b"", b"short", bytes(31), bytes(33)])
def test_it_refuses_a_salt_that_is_not_32_bytes(salt):
    with pytest.raises(MalformedLeaf):
        preimage(salt, "actor", "amina")


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "ім'я", 'a"', "a\\", "a\n", ".a", "-a", "a" * 129, "\x00", "record.ім'я"]
)
def test_it_refuses_names_that_could_be_misread(name):
    with pytest.raises(MalformedLeaf):
        preimage(SALT, name, 1)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, "\ud800", b"x", (1,), {"é": 1}])
def test_it_refuses_values_that_have_no_canonical_form(value):
    with pytest.raises(NotCanonical):
        preimage(SALT, "occurred", value)


def test_what_can_be_committed_can_be_disclosed():
    value: list[Any] = []
    for _ in range(MAX_FIELD_DEPTH - 1):
        value = [value]
    field = Field(SALT, "deep", value)
    assert Disclosure.from_extra(Disclosure.opening(HOUR, [field], ["deep"]).to_extra()).opened == (field,)
    with pytest.raises(NotCanonical):
        Field(SALT, "deeper", [value]).preimage()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        canonical([SALT.hex(), "actor", "amina"]),
        canonical([base64.b64encode(SALT).decode(), "actor", "amina"]),
        canonical([base64.urlsafe_b64encode(SALT).decode(), "actor", "amina"]),
        canonical(["A" * 42 + "B", "actor", "amina"]),
        canonical(["A" * 39, "actor", "amina"]),
        canonical(["A" * 47, "actor", "amina"]),
        canonical(["A" * 40 + "+/A", "actor", "amina"]),
        canonical(["é" * 43, "actor", "amina"]),
        canonical(["A" * 43, "actor"]),
        canonical(["A" * 43, "actor", "amina", 1]),
        canonical(["A" * 43, 1, "amina"]),
        canonical([1, "actor", "amina"]),
        canonical(["A" * 43, "", "amina"]),
        canonical(["A" * 43, "two words", "amina"]),
        b'["' + b"A" * 43 + b'", "actor","amina"]',
        b'["' + b"A" * 43 + b'","actor",1.0]',
        b'["' + b"A" * 43 + b'","actor","amina"]\n',
    ],
)
def test_it_refuses_bytes_that_no_field_has(data):
    with pytest.raises((MalformedLeaf, NotCanonical)):
        Field.from_preimage(data)


def test_it_refuses_to_commit_nothing_twice_the_same_or_half_a_digest():
    digest = sha256(b"x").digest()
    for digests in ([], [digest, digest], [digest[:31]], [digest, digest + b"x"]):
        with pytest.raises(MalformedLeaf):
            commit(digests)


def test_the_same_line_twice_in_a_payload_is_refused_without_parsing():
    line = Field(SALT, "actor", "amina").preimage()
    with pytest.raises(MalformedLeaf):
        payload_commitment(line + b"\n" + line)


def test_two_fields_of_one_name_cannot_be_packed():
    with pytest.raises(MalformedLeaf):
        pack([Field(new_salt(), "actor", "amina"), Field(new_salt(), "actor", "bohdan")])
    with pytest.raises(MalformedLeaf):
        pack([])


def test_it_refuses_payloads_that_pack_would_not_have_written():
    one, other = Field(SALT, "a", 1).preimage(), Field(SALT, "b", 1).preimage()
    again = Field(new_salt(), "a", 2).preimage()
    assert len(unpack(one + b"\n" + other)) == 2
    for packed in (
        b"",
        other + b"\n" + one,
        one + b"\n" + again,
        one + b"\n",
        b"\n" + one,
        one + b"\n\n" + other,
        one + b"\r\n" + other,
        one + other,
    ):
        with pytest.raises(IntegrityFault):
            unpack(packed)


def test_the_hour_of_a_leaf_is_utc_and_says_no_more():
    at = datetime(2026, 11, 23, 15, 59, 59, 999_999, tzinfo=UTC)
    assert hour(at) == HOUR
    assert hour(at.astimezone(timezone(timedelta(hours=2)))) == HOUR
    assert hour(datetime(2026, 11, 23, 21, 15, tzinfo=timezone(timedelta(hours=5, minutes=45)))) == HOUR
    assert hour(datetime(1, 1, 1, 0, 30, tzinfo=UTC)) == "0001-01-01T00:00:00Z"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(MalformedLeaf):
        hour(datetime(2026, 11, 23, 15))  # noqa: DTZ001 - that is the claim


@given(st.datetimes(timezones=st.just(UTC)), st.binary(min_size=32, max_size=32))
def test_a_leaf_is_canonical_and_comes_back(at, digest):
    data = leaf(hour(at), digest)
    assert data == canonical({"v": 1, "t": hour(at), "c": digest.hex()})
    read = parse_leaf(data)
    assert (read.v, read.t, read.c) == (1, hour(at), digest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23T15:00:00",
        "2026-11-23T15:30:00Z",
        "2026-11-23T15:00:01Z",
        "2026-02-30T15:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23 15:00:00Z",
        "2026-11-23T15:00:00z",
        "0000-01-01T00:00:00Z",
        "٢٠٢٦-11-23T15:00:00Z",
        "2026-11-23T15:00:00Z\n",
    ],
)
def test_it_refuses_a_leaf_whose_time_is_not_a_whole_hour(text):
    with pytest.raises(MalformedLeaf):
        leaf(text, bytes(32))
    with pytest.raises(MalformedLeaf):
        parse_leaf(canonical({"v": 1, "t": text, "c": bytes(32).hex()}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        leaf(HOUR, bytes(32)) + b"\n",
        b" " + leaf(HOUR, bytes(32)),
        leaf(HOUR, bytes(32)).replace(b'"v":1', b'"v":2'),
        leaf(HOUR, bytes(32)).replace(b'"v":1', b'"v":1.0'),
        leaf(HOUR, bytes(32)).replace(b'"v":1', b'"v":true'),
        leaf(HOUR, bytes([171] * 32)).replace(b"abab", b"ABAB"),
        canonical({"v": 1, "t": HOUR, "c": "00" * 31}),
        canonical({"v": 1, "t": HOUR, "c": "00" * 33}),
        canonical({"v": 1, "t": HOUR, "c": "00" * 32, "x": 1}),
        f'{{"v":1,"t":"{HOUR}","c":"{"00" * 32}"}}'.encode(),
        leaf(HOUR, bytes(32)).decode().encode("utf-16"),
        b"\xff" * 117,
    ],
)
def test_it_refuses_bytes_that_are_not_a_leaf(data):
    with pytest.raises(MalformedLeaf):
        parse_leaf(data)


def test_a_leaf_with_half_a_commitment_cannot_be_written():
    with pytest.raises(MalformedLeaf):
        leaf(HOUR, bytes(31))


def test_every_bit_of_a_leaf_says_something():
    data = leaf(HOUR, sha256(b"x").digest())
    read = parse_leaf(data)
    for bit in range(len(data) * 8):
        changed = flipped(data, bit)
        with suppress(MalformedLeaf):
            assert parse_leaf(changed) != read


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_disclosure_comes_back_and_rebuilds_the_leaf():
    fields = received()
    disclosure = Disclosure.opening(HOUR, fields, ["seq", "act"])
    again = Disclosure.from_extra(disclosure.to_extra())
    assert again == disclosure
    assert again.opened_values() == {"act": "received", "seq": 1}
    assert again.leaf() == leaf(HOUR, payload_commitment(pack(fields)))
    assert again.leaf() == by_the_book.leaf_of([field.preimage() for field in fields], HOUR)


@given(events, st.data())
def test_any_choice_of_fields_can_be_opened(event, data):
    chosen = data.draw(st.sets(st.sampled_from(sorted(event))))
    fields = fields_of(event)
    disclosure = Disclosure.from_extra(Disclosure.opening(HOUR, fields, chosen).to_extra())
    assert disclosure.opened_values() == {name: event[name] for name in chosen}
    assert disclosure.leaf() == leaf(HOUR, payload_commitment(pack(fields)))


def test_a_field_that_the_event_does_not_have_cannot_be_opened():
    with pytest.raises(MalformedProof, match=r"'record\.name'"):
        Disclosure.opening(HOUR, received(), ["act", "record.name"])


def test_it_refuses_an_opened_field_that_was_not_committed():
    disclosure = Disclosure.opening(HOUR, received(), ["actor"])
    (actor,) = disclosure.opened
    for other in (
        replace(actor, value="bohdan"),
        replace(actor, salt=new_salt()),
        replace(actor, name="act"),
    ):
        with pytest.raises(MalformedProof, match="not one of those committed"):
            replace(disclosure, opened=(other,))


def test_it_refuses_two_opened_fields_of_one_name():
    """A log that committed two values under one name may not show both, or choose."""
    fields = [Field(new_salt(), "actor", "amina"), Field(new_salt(), "actor", "bohdan")]
    digests = tuple(sorted(field.digest() for field in fields))
    with pytest.raises(MalformedProof):
        Disclosure(HOUR, digests, tuple(fields))


def test_it_refuses_digests_out_of_order_or_twice():
    one, two = sorted([sha256(b"1").digest(), sha256(b"2").digest()])
    for digests in ((two, one), (one, one)):
        with pytest.raises(MalformedProof):
            Disclosure(HOUR, digests, ())


def extra(**changes):
    field = Field(SALT, "actor", "amina")
    value: dict[str, Any] = {
        "v": 1,
        "t": HOUR,
        "digests": [field.digest().hex()],
        "opened": [[base64.urlsafe_b64encode(SALT).decode().rstrip("="), "actor", "amina"]],
    }
    return canonical({name: item for name, item in (value | changes).items() if item is not ...})


def test_the_extra_that_the_next_test_spoils_is_good():
    assert Disclosure.from_extra(extra()).opened_values() == {"actor": "amina"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        extra(v=2),
        extra(v=True),
        extra(v="1"),
        extra(v=...),
        extra(t=...),
        extra(digests=...),
        extra(opened=...),
        extra(t=1),
        extra(t="2026-11-23T15:30:00Z"),
        extra(digests={}),
        extra(digests=[], opened=[]),
        extra(digests=[]),
        extra(digests=[1]),
        extra(digests=["00"]),
        extra(digests=["G" * 64]),
        extra(digests=[Field(SALT, "actor", "amina").digest().hex().upper()]),
        extra(opened="actor"),
        extra(opened=["actor"]),
        extra(opened=[["A" * 43, "actor"]]),
        extra(opened=[["A" * 43, "actor", "amina"]]),
        extra(opened=[["A" * 42, "actor", "amina"]]),
        extra(more=1),
        extra() + b"\n",
        extra()[:-1],
        extra().replace(b',"t"', b', "t"'),
        b'{"v":1,' + extra()[1:],
    ],
)
def test_it_refuses_extra_data_that_is_not_a_disclosure(data):
    with pytest.raises(IntegrityFault):
        Disclosure.from_extra(data)


def test_every_bit_of_the_extra_data_counts():
    """A changed disclosure is refused, or rebuilds another leaf; it never passes for the first."""
    data = Disclosure.opening(HOUR, received(), ["act", "seq"]).to_extra()
    rightful = Disclosure.from_extra(data).leaf()
    for bit in range(len(data) * 8):
        with suppress(IntegrityFault):
            assert Disclosure.from_extra(flipped(data, bit)).leaf() != rightful


def test_the_domain_keeps_commitments_apart_from_other_digests():
    digest = sha256(b"x").digest()
    assert commit([digest]) != sha256(digest).digest()
    assert commitment.DOMAIN.endswith(b"\n")
