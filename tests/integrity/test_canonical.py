import json
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    base64_text,
    canonical,
    parse_base64,
    parse_canonical,
)
from evidence_tracker.integrity.faults import IntegrityFault, NotCanonical

ascii_keys = st.text(st.characters(max_codepoint=127), max_size=12)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-MAX_INTEGER, MAX_INTEGER),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(ascii_keys, inner, max_size=5)
)


@given(values)
def test_it_writes_what_the_rfc_8785_package_writes(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_reading_gives_back_the_value(value):
    assert parse_canonical(canonical(value)) == value


@given(values)
def test_a_canonical_value_never_holds_a_raw_newline(value):
    assert b"\n" not in canonical(value)


@given(values, st.data())
def test_no_other_bytes_stand_for_the_same_value(value, data):
    written = canonical(value)
    place = data.draw(st.integers(0, len(written) - 1))
    changed = written[:place] + data.draw(st.binary(max_size=3)) + written[place + 1 :]
    if changed != written:
        try:
            other = parse_canonical(changed)
        except NotCanonical:
            return
        assert json.dumps(other) != json.dumps(value)


@given(st.binary(max_size=60))
def test_bytes_from_anywhere_are_read_or_refused_but_never_break_the_reader(data):
    with suppress(NotCanonical):
        assert canonical(parse_canonical(data)) == data


def nested(depth):
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.5,
        float("nan"),
        float("inf"),
        [1e300],
        {"a": {"b": [2.0]}},
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        10**5000,
        {"ім'я": 1},
        {"é": 1},
        {1: 1},
        {None: 1},
        {True: 1},
        "\ud800",
        ["\udfff\ud800"],
        {"\ud800": 1},
        b"bytes",
        (1, 2),
        {1, 2},
        object(),
        nested(MAX_DEPTH + 1),
        {"a": nested(MAX_DEPTH)},
    ],
    ids=lambda value: str(type(value).__name__),
)
def test_it_refuses_values_that_have_no_one_spelling(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_it_refuses_a_value_that_contains_itself():
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(NotCanonical):
        canonical(circle)


@pytest.mark.parametrize(
    "value",
    [
        MAX_INTEGER,
        -MAX_INTEGER,
        nested(MAX_DEPTH),
        {"a": nested(MAX_DEPTH - 1)},
        "",
        [],
        {},
        "\x7f\u2028\ufffe😀",
    ],
)
def test_it_writes_the_edges_of_its_domain(value):
    assert parse_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"1 ",
        b" 1",
        b"1\n",
        b"\xef\xbb\xbf1",
        "1".encode("utf-16"),
        "[1]".encode("utf-16-le"),
        b"\xff",
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        b"1.0",
        b"1e2",
        b"1E2",
        b"-0",
        b"01",
        b"+1",
        b"1e999",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"9" * 5000,
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1}}',
        b'{"a":1',
        b"[1,]",
        b"[1, 2]",
        b"{}[]",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\u000a"',
        b'"\t"',
        b'"\\ud800"',
        b'"\\u00e9"',
        '{"é":1}'.encode(),
        b"'a'",
        b"True",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"\x00",
    ],
    ids=lambda data: repr(data[:16]),
)
def test_it_refuses_every_second_spelling(data):
    with pytest.raises(NotCanonical):
        parse_canonical(data)


@given(st.binary(max_size=70))
def test_base64_has_one_spelling(data):
    text = base64_text(data)
    assert parse_base64(text) == data


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AA",
        "AAA",
        "AA=",
        "AB==",
        "AAB=",
        "AA==\n",
        " AA==",
        "AA==AA==",
        "A-__",
        "====",
        "AAAA=",
        "é===",
        "AA===",
    ],
)
def test_it_refuses_base64_that_another_encoder_would_not_write(text):
    with pytest.raises(NotCanonical):
        parse_base64(text)


def test_every_fault_says_what_to_do_next():
    fault = NotCanonical("Two spellings.")
    assert isinstance(fault, IntegrityFault)
    assert fault.advice.endswith(".")
    assert IntegrityFault("x", advice="Call.").advice == "Call."
