"""Warnings about time and forum. Nothing is refused here: what they mean is counsel's to say.

Facts come from the packs (when a text was in force) and from ``packs/jurisdiction.yaml``
(which forum reaches which acts, which State is bound by which instrument).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Self

from evidence_tracker.casework.allegations import strict_yaml
from evidence_tracker.casework.allegations.categories import (
    Certainty,
    CrimeCategory,
    Mode,
    Pack,
    codes_in,
    lies_under,
)
from evidence_tracker.casework.allegations.packs import ADVICE, FOLDER, checked, date_of, is_reversed
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment

ROME = "rome-statute"


class Effect(StrEnum):
    """What a rule says of a forum: it reaches these acts, does not, or only as its note says."""

    OPEN = "open"
    CLOSED = "closed"
    CONDITIONAL = "conditional"


class Fit(StrEnum):
    """How a span of time lies to a window."""

    INSIDE = "inside"
    PARTLY = "partly"
    OUTSIDE = "outside"


class About(StrEnum):
    """What a caution is about."""

    TEXT = "text"
    TIME = "time"
    FORUM = "forum"
    INSTRUMENT = "instrument"


@dataclass(frozen=True)
class Caution:
    """One sentence for the analyst, and how sure its source is."""

    about: About
    text: str
    certainty: Certainty


@dataclass(frozen=True)
class When:
    """The span an incident is stated to lie in, by the clock on the wall there.

    Laws and declarations begin at midnight where they apply, so windows are compared with
    what was stated locally, not with instants; both carry UTC here only to be comparable.
    """

    earliest: datetime
    latest: datetime

    @classmethod
    def of(cls, occurred: Moment) -> Self:
        """Return the span of a stated moment, its zone aside."""
        return cls(*replace(occurred, zone="UTC").bounds())

    def fit(self, start: Moment | None, end: Moment | None) -> Fit:
        """Say how this span lies to a window whose ends may themselves be imprecise."""
        opens = start.bounds() if start else None
        closes = end.bounds() if end else None
        if (opens and self.latest < opens[0]) or (closes and self.earliest > closes[1]):
            return Fit.OUTSIDE
        # A window given to the day opens with that day; one given to the year, who knows when in it.
        is_surely_open = opens is None or self.earliest >= (opens[0] if _is_day(start) else opens[1])
        is_surely_not_over = closes is None or self.latest <= (closes[1] if _is_day(end) else closes[0])
        return Fit.INSIDE if is_surely_open and is_surely_not_over else Fit.PARTLY


@dataclass(frozen=True)
class JurisdictionRule:
    """One fact about a forum; ``codes`` are rome-statute codes that cover all below them."""

    id: str
    situation: str
    states: frozenset[str]
    forum: str
    codes: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    effect: Effect
    basis: str
    nationality_limit: str | None
    note: str | None
    certainty: Certainty


@dataclass(frozen=True)
class Membership:
    """Whether a State is bound by an instrument, and from or until when as far as stated."""

    states: frozenset[str]
    instrument: str
    is_party: bool
    start: Moment | None
    end: Moment | None
    note: str | None
    certainty: Certainty


@dataclass(frozen=True)
class Facts:
    """All rules and memberships."""

    rules: tuple[JurisdictionRule, ...]
    membership: tuple[Membership, ...]


@cache
def known_facts() -> Facts:
    """Read the facts that come with the program."""
    return read_facts((FOLDER / "jurisdiction.yaml").read_bytes())


def read_facts(data: bytes) -> Facts:
    """Read and check a file of facts; raises ``InvalidInput`` with the place and the reason."""
    content = checked(strict_yaml.read(data), "jurisdiction.schema.json")
    rules = tuple(map(_rule, content["rules"]))
    names = [rule.id for rule in rules]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InvalidInput(f"The rule {min(twice)} stands twice.", advice=ADVICE)
    return Facts(rules, tuple(map(_membership, content["membership"])))


def _rule(row: Mapping[str, Any]) -> JurisdictionRule:
    start, end = date_of(row["from"]), date_of(row["to"])
    if is_reversed(start, end):
        raise InvalidInput(f"{row['id']}: its window ends before it begins.", advice=ADVICE)
    return JurisdictionRule(
        id=row["id"],
        situation=row["situation"],
        states=frozenset(row["states"]),
        forum=row["forum"],
        codes=tuple(row["codes"]),
        start=start,
        end=end,
        effect=Effect(row["effect"]),
        basis=row["basis"],
        nationality_limit=row.get("nationality_limit"),
        note=row.get("note"),
        certainty=Certainty(row["confidence"]),
    )


def _membership(row: Mapping[str, Any]) -> Membership:
    return Membership(
        states=frozenset(row["states"]),
        instrument=row["instrument"],
        is_party=row["is_party"],
        start=date_of(row.get("from")),
        end=date_of(row.get("to")),
        note=row.get("note"),
        certainty=Certainty(row["confidence"]),
    )


def cautions_for(
    pack: Pack, category: CrimeCategory, when: When, country: str | None, facts: Facts | None = None
) -> list[Caution]:
    """Return what an analyst should know before relying on this category for this incident.

    ``country`` is where the incident happened (ISO 3166-1), None where that is not recorded.
    """
    known = facts or known_facts()
    found = [*_text_cautions(pack, category), *_time_cautions(pack, category, when)]
    rome = codes_in(ROME, pack, category)
    if country is None:
        if rome or category.basis:
            found.append(
                Caution(About.FORUM, "Forums were not checked: the place has no country.", Certainty.CERTAIN)
            )
        return found
    found.extend(_forum_cautions(rome, when, country, known.rules))
    found.extend(_instrument_cautions(category, when, country, known.membership))
    return found


def mode_cautions(mode: Mode, pack: Pack, when: When) -> list[Caution]:
    """Return what to know before relying on a mode of liability for this incident."""
    named = f"{pack.id} {mode.code}"
    return [*_caution(named, mode.certainty, mode.note), *_in_force(named, when, mode.valid_from, None)]


def _text_cautions(pack: Pack, category: CrimeCategory) -> Iterator[Caution]:
    yield from _caution(f"{pack.id} {category.code}", category.certainty, category.note)


def _caution(named: str, certainty: Certainty, note: str | None) -> Iterator[Caution]:
    if certainty.caution is not None:
        yield Caution(About.TEXT, f"{named}: {certainty.caution}.", certainty)
    if note is not None:
        yield Caution(About.TEXT, f"{named}: {note}", certainty)


def _time_cautions(pack: Pack, category: CrimeCategory, when: When) -> Iterator[Caution]:
    yield from _in_force(f"{pack.id} {category.code}", when, category.valid_from, category.valid_to)


def _in_force(named: str, when: When, start: Moment | None, end: Moment | None) -> Iterator[Caution]:
    fit = when.fit(start, end)
    if fit is Fit.INSIDE:
        return
    window = _window(start, end)
    if fit is Fit.PARTLY:
        text = f"{named} is in force {window}; the incident may lie outside."
    elif start is not None and when.latest < start.bounds()[0]:
        text = (
            f"{named} is in force {window}, after the incident. Whether it may be applied to earlier acts "
            "(non-retroactivity) is a question for counsel."
        )
    else:
        text = f"{named} was in force {window}, before the incident: use the text that followed it."
    yield Caution(About.TIME, text, Certainty.CERTAIN)


def _forum_cautions(
    codes: Iterable[str], when: When, country: str, rules: Iterable[JurisdictionRule]
) -> Iterator[Caution]:
    wanted = tuple(codes)
    near = [rule for rule in rules if country in rule.states and _touches(rule, wanted)]
    for forum in sorted({rule.forum for rule in near}):
        here = [rule for rule in near if rule.forum == forum]
        windows = [rule for rule in here if rule.effect is Effect.OPEN]
        if windows:
            yield from _window_cautions(forum, windows, when)
        for rule in here:
            if rule.effect is not Effect.OPEN and when.fit(rule.start, rule.end) is not Fit.OUTSIDE:
                yield Caution(About.FORUM, f"{forum}: {rule.note or rule.basis}", rule.certainty)


def _window_cautions(forum: str, windows: list[JurisdictionRule], when: When) -> Iterator[Caution]:
    fits = {when.fit(rule.start, rule.end) for rule in windows}
    if Fit.INSIDE in fits:
        return
    spans = "; ".join(f"{_window(rule.start, rule.end)} ({rule.basis})" for rule in windows)
    lies = "may lie outside" if Fit.PARTLY in fits else "lies outside"
    yield Caution(
        About.FORUM, f"{forum}: the incident {lies} what this forum reaches: {spans}.", windows[0].certainty
    )


def _touches(rule: JurisdictionRule, wanted: tuple[str, ...]) -> bool:
    return any(lies_under(code, prefix) for code in wanted for prefix in rule.codes)


def _instrument_cautions(
    category: CrimeCategory, when: When, country: str, membership: Iterable[Membership]
) -> Iterator[Caution]:
    named = {basis.instrument for basis in category.basis}
    for fact in membership:
        if country not in fact.states or fact.instrument not in named:
            continue
        fit = when.fit(fact.start, fact.end)
        if not fact.is_party:
            yield Caution(About.INSTRUMENT, f"{country} is not bound by {fact.instrument}.", fact.certainty)
        elif fit is not Fit.INSIDE:
            text = f"{country} was bound by {fact.instrument} {_window(fact.start, fact.end)}."
            yield Caution(About.INSTRUMENT, f"{text} {fact.note or ''}".strip(), fact.certainty)


def _window(start: Moment | None, end: Moment | None) -> str:
    if start is None and end is None:
        return "at all times"
    if end is None:
        return f"from {start}"
    return f"until {end}" if start is None else f"from {start} to {end}"


def _is_day(moment: Moment | None) -> bool:
    return moment is not None and len(moment.value) == len("2022-03-12")
