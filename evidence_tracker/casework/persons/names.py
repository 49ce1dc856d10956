"""What in an identity could name its bearer inside a text, and how a text is searched for it.

Both sides of the search go through ``fold``, so that a name is found whatever the case,
width, apostrophe, hyphen or stress mark it is written with; and through ``skeleton``, so that
it is found in the other alphabet, in another transliteration and in mixed letters.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

SHORTEST_PART = 4
SHORTEST_STEM = 5
SHORTEST_SKELETON = 6
SHORTEST_UNBROKEN = 9
SHORTEST_PHONE = 7
NATIONAL_PHONE = 9
SHORTEST_NUMBER = 6

_APOSTROPHES = "'`´ʹʻʼʽˈ‘’‛′＇"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_FOLDING = str.maketrans({**dict.fromkeys(_APOSTROPHES), **dict.fromkeys(_HYPHENS, "-")})
# Accents and other marks, and characters that only steer the layout; none are beyond plane 1
# but for the tags and selectors of plane 14.
_LEFT_OUT = frozenset({"Mn", "Me", "Cf"})
_PLACES = (range(0x20000), range(0xE0000, 0xE0200))
_SEPARATORS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d(?:[ ().-]{0,2}\d)+")
_LAST_VOWEL = re.compile(r"[аеиіоуюяєыэь]+$")
# Кравець, Кравця; Сірок, Сірка.
_FLEETING = re.compile(r"(?<=[^\W\d_]{2})[еоє](?=[бвгґджзклмнпрстфхцчшщ]ь?$)")
# Гарага, Гаразі; Солоха, Солосі.
_SOFTENED = {"г": "з", "к": "ц", "х": "с"}
_BARE_LETTERS = str.maketrans(
    dict(zip("абвгґдезиіыэклмнопрстуф", "abvhhdeziiieklmnoprstuf", strict=True))
    | {"є": "ie", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
    | {"ь": None, "ъ": None, "y": "i", "j": "i", "w": "v", "g": "h", "q": "k", "x": "ks"}
)
# In this order: what several transliterations write for one letter becomes one letter.
_LETTER_GROUPS = (
    *(("sch", "s"), ("shch", "s"), ("sh", "s"), ("tch", "c"), ("ch", "c"), ("ts", "c"), ("tz", "c")),
    *(("cz", "c"), ("ck", "k"), ("kh", "h"), ("zh", "z"), ("ph", "f"), ("ie", "e")),
)
_DOUBLED = re.compile(r"([a-z])\1+")
_DIGEST = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])"
)


def fold(text: str) -> str:
    """Return text as names are compared.

    Apostrophes and invisible characters (soft hyphens, joiners) removed, hyphens made one,
    then compatibility forms, case, accents, stress marks and white space aside.
    """
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text.translate(_FOLDING)).casefold())
    bare = unicodedata.normalize("NFKC", flat.translate(_marks())).casefold()
    return " ".join(bare.translate(_FOLDING).translate(_marks()).split())


@cache
def _marks() -> dict[int, None]:
    # A table, because a bundle may hold a hundred million characters to be searched.
    return {
        point: None for place in _PLACES for point in place if unicodedata.category(chr(point)) in _LEFT_OUT
    }


def digits_and_letters(text: str) -> str:
    """Return folded text without anything but letters and digits: how numbers are compared."""
    return _SEPARATORS.sub("", fold(text))


def of_name(name: str) -> set[str]:
    """Return what would give a name away: the whole, its parts and their stems, all folded.

    Parts have four letters or more. A Cyrillic part also loses its last vowel where five
    letters remain, because running text declines names (Петренко, Петренка, Петренком). Where
    no part is long enough, the whole is looked for with the family name first, too.
    """
    whole = fold(name)
    words = _WORD.findall(whole)
    parts = {part for part in words if len(part) >= SHORTEST_PART}
    wholes = {whole} if parts else {whole, " ".join(reversed(words))}
    return {one for one in wholes if len(one) >= SHORTEST_PART} | parts | _stems(parts)


def _stems(parts: Iterable[str]) -> set[str]:
    stems = {stem for part in parts for stem in (_LAST_VOWEL.sub("", part), _FLEETING.sub("", part))}
    stems |= {_FLEETING.sub("", stem) for stem in stems}
    stems |= {part[:-2] + _SOFTENED[part[-2]] for part in parts if part[-1:] == "а" and part[-2] in _SOFTENED}
    return {stem for stem in stems if len(stem) >= SHORTEST_STEM} - set(parts)


@lru_cache(maxsize=10_000)
def skeleton(folded: str) -> str:
    """Return folded text in the letters that all transliterations have in common.

    Вигаданенко, Выгаданенко, Vyhadanenko and Vigadanenko become the same.
    """
    return _to_skeleton(folded)


def _to_skeleton(folded: str) -> str:
    text = folded.translate(_BARE_LETTERS)
    for group, letter in _LETTER_GROUPS:
        text = text.replace(group, letter)
    return _DOUBLED.sub(r"\1", text)


def of_phone(phone: str) -> set[str]:
    """Return the digits of a telephone number, whole and as dialled inside the country."""
    digits = "".join(character for character in fold(phone) if character.isdecimal())
    if len(digits) < SHORTEST_PHONE:
        return set()
    return {digits, digits[-NATIONAL_PHONE:]}


def of_contact(text: str) -> set[str]:
    """Return the numbers, document numbers and electronic addresses inside a free text."""
    folded = fold(text)
    words = [word.strip(".,;:()") for word in folded.split()]
    numbers = {digits_and_letters(word) for word in words if any(character.isdecimal() for character in word)}
    numbers |= {digits_and_letters(number) for number in _NUMBER.findall(folded)}
    handles = {word for word in words if "@" in word}
    return {item for item in numbers | handles if len(item) >= SHORTEST_NUMBER}


def planted_in(text: str, planted: Iterable[str]) -> list[str]:
    """Return which of the strings from ``of_*`` stand anywhere in ``text``, sorted.

    What holds a digit is looked for in the text without its separators, everything else in
    the folded text, inside words too; what is long enough not to be hit by chance also by its
    skeleton, and if longer still across separators (a name s p a c e d out, or broken at the end
    of a line). Digests and UUIDs are passed over: with a thousand of them, four letters
    between a and f are found by chance.
    """
    searched = _searched(text)
    return sorted({needle for needle in planted if searched.holds(needle)})


@dataclass(frozen=True)
class _Searched:
    """A text in every form that is searched."""

    folded: str
    bare: str
    skeleton: str
    unbroken: str

    def holds(self, needle: str) -> bool:
        if "@" not in needle and any(character.isdecimal() for character in needle):
            return needle in self.bare
        if needle in self.folded:
            return True
        bones = skeleton(needle)
        if len(bones) >= SHORTEST_SKELETON and bones in self.skeleton:
            return True
        together = bones.replace(" ", "").replace("-", "")
        return len(together) >= SHORTEST_UNBROKEN and together in self.unbroken


@lru_cache(maxsize=1)
def _searched(text: str) -> _Searched:
    # The scan asks for one person after the other: a long text is folded once, not for each.
    folded = _DIGEST.sub(" ", fold(text))
    bare = _SEPARATORS.sub("", folded)
    return _Searched(folded, bare, _to_skeleton(folded), _to_skeleton(bare))
