"""Words in escaped form are words: in exports of messengers, contacts, addresses and RTF."""

import json
import quopri
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.sandbox.escapes import unescaped

NAME = "Олена Коваленко"
AS_LATIN = NAME.encode().decode("latin-1")
RTF = r"{\rtf1\ansi\ansicpg1251 {\b \'ce\'eb\'e5\'ed\'e0} \u1050?\u1086?\u1074?\u1072?\u1083?\u1077?\u1085?\u1082?\u1086?}"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (json.dumps({"from": NAME}), "application/json"),
        (json.dumps({"from": AS_LATIN}), "application/json"),
        (f"FN;ENCODING=QUOTED-PRINTABLE:{quopri.encodestring(NAME.encode()).decode()}", "text/vcard"),
        (f"https://example.org/{quote(NAME)}", "text/plain"),
        (RTF, "text/rtf"),
    ],
    ids=["json", "json of bytes", "contact", "address", "rtf"],
)
def test_a_name_in_escaped_form_reaches_the_scan(sandbox, content, media_type):
    found = sandbox.text([content.encode("ascii")], media_type)
    assert NAME in found.text
    assert found.failed is None


@given(st.text())
def test_any_text_can_be_asked(text):
    again = unescaped(text)
    assert again is None or isinstance(again, str)


@given(st.text(st.characters(exclude_characters="\\\n=%", exclude_categories=["Cs"])))
def test_what_holds_no_escape_is_left_alone(text):
    assert unescaped(text) is None or text.lstrip("\ufeff \r\n").startswith("{\\rtf")
    assert "ж" in (unescaped(json.dumps(f"ж{text}")) or "")
