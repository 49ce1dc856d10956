"""Every text that a person reads on a page goes through gettext, and the catalogue holds all of them."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import jinja2
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from evidence_tracker import errors
from evidence_tracker.web import catalogues
from tests.house.reading import PACKAGE, ROOT, lines, modules

TEMPLATES = sorted((PACKAGE / "web/templates").rglob("*.html"))
#: Attributes that are read or read out.
READ = {"alt", "aria-label", "aria-description", "aria-roledescription", "placeholder", "title"}
#: Names of arguments that people read, wherever a page is described as data.
NAMED = {
    "advice",
    "empty",
    "help",
    "label",
    "many",
    "one",
    "says",
    "text_when_none",
    "title",
    "warning",
    "why",
}
#: Errors speak English wherever they are raised, so that logs do; they are looked up as they are shown.
RAISED = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {"Wrong", "answer"}
#: What is the same in every language: examples of what is typed, names of formats and laws.
SAME = {"rome-statute:8(2)(a)(i)", "KYI-E-0031", ".receipt", "GDPR 10", "SHA-256", "UTC"}
#: A macro that writes attributes into the tag of a field.
IN_A_TAG = re.compile(r"{% macro described.*?{%-? endmacro %}", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """Return docs/make_catalogue.py, which stands in no package."""
    spec = importlib.util.spec_from_file_location("make_catalogue", ROOT / "docs/make_catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ------------------------------------------------------------------------------ templates


class Page(HTMLParser):
    """Collects what would be read: text, and the attributes that stand for text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.read: list[str] = []

    def handle_data(self, data: str) -> None:
        self.read.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read += [value or "" for name, value in attrs if name in READ]
        if tag == "input" and dict(attrs).get("type") in {"submit", "button", "reset"}:
            self.read.append(dict(attrs).get("value") or "")


def untranslated(template: str) -> list[str]:
    """Return the texts of a template that are the same in every language, and should not be."""
    pieces, depth = [], 0
    for _line, kind, piece in jinja2.Environment().lex(IN_A_TAG.sub("", template)):  # noqa: S701 - nothing is rendered
        if kind in {"variable_begin", "block_begin"}:
            depth += 1
            pieces.append("\ue000")  # something that is said elsewhere
        elif kind in {"variable_end", "block_end"}:
            depth -= 1
        elif kind == "data" and not depth:
            pieces.append(piece)
    page = Page()
    page.feed("".join(pieces))
    page.close()
    said = [" ".join(part.split()) for text in page.read for part in text.split("\ue000")]
    return [part for part in said if LETTERS.search(part) and part not in SAME]


def test_no_template_says_anything_that_cannot_be_translated():
    offenders = [
        f"{path.relative_to(PACKAGE)}: {text[:60]}"
        for path in TEMPLATES
        for text in untranslated(path.read_text("utf-8"))
    ]

    assert len(TEMPLATES) > 50
    assert not offenders, lines(offenders)


def test_no_page_writes_a_month_or_a_day_of_the_week_in_english():
    offenders = [
        str(path.relative_to(PACKAGE))
        for path in [*TEMPLATES, *PACKAGE.glob("web/**/*.py")]
        if re.search(r"strftime\([^)]*%[aAbBpcx]", path.read_text("utf-8"))
    ]

    assert offenders == []


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>Nothing here.</p>", ["Nothing here."]),
        ('<p>{{ _("Nothing here.") }}</p>', []),
        ("<p>{{ n }} exhibits</p>", ["exhibits"]),
        ('<b title="Open it">{{ x }}</b>', ["Open it"]),
        ('<b class="btn primary" data-x="words here">{{ x }}</b>', []),
        ('{% if a %}<img alt="A map">{% endif %}', ["A map"]),
        ('<input type="submit" value="Send it">', ["Send it"]),
        ('<a href="{{ url }}" title="{{ _("Go") }}">›</a>{# a remark #}', []),
    ],
)
def test_text_beside_gettext_is_seen_and_markup_is_not(source, seen):
    assert untranslated(source) == seen


# ------------------------------------------------------------------------------ modules


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def arguments(tree: ast.AST, *, raised: bool) -> Iterator[ast.expr]:
    """Yield the arguments that people read: those of errors, or those of everything else."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (called(call) in RAISED) is raised:
            yield from (word.value for word in call.keywords if word.arg in NAMED)
            if called(call) == "flash" or raised:
                yield from call.args[: 2 if called(call) == "answer" else 1]


def literals(value: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the strings that an argument may be, but for those that are handed on to gettext."""
    some = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    some = value.values if isinstance(value, ast.BoolOp) else some
    yield from (one for one in some if isinstance(one, ast.JoinedStr))
    yield from (one for one in some if isinstance(one, ast.Constant) and isinstance(one.value, str))


def fixed(text: ast.Constant | ast.JoinedStr) -> str:
    """Return the letters of a string that stand in the source."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def bare_texts(tree: ast.AST) -> list[str]:
    """Return the texts for people that nobody hands to gettext."""
    varies = re.compile(r"%\(\w+\)s")
    said = [fixed(one) for value in arguments(tree, raised=False) for one in literals(value)]
    return [text for text in said if LETTERS.search(varies.sub("", text))]


def test_no_module_of_the_web_face_says_anything_that_cannot_be_translated():
    offenders = [
        f"{path}: {text[:60]}"
        for path, tree in modules().items()
        if path.startswith("web/")
        for text in bare_texts(tree)
    ]

    assert not offenders, lines(offenders)


def test_a_denial_is_english_where_it_is_raised():
    """It goes into the access log, which is not in the language of whoever was denied."""
    offenders = [
        f"{path}:{call.lineno}"
        for path, tree in modules().items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call) in {"NotPermitted", "SecondPersonNeeded"}
        for value in call.args[:1]
        if isinstance(value, ast.Call)
    ]

    assert not offenders, lines(offenders)


def test_what_errors_say_is_a_sentence_that_the_catalogue_has(maker):
    offenders = []
    for path, tree in modules().items():
        if not path.startswith(("integrity/", "cli/", "migrations/", "jobs/", "custody/verify")):
            known = set(maker.sentences(tree))
            for one in (found for value in arguments(tree, raised=True) for found in literals(value)):
                text = maker.with_holes(one) if isinstance(one, ast.JoinedStr) else one.value
                if text not in known and len(re.findall("[a-z]", fixed(one))) >= 9:
                    offenders.append(f"{path}:{one.lineno}: {str(text)[:80]}")

    assert not offenders, lines(offenders)


@pytest.mark.parametrize(
    "code",
    [
        'Field("x", label="Open it")',
        'flash("Done.")',
        'Facts(title="Plan" if x else _("Other"))',
        'Facts(title=f"Plan of {x}")',
    ],
)
def test_a_bare_text_is_seen(code):
    assert bare_texts(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        'Field("name", label=_l("Name"))',
        'flash(_("Done."), "done")',
        'open("a file", mode="rb")',
        'Field("x", empty="%(words)s")',
        'raise errors.NotFound(f"There is no {x}.", advice="Look again.")',
    ],
)
def test_a_text_for_gettext_a_word_for_machines_and_an_error_are_not(code):
    assert not bare_texts(ast.parse(code))


# ------------------------------------------------------------------------------ the catalogue


def test_the_catalogue_and_its_translations_are_current(maker):
    """Else: python3 dev.py texts."""
    stale = [
        str(path.relative_to(ROOT))
        for path, text in maker.made_files().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]

    assert stale == []


def test_the_sentences_of_the_rooms_are_in_it_with_holes_for_what_varies(maker):
    code = 'def act():\n    """Do it, please."""\n    raise Refused(f"{a} is not {b} of all.", advice="Ask for it.")'

    assert sorted(maker.sentences(ast.parse(code))) == ["Ask for it.", "{0} is not {1} of all."]


def translations() -> list[Path]:
    return sorted(catalogues.TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def translated(path: Path) -> list[Message]:
    with path.open("rb") as file:
        return [
            one for one in read_po(file, locale=path.parts[-3], abort_invalid=True) if one.id and one.string
        ]


def forms(text: object) -> list[str]:
    return (
        [text]
        if isinstance(text, str)
        else [str(one) for one in text]
        if isinstance(text, list | tuple)
        else []
    )


def kept(text: str) -> tuple[set[str], bool]:
    """Return what a text has to keep in any language."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)), "<" in text


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.parts[-3])
def test_a_translation_keeps_what_varies_and_what_is_markup(path):
    offenders = [
        f"{one.id!r} → {text!r}"
        for one in translated(path)
        for text in forms(one.string)
        if text and kept(text) != kept(forms(one.id)[-1])
    ]

    assert not offenders, lines(offenders)


@pytest.mark.parametrize("path", translations(), ids=lambda path: path.parts[-3])
def test_a_plural_has_every_form_or_none(path):
    half = [
        str(one.id)
        for one in translated(path)
        if isinstance(one.string, tuple) and any(one.string) and not all(one.string)
    ]
    assert [one for one in half if one] == []


def test_no_catalogue_that_is_compiled_is_in_git():
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "*.mo" in ignored


def test_what_was_changed_is_compiled_and_what_was_not_is_left(tmp_path):
    place = tmp_path / "uk/LC_MESSAGES"
    place.mkdir(parents=True)
    source = translations()[0].read_text("utf-8")
    (place / "messages.po").write_text(source, "utf-8")

    assert catalogues.compile_stale(tmp_path) == [place / "messages.po"]
    assert (place / "messages.mo").stat().st_size > 1000
    assert catalogues.compile_stale(tmp_path) == []
    (place / "messages.mo").unlink()
    assert catalogues.stale(tmp_path) == [place / "messages.po"]
