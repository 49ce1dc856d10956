"""Write the catalogue of all texts of the pages, and carry its changes into the translations.

``python3 dev.py texts`` starts it; ``tests/house/test_texts.py`` fails where a file differs from what would be
written. There are no dates and no places in it: the same source gives the same bytes everywhere.

``evidence_tracker/web/translations/messages.pot``          every text, in English
``evidence_tracker/web/translations/<language>/…/messages.po``   the same with its translations

Three kinds of text come together: what pages and templates hand to gettext, the words of lists (values of enums,
names of columns), and the sentences of the rooms, which are looked up as they are shown (decision 9).
"""

import ast
import inspect
import io
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from evidence_tracker import tables
from evidence_tracker.db import Base, Evidential
from evidence_tracker.web import ROOMS, catalogues
from evidence_tracker.web.words import CHOICE, FACT, bare, is_spelled, spelled

PACKAGE = Path(inspect.getfile(tables)).parent
WEB = PACKAGE / "web"
TEMPLATE = catalogues.TRANSLATIONS / "messages.pot"

KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext"), None),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2)),
    "pgettext": ((1, "c"), 2),
}
#: Whose words and sentences people read; the command line and the proof speak English.
SPEAKING = (
    "access",
    "casework",
    "custody",
    "keys",
    "sandbox",
    "values",
    "vault",
    "web",
    "errors.py",
    "instance.py",
)
UNWANTED = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|[\w-]+: .*<?(?:EMAIL@|LL@)).*\n', re.MULTILINE
)
SENTENCE = re.compile(r"[A-Z0{].* .*[.?…]|[A-Z].*: .*", re.DOTALL)
LEAST_LETTERS = 6
#: States that pages make up, such as "care-critical", stand in the template that colours them.
STATES = re.compile(r"{% set [A-Z]+ = (\[.*\]) %}")
HEADER = "# Texts of evidence_tracker: made by docs/make_catalogue.py from the source.\n#"

Text = tuple[str | tuple[str, ...], str | None]


def catalogue() -> Catalog:
    """Return every text there is, sorted, without places."""
    made = Catalog(header_comment=HEADER, project="evidence_tracker", version="1", fuzzy=False)
    for message, context in sorted({*of_pages(), *of_lists(), *of_rooms()}, key=str):
        flags = {"python-brace-format"} if "{0}" in message else set()
        made.add(message, context=context, flags=flags)
    return made


# ------------------------------------------------------------------------------ pages


def of_pages() -> Iterator[Text]:
    """Yield what the modules and templates of the web face hand to gettext."""
    for method, pattern in (("python", "*.py"), ("jinja2", "*.html")):
        for path in sorted(WEB.rglob(pattern)):
            with path.open("rb") as file:
                found = list(extract(method, file, KEYWORDS, options={"silent": "false"}))
            for _line, message, _comments, context in found:
                yield message, context


# ------------------------------------------------------------------------------ lists


def of_lists() -> Iterator[Text]:
    """Yield the words of enums, of records and of what can be done, and the names of columns."""
    for kind in every(StrEnum):
        if kind.__module__.split(".")[1] in SPEAKING:
            yield from ((spelled(word.value), CHOICE) for word in kind if is_spelled(word.value))
    for mapper in Base.registry.mappers:
        yield spelled(mapper.class_.__tablename__), CHOICE
        if issubclass(mapper.class_, Evidential):
            yield from ((bare(column.key), FACT) for column in mapper.columns)
    looks = "".join(STATES.findall((WEB / "templates/macros.html").read_text("utf-8")))
    yield from ((spelled(word), CHOICE) for word in re.findall('"([a-z-]+)"', looks))
    for room in ROOMS:
        done = [*room.actions, *(one for section in room.sections for one in section.actions)]
        yield from ((spelled(one.name), CHOICE) for one in (room, *done))


def every(kind: type[StrEnum]) -> Iterator[type[StrEnum]]:
    """Yield the enums of this house that are loaded; the pages have loaded all of them."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("evidence_tracker."):
            yield one


# ------------------------------------------------------------------------------ rooms


def of_rooms() -> Iterator[Text]:
    """Yield every string of rooms, ground and sandbox that is a sentence: whole, or with holes for what varies."""
    for name in SPEAKING:
        place = PACKAGE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield from ((text, None) for text in sentences(ast.parse(path.read_text("utf-8"))))


def sentences(tree: ast.AST) -> Iterator[str]:
    """Yield the sentences of a module, without its docstrings."""
    inside = {id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
    inside |= {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if id(one) in inside or not isinstance(one, ast.Constant | ast.JoinedStr):
            continue
        text = one.value if isinstance(one, ast.Constant) else with_holes(one)
        fixed = re.sub(r"\{[0-9]\}", "", text) if isinstance(text, str) else ""
        if (
            isinstance(text, str)
            and SENTENCE.fullmatch(text)
            and len(re.findall("[a-z]", fixed)) >= LEAST_LETTERS
        ):
            yield text


def with_holes(text: ast.JoinedStr) -> str | None:
    """Return an f-string with ``{0}``, ``{1}`` for what varies; None with more than ten of those."""
    pieces, holes = [], 0
    for part in text.values:
        if isinstance(part, ast.Constant):
            pieces.append(str(part.value))
        else:
            pieces.append(f"{{{holes}}}")
            holes += 1
    return "".join(pieces) if holes <= 10 else None


# ------------------------------------------------------------------------------ the files


def made_files() -> dict[Path, str]:
    """Return the catalogue and every translation, as they should be."""
    every_text = catalogue()
    made = {TEMPLATE: written(every_text)}
    for path in sorted(catalogues.TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            translated = read_po(file, locale=path.parts[-3], abort_invalid=True)
        header = translated.header_comment
        translated.update(every_text, no_fuzzy_matching=True, update_header_comment=False)
        translated.header_comment = header
        made[path] = written(translated)
    return made


def written(texts: Catalog) -> str:
    """Return a catalogue as text: sorted, without dates and places, one line for each message."""
    with io.BytesIO() as file:
        write_po(file, texts, width=0, no_location=True, sort_output=True)
        return UNWANTED.sub("", file.getvalue().decode("utf-8"))


def main() -> None:
    """Write the files, compile them, and say how much of each language is there."""
    for path, text in made_files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        with path.open("rb") as file:
            texts = [one for one in read_po(file) if one.id]
        there = sum(bool(one.string if isinstance(one.string, str) else all(one.string)) for one in texts)
        said = f"{there} of {len(texts)} translated" if path.suffix == ".po" else f"{len(texts)} texts"
        sys.stdout.write(f"{path.relative_to(catalogues.TRANSLATIONS)}: {said}\n")
    catalogues.compile_stale()


if __name__ == "__main__":
    main()
