"""The one reading of old 8-bit text that a person should see. Child only.

The scan of names reads such text in each likely encoding; a page can show only one. Nothing in
the bytes decides, so the words do: in the right encoding they keep to one script, to one
pattern of capitals, and to the letters that are frequent in it.
"""

import codecs
import re
from collections.abc import Iterable

from evidence_tracker.sandbox.documents import OLD_ENCODINGS

SAMPLE = 16 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WORD = re.compile(r"[^\W\d_]+")
#: The letters of each script, the frequent ones first; Cyrillic is the mean of Ukrainian and Russian.
FREQUENT = (
    "оаиентврслкдмпуяізьыбгчхйжшюцщїєфэґъёў",
    "etaoinsrhldcumpfgwybvkxjqzéàèêçôùûâîëïüöäñáíóúß",
    "اليمونترعبدسفهكقحجشصطخذزضغثظةىءآأإئؤپچژگ",
    "יוהלאתרבםשמנדעקחפןטגכסצזךףץ",
)
WEIGHTS = {letter: 1 - place / len(script) for script in FREQUENT for place, letter in enumerate(script)}
SCRIPT_OF = {letter: number for number, script in enumerate(FREQUENT) for letter in script}
ORDINARY = frozenset(" \t\r\n.,;:!?'\"()-+/%&@#*=<>[]{}_$|\\~^`0123456789«»„“”‘’–—…№§°©®•،؛؟")


def best_reading(data: bytes) -> tuple[str, str | None]:
    """Return the text, and the name of the encoding if it was guessed (None if the bytes say it).

    The end of ``data`` may be in the middle of a character.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding), None
    if b"\0" in data[:200]:
        return _decoded(data, _wide(data[:2_000])), None
    text = _decoded(data, "utf-8")
    broken, foreign = text.count("\ufffd"), sum(letter > "\x7f" for letter in text)
    if not broken or broken * 20 < foreign:  # few are damage, many are another encoding
        return text, "utf-8" if broken else None
    encoding = _likeliest(data[:SAMPLE])
    return _decoded(data, encoding), encoding


def _decoded(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)("replace").decode(data)


def _wide(sample: bytes) -> str:
    """Return the byte order of UTF-16 without a mark: the upper bytes are the ones that repeat."""
    even, odd = sample[::2], sample[1::2]
    return "utf-16-le" if len(set(odd)) < len(set(even)) else "utf-16-be"


def _likeliest(sample: bytes) -> str:
    return max(OLD_ENCODINGS, key=lambda encoding: _plausible(sample.decode(encoding, "replace")))


def _plausible(text: str) -> float:
    """Return how much like written language this is; higher is more."""
    strange = sum(not (letter.isalpha() or letter in ORDINARY) for letter in text)
    return sum(map(_word_value, _foreign_words(text))) - 3 * strange


def _foreign_words(text: str) -> Iterable[str]:
    # ASCII is the same in all of them and decides nothing.
    return (found[0] for found in WORD.finditer(text) if not found[0].isascii())


def _word_value(word: str) -> float:
    lower = word.lower()
    scripts = {SCRIPT_OF.get(letter) for letter in lower}
    is_cased = word in {lower, word.upper(), word[:1].upper() + lower[1:]}
    if len(scripts) > 1 or None in scripts or not is_cased:
        return -len(word)
    return sum(WEIGHTS[letter] for letter in lower)
