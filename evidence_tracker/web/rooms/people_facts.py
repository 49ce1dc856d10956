"""What is asked of a person who needs protection: what gates must know, and the identity, which is sealed."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import Governance
from evidence_tracker.access.stated import GOVERNED
from evidence_tracker.casework.persons import identities, queries, registration
from evidence_tracker.casework.persons.identities import Values
from evidence_tracker.casework.persons.models import (
    AgeBand,
    CivilStatus,
    IdentityField,
    IdentityName,
    Person,
    ProtectionLevel,
    RoleInEvents,
    Vulnerability,
)
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import (
    Asking,
    Field,
    Lines,
    Long,
    Several,
    Tags,
    Text,
    Tick,
    Word,
    YesNo,
)
from evidence_tracker.web.kinds import Deed
from evidence_tracker.web.rooms import asked

GUIDELINES = "Eurojust, ICC OTP: Guidelines for civil society organisations (2022)"
_CARE = _l("What every step must know")
_IDENTITY = _l("Identity: sealed, and opened only with a custodian's key and a reason")
_MORE_IDENTITY = _l("More of the identity")
_PREFIX = "identity_"

PERSON: tuple[Field, ...] = (
    Several(name="roles", label=_l("What the person is to the events"), enum=RoleInEvents),
    Word(
        name="age_band",
        label=_l("Age in years"),
        enum=AgeBand,
        help=_l("When the person is registered. A date of birth belongs to the identity below."),
    ),
    YesNo(
        name="is_child",
        label=_l("Under 18"),
        help=_l("Needed where the age is not known. In doubt, a child."),
    ),
    Word(name="civil_status", label=_l("What the person was at the time"), enum=CivilStatus),
    Tags(name="languages", label=_l("Languages spoken"), help=_l("Tags with commas: uk, ru, crh-Latn.")),
    Word(
        name="protection_level",
        label=_l("Care that every step needs"),
        enum=ProtectionLevel,
        help=_l("Without a word: standard."),
        group=_CARE,
    ),
    Tick(
        name="is_crsv_survivor",
        label=_l("Survivor of conflict-related sexual violence"),
        help=_l(
            "This and the next close the gate of detailed statements; opening it needs a reason and a second person."
        ),
        source=GUIDELINES,
        group=_CARE,
    ),
    Tick(name="is_severely_traumatised", label=_l("Severely traumatised"), group=_CARE),
    Several(name="vulnerabilities", label=_l("What else makes harm easier"), enum=Vulnerability, group=_CARE),
)


def _of_identity(
    kind: type[Field], name: IdentityName, label: Any, help_: Any = "", *, is_first: bool = False
) -> Field:
    # Kept nowhere before it is sealed: not in a draft, which opens with the key of the compartment alone.
    return kind(
        name=f"{_PREFIX}{name.value}",
        label=label,
        help=help_,
        group=_IDENTITY if is_first else _MORE_IDENTITY,
        is_folded=not is_first,
        is_kept=False,
        needs=Permission.SEAL_IDENTITY,
    )


IDENTITY: tuple[Field, ...] = (
    _of_identity(
        Text,
        IdentityName.LEGAL_NAME,
        _l("Name, in its own script"),
        _l("None of these words is kept in a draft; they are sealed when you save."),
        is_first=True,
    ),
    _of_identity(Text, IdentityName.LATIN_NAME, _l("Name in Latin letters"), is_first=True),
    _of_identity(
        Lines,
        IdentityName.ALIAS,
        _l("Other names"),
        _l("One a line, in any script: former, pet, call names."),
        is_first=True,
    ),
    _of_identity(Lines, IdentityName.PHONE, _l("Telephone numbers"), _l("One a line."), is_first=True),
    _of_identity(
        Long,
        IdentityName.SAFE_CONTACT,
        _l("How and when to reach the person safely"),
        _l("Through whom, at which hours, what may be said to whoever answers."),
        is_first=True,
    ),
    _of_identity(Text, IdentityName.DATE_OF_BIRTH, _l("Date of birth")),
    _of_identity(Long, IdentityName.ADDRESS, _l("Address")),
    _of_identity(Lines, IdentityName.ID_SEEN, _l("Documents seen"), _l("One a line.")),
    _of_identity(Lines, IdentityName.RELATIVES, _l("Relatives"), _l("One a line.")),
    _of_identity(Lines, IdentityName.NATIONALITY, _l("Nationalities"), _l("One a line.")),
    _of_identity(Text, IdentityName.OCCUPATION, _l("Occupation")),
    _of_identity(Long, IdentityName.OTHER, _l("Anything else that names the person")),
)


class Recorded(Several):
    """Parts of an identity, those that are on record of this person."""

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:
        """Return the parts that are on record."""
        names = queries.recorded_fields(asking.session, asking.row, actor=asking.actor)
        known = {value: words for value, words in super().choices(asking)}  # noqa: C416 - of pairs
        return [(name.value, known[name.value]) for name in names]


def identity_of(deed: Deed) -> dict[str, Values]:
    """Take the stated parts of an identity out of the facts, by the words of the vault."""
    found = {name.value: deed.took(f"{_PREFIX}{name.value}") for name in IdentityName}
    return {name: value for name, value in found.items() if value}


def register(deed: Deed) -> Person:
    """Register a person where it was said, with what of the identity was stated."""
    identity = identity_of(deed)
    base = registration.governance_in(asked.mission_of(deed))
    governed: dict[str, Any] = {"level": base.level, "purpose": base.purpose, "legal_basis": base.legal_basis}
    governed |= {name: value for name in GOVERNED if (value := deed.took(name)) is not None}
    facts = {name: value for name, value in deed.stated.items() if value is not None}
    if deed.compartment_id is None:
        raise InvalidInput("It is not said where the person is registered.")
    return registration.add_person(
        deed.session,
        compartment_id=deed.compartment_id,
        facts=facts,
        actor=deed.actor,
        governance=Governance(**governed),
        identity=identity or None,
    )


def seal(deed: Deed) -> list[IdentityField]:
    """Seal parts of an identity that were learnt later."""
    identity = identity_of(deed)
    if not identity:
        raise InvalidInput("There is nothing to seal.", advice="Fill in what became known.")
    return identities.seal_identity(
        deed.session, deed.row, identity, actor=deed.actor, beside=deed.stated["beside"]
    )
