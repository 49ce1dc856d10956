"""Nothing in the project tells on whose machine, or through which mirror, it was made."""

import re

import pytest

from tests.house.reading import ROOT, lines, own_files

# Each is written so that this file does not contain what it looks for.
TELLTALES = re.compile(
    rb"(?:^|[^\w.])/(?:work|farm)/"
    rb"|/opt/(?:pypi|wheels)\b"
    rb"|files\.pythonhosted\.org|pypi\.org/simple|registry\.npmjs\.org"
    rb"|/(?:root|home/\w+|Users/\w+)/\.(?:pyenv|cache|config|local)\b",
    re.MULTILINE,
)


def test_no_file_names_a_place_on_the_machine_it_was_made_on():
    offenders = [
        f"{path.relative_to(ROOT)}: {found.decode('utf-8', 'replace').strip()}"
        for path in own_files()
        for found in telltales(path.read_bytes())
    ]

    assert not offenders, lines(offenders)


@pytest.mark.parametrize(
    "parts",
    [
        ("cd /", "work/main"),
        ("https://pypi", ".org/simple"),
        ("/home/amina/", ".pyenv/bin"),
        ("/opt/", "pypi"),
    ],
)
def test_a_telltale_is_seen(parts):
    assert telltales("".join(parts).encode())


@pytest.mark.parametrize("text", ["docs/work/plan.md", "field-work/", "the /workshop/ folder"])
def test_an_innocent_path_is_left_alone(text):
    assert not telltales(text.encode())


def telltales(content: bytes) -> list[bytes]:
    """Return what in ``content`` names a machine or a mirror."""
    return TELLTALES.findall(content)
