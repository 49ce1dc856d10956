"""Sentences of the rooms in the language of the page (docs/decisions/0009-look-sentences-up.md).

Rooms, ground and sandbox speak English and know of no page. Their sentences are looked up as they are
shown: whole, or by their pattern, with what varies (``{0}``) kept apart.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import get_translations

LONGEST = 4000
_HOLE = re.compile(r"\{([0-9])\}")


@dataclass(frozen=True)
class Pattern:
    """A sentence with holes: the fixed parts around them, which hole is where, and the words for it."""

    parts: tuple[str, ...]
    holes: tuple[int, ...]
    words: str

    @classmethod
    def of(cls, sentence: str, words: str) -> "Pattern":
        """Return the pattern of a sentence with ``{0}`` in it."""
        pieces = _HOLE.split(sentence)
        return cls(tuple(pieces[::2]), tuple(int(number) for number in pieces[1::2]), words)

    def fill(self, message: str) -> str | None:
        """Return the words with what ``message`` has in the holes; None where it is another sentence.

        Each part is sought once from left to right: a long value costs no more than to read it.
        """
        first, *rest = self.parts
        if not message.startswith(first) or not message.endswith(rest[-1]):
            return None
        values, at = [], len(first)
        for part in rest[:-1]:
            end = message.find(part, at)
            if end < 0:
                return None
            values.append(message[at:end])
            at = end + len(part)
        last = len(message) - len(rest[-1])
        if last < at:
            return None
        said = dict(zip(self.holes, [*values, message[at:last]], strict=True))
        return _HOLE.sub(lambda hole: whole(said.get(int(hole[1]), "")), self.words)


def told(message: object) -> str:
    """Return a sentence of a room in the language of the page, as it is where the catalogue has it not."""
    text = str(message)
    found = whole(text)
    if found != text or not text or len(text) > LONGEST:
        return found
    return next((filled for one in _patterns() if (filled := one.fill(text)) is not None), text)


def whole(text: str) -> str:
    """Return a sentence without holes in the language of the page, as it is where the catalogue has it not."""
    return str(get_translations().ugettext(text)) if text else ""


def patterns(catalogue: Mapping[object, str]) -> tuple[Pattern, ...]:
    """Return the sentences of a catalogue that have holes, those that say most first."""
    return _sorted(
        Pattern.of(sentence, words)
        for sentence, words in catalogue.items()
        if isinstance(sentence, str) and words and _HOLE.search(sentence)
    )


def _sorted(some: Iterable[Pattern]) -> tuple[Pattern, ...]:
    return tuple(sorted(some, key=lambda one: (-sum(map(len, one.parts)), one.parts)))


def _patterns() -> tuple[Pattern, ...]:
    return _of(get_translations())


@lru_cache(maxsize=8)
def _of(translations: object) -> tuple[Pattern, ...]:
    # gettext has no way to ask a catalogue what is in it.
    return patterns(getattr(translations, "_catalog", {}))
