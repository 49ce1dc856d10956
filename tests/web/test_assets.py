"""Style and script: kept by the browser until they are built anew, in the words of the page."""

import re
from pathlib import Path

import pytest
from flask import Flask

from evidence_tracker.web import assets
from evidence_tracker.web.script_words import WORDS
from tests.house.reading import ROOT
from tests.web.conftest import ClientOf


def test_an_asset_is_kept_under_the_address_of_its_build(app: Flask, client_of: ClientOf):
    version = assets.digest(app)
    if not version:
        pytest.fail("Nothing is built: python3 frontend/build.py")
    page = client_of("olena").get("/missions/").text
    assert f"app.css?v={version}" in page
    kept = client_of("olena").get(f"/static/app.css?v={version}", buffered=True)
    assert "immutable" in kept.headers["Cache-Control"]
    other = client_of("olena").get("/static/app.css?v=another", buffered=True)
    assert "immutable" not in other.headers.get("Cache-Control", "")


def test_script_has_a_word_for_everything_it_says(client_of: ClientOf):
    source = (Path(ROOT) / "frontend/js/words.js").read_text("utf-8")
    block = source[source.index("const ENGLISH = {") : source.index("};")]
    english = dict(re.findall(r'^\s*(\w+): "((?:[^"\\]|\\.)*)",', block, flags=re.MULTILINE))
    assert {name: str(said) for name, said in english.items()} == english
    assert set(WORDS) == set(english)
    page = client_of("olena").get("/missions/").text
    assert 'data-not-kept="not kept: no connection"' in page
    assert 'data-keys-title="Keys"' in page
