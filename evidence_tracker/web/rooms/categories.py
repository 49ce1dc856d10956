"""Crime categories: choosing one for an allegation, and browsing the packs they stand in.

Packs are drafts for counsel; what a pack is not sure of carries its caution wherever it is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from evidence_tracker.access.stated import fold
from evidence_tracker.casework.allegations import strict_yaml
from evidence_tracker.casework.allegations.categories import Correspondence, CrimeCategory, Mode, Pack
from evidence_tracker.casework.allegations.jurisdiction import Fit, When
from evidence_tracker.casework.allegations.packs import check_correspondences, library, read_pack
from evidence_tracker.errors import EvidenceTrackerError, InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.web import door, errors, frame
from evidence_tracker.web.fields import Asking, Field, Lines, Long

#: The pack that is opened first.
FIRST = "rome-statute"
_DEPTHS = 8


def label(texts: Any) -> str:
    """Return the words of a category, a mode or a pack in English where there are any."""
    return str(texts.get("en") or next(iter(texts.values())))


class Category(Field):
    """A crime category of one of the packs, found by its article or its words while typing."""

    def read(self, text: str, asking: Asking) -> str:  # noqa: ARG002 - the packs are the same for all
        """Return ``pack:code``; refuses what no pack has."""
        pack, code = library().resolve(text.split(" · ", 1)[0])
        return f"{pack.name}:{pack.category(code).code}"

    def choices(self, asking: Asking) -> Sequence[tuple[str, Any]]:  # noqa: ARG002
        """Return every category that an allegation can be made under."""
        return [
            (f"{pack.id}:{row.code}", label(row.label))
            for pack in library().newest.values()
            for row in pack.categories.values()
            if not row.is_heading
        ]


CATEGORY: tuple[Field, ...] = (
    Category(
        name="category",
        label=_l("Crime category"),
        help=_l(
            "Type an article or a word. Packs are drafts for review by counsel: their words are our own; cite the official text."
        ),
        template="rooms/category_field.html",
        required=True,
    ),
    Long(name="rationale", label=_l("Why the incident may be read so"), required=True),
    Lines(
        name="ihl_basis",
        label=_l("Treaty articles violated"),
        help=_l(
            "One a line: GC IV art 49, AP I art 51(2), HR art 46, CIHL rule 1. Needed where the category only refers to treaties."
        ),
    ),
)


@dataclass(frozen=True)
class Wanted:
    """What the list of categories was asked for."""

    pack: Pack
    under: str
    topic: str
    when: str
    sought: str
    incident: str

    @classmethod
    def of_request(cls) -> "Wanted":
        """Return what the address asks for."""
        asked = {name: request.args.get(name, "").strip() for name in ("under", "topic", "at", "q", "for")}
        named_pack = request.args.get("pack", "").strip() or FIRST
        pack_id, _, version = named_pack.partition("@")
        pack = library().pack(pack_id, version or None)
        return cls(pack, asked["under"], asked["topic"], asked["at"], asked["q"], asked["for"])

    def rows(self) -> Iterator[CrimeCategory]:
        """Yield the categories that fit, in the order of the pack."""
        span = When.of(Moment.parse(self.when)) if self.when else None
        every = self.pack.under(self.under) if self.under else iter(self.pack.categories.values())
        for row in every:
            if self.topic and self.topic not in row.topics:
                continue
            if span is not None and span.fit(row.valid_from, row.valid_to) is Fit.OUTSIDE:
                continue
            if self.sought and not _has_words(row, self.sought):
                continue
            yield row


def _has_words(row: CrimeCategory, sought: str) -> bool:
    wanted = fold(sought)
    return fold(row.code).startswith(wanted) or any(wanted in fold(text) for text in row.label.values())


def routes(made: Blueprint) -> None:
    """Add the pages of the packs to those of the allegations."""

    @made.get("/categories")
    def categories() -> ResponseReturnValue:
        wanted = Wanted.of_request()
        return _page("rooms/categories.html", **_list_of(wanted))

    @made.get("/categories/<pack_id>/<path:code>")
    def category(pack_id: str, code: str) -> ResponseReturnValue:
        name, _, version = pack_id.partition("@")
        pack = library().pack(name, version or None)
        row = pack.category(code)
        below = [pack.category(child) for child in pack.children.get(code, ())]
        return _page("rooms/category.html", pack=pack, row=row, below=below)

    @made.get("/modes")
    def modes() -> ResponseReturnValue:
        wanted = Wanted.of_request()
        return _page("rooms/modes.html", pack=wanted.pack, packs=library().packs.values())

    @made.route("/packs/check", methods=["GET", "POST"])
    def check_pack() -> ResponseReturnValue:
        return _check()


def _list_of(wanted: Wanted) -> dict[str, Any]:
    rows = list(wanted.rows())
    topics = sorted({topic for row in wanted.pack.categories.values() for topic in row.topics})
    depths = {row.code: min(_depth(wanted.pack, row), _DEPTHS) for row in rows}
    return {
        "wanted": wanted,
        "rows": rows,
        "topics": topics,
        "depths": depths,
        "packs": library().packs.values(),
    }


def _depth(pack: Pack, row: CrimeCategory) -> int:
    depth = 0
    while row.parent is not None:
        row, depth = pack.category(row.parent), depth + 1
    return depth


def _page(template: str, status: int = 200, **shown: Any) -> ResponseReturnValue:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        words = {"label": label, "choose": _choose, "is_category": _is_category}
        return render_template(template, **words, **shown), status


def _choose(pack: Pack, row: CrimeCategory, incident: str) -> str | None:
    """Return the address at which a category is chosen for an incident, None for a heading."""
    if not incident or row.is_heading:
        return None
    return url_for("incidents.act", reference=incident, action="allege", category=f"{pack.id}:{row.code}")


def _is_category(target: Correspondence) -> bool:
    """Say whether what a category corresponds to is a category, and not a mode of liability."""
    return target.code in library().pack(target.pack_id).categories


def _check() -> ResponseReturnValue:
    """Check a pack that is being written; nothing is published by it."""
    if request.method == "GET":
        return _page("rooms/pack_check.html", pack=None, error=None)
    try:
        upload = request.files.get("file")
        data = b"" if upload is None else upload.stream.read(strict_yaml.MAX_BYTES + 1)
        if not data:
            raise InvalidInput("No file was chosen.", advice="Choose the file of a pack.")
        pack = read_pack(data)
        check_correspondences(pack, library().newest)
    except EvidenceTrackerError as error:
        return _page("rooms/pack_check.html", errors.status_of(error), pack=None, error=error)
    return _page("rooms/pack_check.html", pack=pack, error=None)


def mode_choices(asking: Asking) -> Sequence[tuple[str, Any]]:
    """Return the modes of liability that can be stated: those of the newest packs, by ``pack:code``."""
    del asking
    return [
        (f"{pack.id}:{code}", label(mode.label))
        for pack in library().newest.values()
        for mode in pack.modes.values()
        for code in _codes(mode)
    ]


def _codes(mode: Mode) -> tuple[str, ...]:
    return (mode.code, *mode.variants)
