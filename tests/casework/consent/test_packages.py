"""The packages: plain words, and no cell that the words do not say."""

import json
from copy import deepcopy
from importlib import resources

import pytest
import yaml

from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.packages import every_version, find_package, packages, read_packages
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.errors import InvalidInput

FOLDER = resources.files("evidence_tracker.casework.consent")
SCHEMA = json.loads(FOLDER.joinpath("packages.schema.json").read_text("utf-8"))
DATA = yaml.safe_load(FOLDER.joinpath("packages.yaml").read_text("utf-8"))
PROSECUTORS = {RecipientClass.UA_OPG, RecipientClass.NATIONAL_PROSECUTOR, RecipientClass.EUROJUST}


def cells(key):
    return {(cell.recipient_class, cell.use): cell.identity_level for cell in find_package(key).cells}


def test_five_packages_are_offered_each_in_three_languages():
    assert [package.key for package in packages()] == [
        "only-help-me",
        "prosecutors-without-my-name",
        "prosecutors-with-my-name",
        "icc-and-prosecutors-with-my-name",
        "everything-but-the-public",
    ]
    assert all(set(package.texts) == {"en", "uk", "ru"} for package in every_version())


def test_the_schema_knows_every_recipient_use_and_level_but_none():
    block = SCHEMA["$defs"]["cells"]["properties"]
    assert block["recipients"]["items"]["enum"] == [item.value for item in RecipientClass]
    assert block["uses"]["items"]["enum"] == [item.value for item in Use]
    assert block["identity_level"]["enum"] == [
        item.value for item in IdentityLevel if item is not IdentityLevel.NONE
    ]


def test_only_help_me_leaves_the_house_to_nobody():
    assert {recipient for recipient, _ in cells("only-help-me")} == {RecipientClass.OWN_ORGANISATION}


def test_without_my_name_tells_no_outsider_a_name():
    outside = {
        level
        for (recipient, _), level in cells("prosecutors-without-my-name").items()
        if recipient != "own-organisation"
    }
    assert outside == {IdentityLevel.PSEUDONYM}


def test_with_my_name_speaks_of_the_defence_wherever_it_speaks_of_a_court():
    for key in ("prosecutors-with-my-name", "icc-and-prosecutors-with-my-name", "everything-but-the-public"):
        courts = {recipient for recipient, use in cells(key) if use is Use.COURT}
        assert courts == {recipient for recipient, use in cells(key) if use is Use.DISCLOSURE_TO_DEFENCE}
        assert courts >= PROSECUTORS
        assert (RecipientClass.ICC_OTP in courts) is (key != "prosecutors-with-my-name")


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.key)
def test_no_package_speaks_to_the_public_or_hands_over_on_behalf_of_others(package):
    assert not any(cell.recipient_class is RecipientClass.MEDIA_PUBLIC for cell in package.cells)
    assert not any(cell.use is Use.PUBLIC_REPORT for cell in package.cells)
    assert not any(cell.recipient_class is RecipientClass.SERVICE_PROVIDER for cell in package.cells)
    assert any(cell.use is Use.STORAGE for cell in package.cells)


def test_an_unknown_package_or_version_is_answered_with_those_there_are():
    with pytest.raises(InvalidInput, match="no package 'everything'") as caught:
        find_package("everything")
    assert "only-help-me" in caught.value.advice
    with pytest.raises(InvalidInput, match="of version 9"):
        find_package("only-help-me", 9)
    assert find_package("only-help-me", 1).text_version == "package only-help-me 1"


def test_the_newest_version_is_offered_and_the_older_one_can_still_be_read():
    data = deepcopy(DATA)
    data["packages"].append({**data["packages"][0], "version": 2, "title": "Help me"})
    found = read_packages(data, SCHEMA)
    assert [(package.key, package.version) for package in found][-1] == ("only-help-me", 2)
    assert len(found) == 6


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda entry: entry.pop("texts"), "texts"),
        (lambda entry: entry.update(version="1"), "version"),
        (lambda entry: entry.update(extra=1), "extra"),
        (lambda entry: entry["texts"].pop("en"), "en"),
        (lambda entry: entry["cells"][0].update(uses=["gossip"]), "gossip"),
        (lambda entry: entry["cells"][0].update(identity_level="none"), "none"),
        (lambda entry: entry["cells"].append(entry["cells"][0]), "twice of one recipient"),
        (lambda entry: entry.update(cells=[]), "cells"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_the_place(spoil, match):
    data = deepcopy(DATA)
    spoil(data["packages"][0])
    with pytest.raises(InvalidInput, match=match):
        read_packages(data, SCHEMA)


def test_one_version_may_not_stand_there_twice():
    data = deepcopy(DATA)
    data["packages"].append(data["packages"][0])
    with pytest.raises(InvalidInput, match="twice"):
        read_packages(data, SCHEMA)
