"""Words as the search compares them: folding, what was asked, and the passage that answers it.

Records and questions are folded by the same function before the database sees them, so that
"Інтерв’ю" finds "інтерв'ю" and "Ганок" finds "Ґанок". Nothing here speaks to the database.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evidence_tracker.errors import InvalidInput

MAX_ASKED = 400
MAX_TERMS = 16
SHORTEST_BEGINNING = 2
BEFORE, AFTER = 8, 24  # words around the first one that was found
_AT_ONCE = 500  # words looked through at once; most passages stand near the beginning

_APOSTROPHES = "'’ʼ‘‛`´′ʹʻˈ＇"
_QUOTES = dict.fromkeys(map(ord, '"«»„“”‟〝〞＂'), '"')
_TOKEN = re.compile(r"[^\W_]+")
_ASKED = re.compile(r'"([^"]*)"|([^\s"]+)')
_POSSESSIVE = re.compile(r"(?<=[a-z])'(?=s\b)")
_INSIDE_A_WORD = re.compile(r"(?<=\w)'(?=\w)")


class _Visible(dict[int, int | str | None]):
    """Each character as it enters: control is a space, what is invisible is nothing."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        found: int | str | None = code
        if character in _APOSTROPHES:
            found = "'"
        elif unicodedata.category(character) in {"Cf", "Cs"}:
            found = None
        elif character < " ":
            found = " "
        self[code] = found
        return found


class _Bare(dict[int, int | None]):
    """Each character of a decomposed text: what only marks another one is nothing."""

    def __missing__(self, code: int) -> int | None:
        found = None if unicodedata.combining(chr(code)) else code
        self[code] = found
        return found


# They fill themselves: to make them for all of Unicode would take longer than most commands.
_VISIBLE = _Visible()
_BARE = _Bare({ord("ґ"): ord("г")})


def folded(text: str) -> str:
    """Return text as the search compares it: as ``stated.fold``, and apostrophes and ґ aside.

    ``ё`` is ``е`` and ``й`` is ``и``, since both are a letter and a mark.
    """
    visible = text.translate(_VISIBLE)
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", visible).casefold())
    bare = unicodedata.normalize("NFKC", flat.translate(_BARE)).casefold().translate(_BARE)
    if "'" in bare:
        bare = _INSIDE_A_WORD.sub("", _POSSESSIVE.sub(" ", bare))
    return " ".join(bare.split())


@dataclass(frozen=True)
class Term:
    """One word or phrase that must be there, folded; ``is_beginning``: of its last word at least the beginning."""

    words: tuple[str, ...]
    is_beginning: bool

    @property
    def expression(self) -> str:
        """Return the term for FTS5: always a string, so that nothing typed is an operator."""
        return f'"{" ".join(self.words)}"' + (" *" if self.is_beginning else "")

    @property
    def pattern(self) -> str:
        """Return a regular expression that finds the term in folded text."""
        end = "" if self.is_beginning else r"(?![^\W_])"
        return r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, self.words)) + end


def terms(asked: str) -> list[Term]:
    """Return what a question asks for; all of it must be found.

    Words stand alone, phrases between quotation marks of any kind. The last word, and every word
    that ends with ``*``, is the beginning of a word. What has no letter or digit asks for nothing.
    """
    if len(asked) > MAX_ASKED:
        raise InvalidInput(
            f"The search takes at most {MAX_ASKED} characters.", advice="Search for a few of the words."
        )
    found = list(_terms(asked.translate(_QUOTES)))
    if len(found) > MAX_TERMS:
        raise InvalidInput(
            f"The search takes at most {MAX_TERMS} words.", advice="Search for the rarest of them."
        )
    return found


def _terms(asked: str) -> Iterator[Term]:
    pieces = list(_ASKED.finditer(asked))
    for place, piece in enumerate(pieces, start=1):
        phrase, word = piece.groups()
        words = tokens(phrase if phrase is not None else word)
        if not words:
            continue
        is_open = word is not None and (place == len(pieces) or word.endswith("*"))
        yield Term(words, is_open and len(words[-1]) >= SHORTEST_BEGINNING)


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, cut where FTS5 cuts them."""
    return tuple(_TOKEN.findall(folded(text)))


def expression(asked: Sequence[Term]) -> str:
    """Return the terms as one FTS5 expression."""
    return " AND ".join(term.expression for term in asked)


@dataclass(frozen=True)
class Piece:
    """A part of a passage; ``is_found``: it is what was asked for."""

    text: str
    is_found: bool


def excerpt(text: str, asked: Sequence[Term]) -> tuple[Piece, ...]:
    """Return the passage of a text around the first term that stands in it; empty where none does.

    The words are those of the text; an ellipsis says that something was cut.
    """
    pattern = re.compile("|".join(term.pattern for term in asked))
    words = text.split()
    place = _first(words, pattern)
    if place is None:
        return ()
    start, end = max(0, place - BEFORE), min(len(words), place + AFTER)
    marked = _marked(words[start:end], pattern)
    before = [("…", False)] if start else []
    after = [("…", False)] if end < len(words) else []
    return tuple(
        Piece(" ".join(word for word, _ in group), is_found)
        for is_found, group in groupby([*before, *marked, *after], key=lambda pair: pair[1])
    )


def _first(words: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """Return about where the first match begins; words that fold to nothing shift it a little."""
    for start in range(0, len(words), _AT_ONCE):
        flat = folded(" ".join(words[start : start + _AT_ONCE + MAX_TERMS]))
        found = pattern.search(flat)
        if found is not None:
            return min(start + flat.count(" ", 0, found.start()), len(words) - 1)
    return None


def _marked(words: Sequence[str], pattern: re.Pattern[str]) -> list[tuple[str, bool]]:
    bare = [folded(word) for word in words]
    spans = [match.span() for match in pattern.finditer(" ".join(bare))]
    marked, at = [], 0
    for word, flat in zip(words, bare, strict=True):
        is_found = any(start < at + len(flat) and at < end for start, end in spans)
        marked.append((word, is_found))
        at += len(flat) + 1
    return marked
