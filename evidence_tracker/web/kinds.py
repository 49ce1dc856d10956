"""What a room shows, as data: its list, its record, its sections and its actions.

The five kinds of page are made from these once, in ``lists``, ``records`` and ``forms``; what is special
(the matrix, the guided path) is in modules of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, TypeAlias
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import BY_TITLE, NEWEST_FIRST, Order
from evidence_tracker.access.policy import Permission
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.fields import Asking, Field

#: Words for people: lazy ones are translated when they are shown.
Label: TypeAlias = LazyString | str
Always = Callable[[Any], bool]


def always(_row: Any) -> bool:
    """Say yes."""
    return True


def never(_row: Any) -> bool:
    """Say no."""
    return False


def ongoing(row: Any) -> bool:
    """Say whether a link, a name or another part has not been ended."""
    return getattr(row, "ended_at", None) is None


class Scope(Enum):
    """What an action is done to."""

    LIST = auto()  # makes a new record of the room
    ROW = auto()  # is done to the record
    SECTION = auto()  # adds to a section of the record
    ITEM = auto()  # is done to one row of a section


@dataclass(frozen=True)
class Pair:
    """A link and what it leads to, as one row of a section; what is done, is done to the link."""

    item: Any
    other: Any


@dataclass(frozen=True)
class Beside:
    """A record of a list with what was found beside it; everything else of it is the record's own."""

    item: Any
    beside: Any

    def __getattr__(self, name: str) -> Any:
        """Return what the record has."""
        return getattr(self.item, name)


@dataclass(frozen=True)
class Deed:
    """One act about to be done: everything that its function may need."""

    session: Session
    actor: Actor
    row: Any
    item: Any
    stated: dict[str, Any]
    version: int | None
    compartment_id: UUID | None

    def took(self, name: str) -> Any:
        """Take a stated fact out, None where it was not stated."""
        return self.stated.pop(name, None)


@dataclass(frozen=True)
class Drafting:
    """Drafts of a room's own: each function takes the session, the record and the actor last.

    ``keep`` takes what was typed before the actor; it may refuse.
    """

    keep: Callable[[Session, Any, dict[str, Any], Actor], None]
    read: Callable[[Session, Any, Actor], dict[str, Any] | None]
    discard: Callable[[Session, Any, Actor], None]


@dataclass(frozen=True, kw_only=True)
class Action:
    """An act of a room that a person can do, and the facts it asks for.

    ``run`` calls the act; what it returns is where one is led to, if it is a record of the room.
    ``fields`` may depend on the record; ``asks`` takes their place where they depend on more than that.
    ``amends`` prefills the fields from the record (or item) and states only what differs. ``above`` is a
    template over the fields, which shows what ``look`` finds as ``look``. ``tab`` is the tab of the record
    that one comes back to. ``button`` stands on the button where the label would not say what it does.
    ``shows`` answers with a page of its own once the act is committed, instead of leading on: it takes the reference and what ``run`` returned. ``is_drafted`` False: what is typed is
    kept nowhere before it is saved; ``drafting`` keeps it elsewhere than the common drafts; ``apart``
    names fields of which each value has a draft of its own.
    ``is_confirmed`` asks for one's own secret. ``typed`` asks for the reference to be typed, because it
    cannot be undone, as ``warning`` says. ``is_long``: ``run`` returns a function that is told a progress,
    and is run beside the pages outside any transaction of theirs.
    """

    name: str
    label: Label
    run: Callable[[Deed], Any]
    fields: Sequence[Field] | Callable[[Any], Sequence[Field]] = ()
    asks: Callable[[Asking], Sequence[Field]] | None = None
    permission: Permission | None = Permission.RECORD
    when: Always = always
    scope: Scope = Scope.ROW
    amends: bool = False
    is_confirmed: bool = False
    is_long: bool = False
    typed: bool = False
    button: Label = ""
    warning: Label = ""
    help: Label = ""
    done: Label = ""
    icon: str = ""
    is_main: bool = False
    is_drafted: bool = True
    drafting: Drafting | None = None
    apart: Sequence[str] = ()
    above: str = ""
    look: Callable[[Asking], dict[str, Any]] | None = None
    tab: str = ""
    then: Callable[[Any, Any], str | None] | None = None
    shows: Callable[[str, Any], ResponseReturnValue] | None = None

    def fields_for(self, asking: Asking) -> Sequence[Field]:
        """Return the fields that are asked of this record."""
        if self.asks is not None:
            return self.asks(asking)
        return self.fields(asking.item or asking.row) if callable(self.fields) else self.fields


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list: what it is called and what stands in it.

    ``name`` stands for it in addresses (``?columns=NAME,NAME``): a column of the list of a room has one, and
    keeps it. ``is_extra``: shown only where it was chosen.
    """

    label: Label
    cell: Callable[[Any], Any]
    kind: str = "text"
    is_narrow: bool = False
    name: str = ""
    is_extra: bool = False


@dataclass(frozen=True, kw_only=True)
class Sort:
    """An order of a list that can be chosen (``?sort=NAME``); ``order`` None: the list's own.

    ``column`` is the name of the column whose head leads to it.
    """

    name: str
    label: Label
    order: Order | None
    column: str = ""


def entered(column: str = "") -> tuple[Sort, Sort]:
    """Return the two orders that the list of every record has: by when it was entered."""
    return (
        Sort(name="newest", label=_l("newest first"), order=NEWEST_FIRST, column=column),
        Sort(name="oldest", label=_l("oldest first"), order=Order(is_rising=True), column=column),
    )


def titled(column: str = "title") -> tuple[Sort, Sort]:
    """Return the two orders by title (or name), of records whose titles the search reads."""
    return (
        Sort(name="title", label=_l("by title"), order=Order(BY_TITLE, is_rising=True), column=column),
        Sort(name="title-back", label=_l("by title, backwards"), order=Order(BY_TITLE), column=column),
    )


@dataclass(frozen=True)
class Many:
    """One act about to be done to many marked records: everything that its function may need.

    ``versions`` are those that were shown, by the id of the record.
    """

    session: Session
    actor: Actor
    rows: Sequence[Any]
    versions: Mapping[UUID, int]
    stated: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """An act on many marked records of a list: all or nothing, each with a custody event of its own.

    ``run`` calls the one act of the room and returns what it changed. ``says`` is what will happen to so
    many of them, ``becomes`` to one of them, ``done`` what has happened. ``when`` says of a record whether it can be done to it,
    ``why_not`` why it cannot be; what ``is_so`` already is left as it stands. ``is_of_each`` False: the
    permission is needed somewhere, and not where each record lies.
    """

    name: str
    label: Label
    says: Callable[[int], str]
    becomes: Label
    done: Callable[[int], str]
    run: Callable[[Many], Sequence[Any]]
    fields: Sequence[Field] = ()
    permission: Permission | None = Permission.RECORD
    is_of_each: bool = True
    when: Always = always
    why_not: Label = ""
    is_so: Always = never
    so: Label = ""
    help: Label = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter of a list; the chosen value goes to the question under ``name``.

    ``says`` is the part of the sentence that a chosen value makes, with ``%(words)s`` in it; without it the
    sentence says label and words. ``widget`` "day" asks for a day.
    """

    name: str
    label: Label
    enum: type[StrEnum] | None = None
    choices: Callable[[Session, Actor], Sequence[tuple[str, Any]]] | None = None
    read: Callable[[str], Any] = str
    says: Label = ""
    widget: str = "text"

    @property
    def is_typed(self) -> bool:
        """Say whether its words are somebody's own: they stand in no address as they are."""
        return self.enum is None and self.choices is None and self.widget == "text"


@dataclass(frozen=True, kw_only=True)
class View:
    """Another look at a list, with the same filters and the same rights (``?view=NAME``).

    ``rows`` is the template of the rows, in place of a table. ``page`` asks in an order of its own; then
    ``key`` returns of a row what the next page begins after.
    """

    name: str
    label: Label
    rows: str
    icon: str = "list"
    page: Callable[..., Sequence[Any]] | None = None
    key: Callable[[Any], tuple[datetime, UUID]] | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The list of a room: a paged question, its columns, its filters, its orders, and other views of it.

    The first of ``sorts`` is the list's own. ``bulk`` are the acts on what is marked, which ``find_marked``
    finds by reference.
    """

    page: Callable[..., Sequence[Any]]
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    empty: Label = ""
    prepare: Callable[[Session, Sequence[Any], Actor], Any] | None = None
    is_scoped: bool = False
    template: str = "kinds/list.html"
    views: Sequence[View] = ()
    sorts: Sequence[Sort] = entered()
    bulk: Sequence[Bulk] = ()
    find_marked: Callable[..., Sequence[Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A group of facts of a record, by column; left out where ``when`` says no."""

    title: Label
    names: Sequence[str]
    when: Always = always


@dataclass(frozen=True, kw_only=True)
class Section:
    """Something that hangs on a record: rows of a question, and what can be done about them.

    ``when`` says on which records it hangs at all. ``most`` rows are shown, and it is said where there are
    more: the question is to ask for one more than that.
    """

    name: str
    title: Label
    rows: Callable[[Session, Any, Actor], Sequence[Any]]
    columns: Sequence[Column] = ()
    tab: str = "overview"
    empty: Label = ""
    actions: Sequence[Action] = ()
    item_actions: Sequence[Action] = ()
    template: str | None = None
    link: Callable[[Any], str | None] | None = None
    find: Callable[[Session, Any, UUID, Actor], Any] | None = None
    is_aside: bool = False
    when: Always = always
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of a record that is more than sections: its own template and what it shows.

    ``data`` returns ``more`` for the template; the rows under its key ``noted`` count for the level at
    which the reading is noted. ``when`` says which records have it.
    """

    name: str
    title: Label
    template: str | None = None
    data: Callable[[Session, Any, Actor], dict[str, Any]] | None = None
    permission: Permission | None = None
    when: Always = always


@dataclass(frozen=True, kw_only=True)
class Room:
    """Everything that the pages of a room are made from.

    ``within`` is the room in whose place of the navigation it stands, and what that is called.
    ``template`` shows the overview where ``kinds/record.html`` is not enough; what ``data`` returns is
    ``more`` in it. ``needs`` is what opening a record asks for, None where being let in is enough. A plain
    one (an account, a compartment) is no record of a room: nobody answers for it, and it has no legal basis.
    ``words`` are what its columns are called, where the column itself says little.
    """

    name: str
    icon: str
    one: Label
    many: Label
    model: type[Any]
    find: Callable[..., Any]
    listing: Listing
    reference: Callable[[Any], str] = lambda row: str(row.reference)
    title: Callable[[Any], str] = lambda row: str(row.title)
    status: Callable[[Any], Any] = lambda row: getattr(row, "state", None)
    facts: Sequence[Facts] = ()
    show: dict[str, Callable[[Session, Any, Actor], Any]] = field(default_factory=dict)
    tabs: Sequence[Tab] = ()
    sections: Sequence[Section] = ()
    actions: Sequence[Action] = ()
    more_routes: Callable[[Any], None] | None = None
    intro: Label = ""
    within: tuple[str, Label] | None = None
    needs: Permission | None = Permission.READ
    is_plain: bool = False
    words: Mapping[str, Label] = field(default_factory=dict)
    template: str | None = None
    data: Callable[[Session, Any, Actor], dict[str, Any]] | None = None
