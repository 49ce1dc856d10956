"""What somebody who holds a disclosed proof can learn of the fields that were withheld: nothing."""

from hashlib import sha256

from evidence_tracker.integrity.canonical import JSON, canonical
from evidence_tracker.integrity.commitment import Disclosure, Field, new_salt

from .small_log import SmallLog

HOUR = "2026-11-23T15:00:00Z"
GIVEN = ["Олена", "Ірина", "Тарас", "Bohdan", "Oksana", "Микола", "Надія", "Yaryna", "Остап", "Lesia"]
CANDIDATES = [f"{first} {family:04}" for first in GIVEN for family in range(1000)]
INTERVIEWEE = "Надія 0731"
EVENT: dict[str, JSON] = {
    "act": "interviewed",
    "subject": "PN-7KQ2MX",
    "seq": 3,
    "record.name": INTERVIEWEE,
    "record.telephone": "+380 44 000 07 31",
}
OPENED = ["act", "seq", "subject"]


def guesses(name, salts):
    """Every digest by which ``name`` could show, with every salt that the attacker knows."""
    for field in ("record.name", "name"):
        for salt in salts:
            yield sha256(canonical([salt, field, name])).digest()
        yield sha256(canonical([field, name])).digest()
        yield sha256(canonical({field: name})).digest()
    yield sha256(canonical(name)).digest()
    yield sha256(name.encode()).digest()


def dictionary_attack(disclosure):
    """Try ten thousand names against the digests of the withheld fields."""
    extra_salts = [opened.preimage().split(b'"')[1].decode() for opened in disclosure.opened]
    salts = ["", "A" * 43, *extra_salts]
    opened = {field.digest() for field in disclosure.opened}
    withheld = set(disclosure.digests) - opened
    return [name for name in CANDIDATES if withheld.intersection(guesses(name, salts))]


def test_ten_thousand_names_find_none_that_was_withheld():
    fields = [Field(new_salt(), name, value) for name, value in EVENT.items()]
    assert INTERVIEWEE in CANDIDATES
    assert len(CANDIDATES) == 10_000
    assert dictionary_attack(Disclosure.opening(HOUR, fields, OPENED)) == []


def test_the_same_attack_finds_the_name_where_salts_are_missing():
    """The attack is a real one: without salts it names the interviewee."""
    fields = [Field(bytes(32), name, value) for name, value in EVENT.items()]
    assert dictionary_attack(Disclosure.opening(HOUR, fields, OPENED)) == [INTERVIEWEE]


def test_the_same_attack_finds_the_name_where_one_salt_serves_the_whole_event():
    """So a salt per event is not enough: opening one field would open them all."""
    shared = new_salt()
    fields = [Field(shared, name, value) for name, value in EVENT.items()]
    assert dictionary_attack(Disclosure.opening(HOUR, fields, OPENED)) == [INTERVIEWEE]


def test_nothing_of_a_withheld_field_is_in_the_proof_file():
    fields = [Field(new_salt(), name, value) for name, value in EVENT.items()]
    disclosure = Disclosure.opening(HOUR, fields, OPENED)
    log = SmallLog()
    proof = log.prove(log.append(disclosure.leaf()), disclosure)
    visible = proof.encode() + (proof.extra or b"") + log.leaves[0]
    for field in fields:
        shown = field.name in OPENED
        assert (field.name.encode() in visible) == shown
        assert (canonical(field.value) in visible) == shown
        assert (field.preimage().split(b'"')[1] in visible) == shown


def test_the_leaf_shows_an_hour_and_nothing_else():
    fields = [Field(new_salt(), name, value) for name, value in EVENT.items()]
    leaf = Disclosure.opening(HOUR, fields, []).leaf()
    assert len(leaf) == len(canonical({"v": 1, "t": HOUR, "c": "0" * 64}))
    for value in EVENT.values():
        assert (
            str(value).encode() not in leaf.replace(HOUR.encode(), b"").replace(b'"v":1', b"") or value == 3
        )
