"""What a pack holds once it is read: crime categories, their elements, modes of liability."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.values.moment import Moment

HEADINGS = frozenset({"article", "group"})
WHOLE = 0

_IHL = re.compile(
    r"((GC (I|II|III|IV)|AP (I|II|III)|HR) art \d{1,3}[a-z]?(\(\d{1,2}\))*(\([a-z]\))?|CIHL rule \d{1,3})",
    re.ASCII,
)


class Certainty(StrEnum):
    """How sure a pack is of what it says; what is unsure is never shown as a fact."""

    CERTAIN = "certain"
    FAIR = "fair"
    UNSURE = "unsure"

    @property
    def caution(self) -> str | None:
        """Return the words that go with it wherever it is shown; None where it is certain."""
        return _CAUTIONS.get(self)


_CAUTIONS = {Certainty.FAIR: "fairly sure; check before citing", Certainty.UNSURE: "to be checked by counsel"}


class Relation(StrEnum):
    """What the target of a correspondence is to the category, in the words of SKOS."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"


class ElementKind(StrEnum):
    """What an element asks about: the act, the mind, the circumstances."""

    MATERIAL = "material"
    MENTAL = "mental"
    CONTEXTUAL = "contextual"


@dataclass(frozen=True)
class Element:
    """One numbered element, in own words."""

    n: int
    kind: ElementKind
    text: str


@dataclass(frozen=True)
class Correspondence:
    """A category or mode of another pack, and what it is to this one."""

    pack_id: str
    code: str
    relation: Relation
    certainty: Certainty


@dataclass(frozen=True)
class Basis:
    """An instrument and its articles."""

    instrument: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class CrimeCategory:
    """One category of a pack.

    ``valid_from`` and ``valid_to`` are as precise as their source (a year stays a year);
    ``label`` maps a language to the words. ``adopted`` is the year of an amendment.
    """

    code: str
    parent: str | None
    level: str
    label: Mapping[str, str]
    certainty: Certainty
    article: str | None = None
    context: str | None = None
    adopted: int | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    topics: tuple[str, ...] = ()
    note: str | None = None
    needs_ihl_basis: bool = False
    basis: tuple[Basis, ...] = ()
    maps_to: tuple[Correspondence, ...] = ()
    elements: tuple[Element, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Say whether this only groups others; an allegation needs one of those."""
        return self.level in HEADINGS

    def check_element(self, n: int) -> None:
        """Refuse a number that is neither an element nor 0, the category as a whole."""
        if n != WHOLE and n not in {element.n for element in self.elements}:
            there = f"elements 1 to {len(self.elements)}" if self.elements else "no elements listed"
            raise InvalidInput(
                f"{self.code} has {there}; there is no {n}.", advice="0 is the category as a whole."
            )


@dataclass(frozen=True)
class Mode:
    """A mode of liability; ``only_for`` limits it to categories at or under these codes."""

    code: str
    label: Mapping[str, str]
    certainty: Certainty
    variants: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    valid_from: Moment | None = None
    note: str | None = None
    maps_to: tuple[Correspondence, ...] = ()


@dataclass(frozen=True)
class Pack:
    """A published list of categories and modes; ``sha256`` is the digest of its file."""

    id: str
    version: str
    title: Mapping[str, str]
    jurisdiction: str
    status: str
    source: Mapping[str, str]
    licence: str
    supersedes: str | None
    sha256: str
    categories: Mapping[str, CrimeCategory]
    modes: Mapping[str, Mode]
    provisions: Mapping[str, Mapping[str, str]]
    ihl_provisions: tuple[str, ...] = ()
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return ``id@version``."""
        return f"{self.id}@{self.version}"

    def category(self, code: str) -> CrimeCategory:
        """Return the category with this code, or ``NotFound`` that names some near it."""
        if code in self.categories:
            return self.categories[code]
        near = [known for known in self.categories if known.startswith(code[:4])][:5]
        raise NotFound(
            f"{self.name} has no category {code!r}.",
            advice=f"Near it are {', '.join(near)}." if near else f"List them: crime list --pack {self.id}",
        )

    def mode(self, code: str) -> Mode:
        """Return the mode with this code or variant, or ``NotFound`` that names those there are."""
        for mode in self.modes.values():
            if code == mode.code or code in mode.variants:
                return mode
        raise NotFound(
            f"{self.name} has no mode of liability {code!r}.",
            advice=f"There are {', '.join(self.modes) or 'none'}.",
        )

    def under(self, code: str) -> Iterator[CrimeCategory]:
        """Yield the category and all below it, in the order of the pack."""
        yield self.category(code)
        for child in self.children.get(code, ()):
            yield from self.under(child)


@dataclass(frozen=True)
class Library:
    """All published packs; new allegations use the newest version of each."""

    packs: Mapping[tuple[str, str], Pack]
    newest: Mapping[str, Pack]

    def pack(self, pack_id: str, version: str | None = None) -> Pack:
        """Return one version of a pack (the newest if none is named), or ``NotFound``."""
        found = self.newest.get(pack_id) if version is None else self.packs.get((pack_id, version))
        if found is None:
            named = pack_id if version is None else f"{pack_id}@{version}"
            raise NotFound(
                f"There is no pack {named!r}.", advice=f"There are {', '.join(sorted(self.newest))}."
            )
        return found

    def resolve(self, text: str) -> tuple[Pack, str]:
        """Split ``pack:code`` or ``pack@version:code`` into the pack and the code."""
        named, colon, code = text.strip().partition(":")
        if not colon or not code:
            raise InvalidInput(
                f"{text[:80]!r} names no pack and code.", advice="Write both: rome-statute:8(2)(a)(i)"
            )
        pack_id, _, version = named.partition("@")
        return self.pack(pack_id, version or None), code


def lies_under(code: str, prefix: str) -> bool:
    """Say whether a code is ``prefix`` or below it: 8 covers 8(2)(a) and not 8bis."""
    return code == prefix or code.startswith((f"{prefix}(", f"{prefix}-", f"{prefix}/"))


def codes_in(pack_id: str, pack: Pack, category: CrimeCategory) -> tuple[str, ...]:
    """Return the codes in ``pack_id`` that a category has there: its own, or those it corresponds to."""
    if pack.id == pack_id:
        return (category.code,)
    return tuple(target.code for target in category.maps_to if target.pack_id == pack_id)


def ihl_provision(text: str) -> str:
    """Return an article of humanitarian law in its one written form (``GC IV art 49``)."""
    stated = " ".join(text.replace("article", "art").replace("art.", "art").split())
    if not _IHL.fullmatch(stated):
        raise InvalidInput(
            f"{text[:80]!r} is not an article of humanitarian law as this system writes it.",
            advice="Write 'GC IV art 49', 'AP I art 51(2)', 'HR art 46' (Hague Regulations), 'CIHL rule 1'.",
        )
    return stated
