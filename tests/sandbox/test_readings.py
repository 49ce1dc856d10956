"""Old text is shown in the encoding in which it was written, as far as its words can tell."""

import pytest

from evidence_tracker.sandbox.readings import best_reading

UKRAINIAN = "Вигадане село. О шостій ранку всіх вивели з підвалу; з ними було порося і їжа.\nПІДПИС: ОЛЕНА"
RUSSIAN = "В подвале было холодно, ёлки не было. Объявили, что всех увезут. ПРИКАЗ № 5"
ARABIC = "كان الجو باردا في القبو ولم يكن هناك ضوء"
HEBREW = "היה קר במרתף ולא היה אור"
FRENCH = "Il faisait très froid à la cave et l'été était déjà passé, où étions-nous?"
OLD = [
    *[(UKRAINIAN, encoding) for encoding in ("cp1251", "koi8_u", "iso8859_5", "mac_cyrillic")],
    *[(RUSSIAN, encoding) for encoding in ("cp1251", "cp866", "koi8_u", "iso8859_5", "mac_cyrillic")],
    (ARABIC, "cp1256"),
    (HEBREW, "iso8859_8"),
    (FRENCH, "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), OLD, ids=lambda value: value[:12])
def test_an_old_encoding_is_told_by_its_words_and_named(text, encoding):
    written = text.encode(encoding, "replace")
    assert best_reading(written) == (written.decode(encoding), encoding)


@pytest.mark.parametrize("text", [UKRAINIAN, RUSSIAN, ARABIC, FRENCH, "plain words", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_the_bytes_say_is_not_called_a_guess(text, encoding):
    assert best_reading(text.encode(encoding)) == (text, None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [UKRAINIAN, ARABIC, FRENCH])
def test_wide_text_without_a_mark_is_read(text, encoding):
    assert best_reading(text.encode(encoding)) == (text, None)


def test_a_character_that_is_cut_at_the_end_changes_nothing():
    assert best_reading(UKRAINIAN.encode()[:-1]) == (UKRAINIAN[:-1], None)


def test_one_damaged_byte_does_not_change_the_language():
    damaged = UKRAINIAN.encode().replace("холодно".encode(), b"", 1) + b"\xff end"
    text, encoding = best_reading(damaged)
    assert text.startswith(UKRAINIAN[:40])
    assert encoding == "utf-8"
