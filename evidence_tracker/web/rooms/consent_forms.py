"""How consent is asked for: a package in plain words or single cells, and how it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from evidence_tracker.casework.consent.models import ConsentForm, IdentityLevel, Use
from evidence_tracker.casework.consent.packages import Package, find_package, packages
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.exhibits.queries import find_exhibit
from evidence_tracker.casework.interviews.queries import find_interview
from evidence_tracker.casework.osint.queries import find_capture
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web.fields import (
    Asking,
    Choice,
    Day,
    Field,
    Find,
    Long,
    Made,
    Several,
    Text,
    Tick,
    When,
    Word,
    YesNo,
)
from evidence_tracker.web.kinds import Deed
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.consent_state import NAMED
from evidence_tracker.web.words import said

_FINDS: dict[str, Find] = {"E": find_exhibit, "I": find_interview, "C": find_capture}
_ALLOWED = _l("What the person allows")
_CELLS = _l("Single cells: recipients, uses and how the person is named")
_ABOUT = _l("What it is about")
_SAID = _l("How it was said")
_MORE = _l("Interpreter, witness, conditions, end")
_CHILD = _l("Somebody under 18")


@dataclass(frozen=True)
class Offered:
    """A package as it is offered: the words for the person, and the cells it stands for."""

    title: str
    text: str
    language: str
    blocks: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, package: Package, languages: Sequence[str]) -> "Offered":
        """Return a package in the first of these languages in which it has words, else in English."""
        tongues = [one.split("-", 1)[0] for one in languages]
        language = next((one for one in tongues if one in package.texts), "en")
        return cls(package.title, package.texts[language], language, _blocks(package))

    def __str__(self) -> str:
        """Return the title."""
        return self.title


def _blocks(package: Package) -> tuple[tuple[str, str, str], ...]:
    """Return (recipients, uses, how named) with what is alike put together, as a person reads a package."""
    uses: dict[tuple[RecipientClass, IdentityLevel], list[str]] = {}
    for cell in package.cells:
        uses.setdefault((cell.recipient_class, cell.identity_level), []).append(said(cell.use).lower())
    alike: dict[tuple[str, IdentityLevel], list[str]] = {}
    for (recipient, level), some in uses.items():
        alike.setdefault((", ".join(some), level), []).append(said(recipient))
    return tuple((", ".join(who), what, str(NAMED[level])) for (what, level), who in alike.items())


def package_field(languages: Sequence[str]) -> Field:
    """Return the choice of a package, each with its words in a language of the person."""
    return Choice(
        name="package",
        label=_l("A package, in words to read to the person"),
        among=lambda _asking: [(one.key, Offered.of(one, languages)) for one in packages()],
        read_as=find_package,
        widget="boxes",
        template="rooms/consent_packages.html",
        group=_ALLOWED,
    )


def cell_fields(
    group: Any, *, levels: bool, is_broad: bool = False, folded: bool = False
) -> tuple[Field, ...]:
    """Return the fields of single cells; ``is_broad``: nothing ticked means everybody, or every use."""
    everybody = _l("Nothing ticked: everybody.") if is_broad else ""
    every_use = _l("Nothing ticked: every use.") if is_broad else ""
    level = Word(
        name="identity_level",
        label=_l("How the person may be named"),
        enum=IdentityLevel,
        only=tuple(one for one in IdentityLevel if one is not IdentityLevel.NONE),
        group=group,
    )
    return (
        Several(
            name="recipients",
            label=_l("Recipients"),
            enum=RecipientClass,
            help=everybody,
            template="rooms/consent_boxes.html",
            group=group,
            is_folded=folded,
        ),
        asked.party(
            label=_l("One named recipient"),
            help=_l("The reference of a party, such as KYI-P-0002."),
            group=group,
        ),
        Several(
            name="uses",
            label=_l("Uses"),
            enum=Use,
            help=every_use,
            template="rooms/consent_boxes.html",
            group=group,
        ),
        *((level,) if levels else ()),
        items_field(group),
    )


def items_field(group: Any) -> Field:
    """Return the field that limits it to some evidence items, interviews or captures."""
    return Made(
        name="items",
        label=_l("Only these items"),
        help=_l("References, one a line: KYI-E-0031. Without any it is about everything the person gave."),
        widget="lines",
        reading=_items,
        group=group,
    )


def circumstances(language: str, *, may_expire: bool, has_reason: bool = False) -> tuple[Field, ...]:
    """Return the fields that say how it was said; what is known of the moment is filled in."""
    more: list[Field] = [
        Text(
            name="interpreter",
            label=_l("Interpreter (staff code)"),
            group=_MORE,
            is_folded=True,
        ),
        Text(
            name="witness",
            label=_l("Witness (staff code)"),
            help=_l("An oral consent and a thumbprint need one."),
            group=_MORE,
        ),
        Text(name="text_version", label=_l("Version of the words that were read out"), group=_MORE),
        Long(
            name="conditions", label=_l("What the person asks for, in their own words"), rows=2, group=_MORE
        ),
    ]
    if may_expire:
        more.append(Day(name="expires_on", label=_l("Last day on which it holds"), group=_MORE))
    if has_reason:
        more.append(
            Text(
                name="reason",
                label=_l("Why, if the person wants to say it"),
                help=_l("Nobody has to justify it."),
                group=_MORE,
            )
        )
    return (
        Word(
            name="form",
            label=_l("How it was expressed"),
            enum=ConsentForm,
            required=True,
            default=ConsentForm.WRITTEN.value,
            group=_SAID,
        ),
        Text(
            name="language",
            label=_l("Language in which the person was spoken to"),
            required=True,
            default=language,
            group=_SAID,
        ),
        When(name="obtained", label=_l("When"), required=True, default=_today, group=_SAID),
        Text(
            name="obtained_by",
            label=_l("Who took it"),
            required=True,
            default=lambda asking: asking.actor.login,
            group=_SAID,
        ),
        asked.exhibit("evidence", _l("Evidence item that shows it (form, recording)"), group=_SAID),
        *more,
    )


def safeguards(*, is_child: bool) -> tuple[Field, ...]:
    """Return the fields of what guards a permission: capacity, and for a child everybody it needs."""
    capacity = Tick(
        name="capacity_ok",
        label=_l("The person is able to consent; by saving I state that I made sure of it"),
        default="" if is_child else "on",
        group=_SAID,
    )
    if not is_child:
        return (capacity,)
    return (
        capacity,
        asked.person("guardian", label=_l("Guardian (code)"), group=_CHILD),
        Tick(
            name="is_guardian_conflict_checked",
            label=_l("It was checked that the guardian has no conflict with the child"),
            help=_l("The guardian may be an appointee of whoever took the child."),
            group=_CHILD,
        ),
        YesNo(name="child_assent", label=_l("The child agrees"), group=_CHILD),
        Long(name="best_interest", label=_l("Why it is in the child's best interest"), rows=2, group=_CHILD),
    )


def giving(person: Person, language: str) -> tuple[Field, ...]:
    """Return the fields of a permission: a package or single cells, how it was said, what guards it."""
    said_how = circumstances(language, may_expire=True)
    guards = safeguards(is_child=person.is_child)
    return (
        package_field([language, *person.languages]),
        *cell_fields(_CELLS, levels=True, folded=True),
        *_beside(said_how, guards),
    )


def renewing(person: Person, language: str) -> tuple[Field, ...]:
    """Return the fields of a renewal; without cells all that stands, or expired, is renewed."""
    return (
        *cell_fields(_ABOUT, levels=True),
        *_beside(circumstances(language, may_expire=True), safeguards(is_child=person.is_child)),
    )


def restricting(language: str, *, levels: bool = False, has_reason: bool = False) -> tuple[Field, ...]:
    """Return the fields of a refusal, a withdrawal or (with levels) a limit."""
    return (
        *cell_fields(_ABOUT, levels=levels, is_broad=not levels),
        *circumstances(language, may_expire=False, has_reason=has_reason),
    )


def language_of(person: Person) -> str:
    """Return the language in which a person is mostly spoken to."""
    return person.languages[0] if person.languages else "en"


def cells_of(deed: Deed, *, is_broad: bool) -> list[Cell]:
    """Return the cells that were stated: every recipient with every use; empty where nothing was stated."""
    recipients: list[Any] = [*(deed.took("recipients") or ())]
    party, uses = deed.took("party"), deed.took("uses") or []
    level, items = deed.took("identity_level"), tuple(deed.took("items") or ())
    recipients += [party] if party is not None else []
    if not recipients and not uses:
        return [Cell(items=items)] if is_broad and items else []
    if not is_broad and (not recipients or not uses):
        raise InvalidInput(
            gettext("Single cells name the recipients and the uses."),
            advice=gettext("Tick at least one of each."),
        )
    return [
        Cell(recipient, use, level, items) for recipient in recipients or [None] for use in uses or [None]
    ]


def facts_of(deed: Deed) -> dict[str, Any]:
    """Return what was stated of how it was said, without what was not."""
    return {name: value for name, value in deed.stated.items() if value is not None}


def _beside(said_how: Sequence[Field], guards: Sequence[Field]) -> list[Field]:
    """Return the fields in the order of their groups: the capacity stands with how it was said."""
    own = [one for one in (*said_how, *guards) if one.group == _SAID]
    child = [one for one in guards if one.group == _CHILD]
    return [*own, *child, *(one for one in said_how if one.group == _MORE)]


def _items(text: str, asking: Asking) -> list[UUID]:
    return [_item(line.strip(), asking) for line in text.splitlines() if line.strip()]


def _item(reference: str, asking: Asking) -> UUID:
    find = _FINDS.get(reference.upper().split("-")[-2] if reference.count("-") > 1 else "")
    if find is None:
        raise InvalidInput(
            gettext("%(what)s is no item.", what=reference),
            advice=gettext("Name evidence items, interviews or captures, such as KYI-E-0031."),
        )
    return UUID(str(find(asking.session, reference.upper(), actor=asking.actor).id))


def _today(_asking: Asking) -> str:
    return asked.now().date().isoformat()
