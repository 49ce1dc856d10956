"""The pins hold names, versions and hashes: no address, so that they work with any mirror."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.house.reading import ROOT, lines, own_files

PINS = ("run.txt", "dev.txt", "sources.txt", "oracles.txt")
RECORDING_LOCKS = {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"}


def test_no_file_of_requirements_holds_an_address():
    offenders = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "requirements").iterdir())
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if "://" in line or "index-url" in line or "find-links" in line
    ]

    assert not offenders, lines(offenders)


def test_no_lock_of_npm_holds_an_address():
    # Not even those that ask for donations, which npm writes anew: take them out again.
    offenders = [
        f"{path}:{number}"
        for path in own_files()
        if path.name == "package-lock.json"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if "://" in line
    ]

    assert not offenders, lines(offenders)


def test_no_lock_that_records_addresses_by_design_is_kept():
    assert [str(path) for path in own_files() if path.name in RECORDING_LOCKS] == []


def test_no_setting_of_the_project_names_an_index():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert {"index", "index-url", "extra-index-url", "find-links"}.isdisjoint(config["tool"]["uv"])
    assert [str(path) for path in own_files() if path.name in {"pip.conf", "uv.toml"}] == []


@pytest.mark.parametrize("name", PINS)
def test_every_pin_is_exact_and_has_a_hash(name):
    for requirement, hashes in pins(name).items():
        assert re.fullmatch(r"[a-z0-9-]+==[^=]+", requirement), requirement
        assert hashes, requirement


def test_the_tests_run_on_the_versions_that_are_shipped():
    assert set(pins("run.txt")) <= set(pins("dev.txt"))


def test_every_dependency_is_pinned_to_a_version_that_it_allows():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pinned = dict(pin.split("==") for pin in pins("dev.txt"))

    for text in config["project"]["dependencies"] + config["dependency-groups"]["dev"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[wanted.name.lower()]), text


@cache
def pins(name: str) -> dict[str, list[str]]:
    """Return the pins of a file, without their markers, and the hashes of each."""
    text = Path(ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    rows = [
        line.split(" --hash=") for line in text.splitlines() if line and not line.lstrip().startswith("#")
    ]
    return {row[0].split(";")[0].strip(): row[1:] for row in rows}
