"""Finding a name in a text, and not finding it where it is not."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence_tracker.casework.persons import names
from evidence_tracker.casework.persons.names import fold, of_contact, of_name, of_phone, planted_in


@pytest.mark.parametrize("apostrophe", list("'`´ʼ’‘′＇"))
def test_every_apostrophe_is_the_same_as_none(apostrophe):
    assert fold(f"Мар{apostrophe}яна") == fold("Маряна") == "маряна"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("СТРАУСС", "страусс"),
        ("Ｏｋｓａｎａ", "oksana"),
        ("José", "jose"),
        ("Гу́ров", "гуров"),
        ("Пётр", "петр"),
        ("Nowak\u00adowska", "nowakowska"),
        ("Лі\u200bна", fold("Ліна")),
        ("Saint–Just", "saint-just"),
        (" a \n\t b ", "a b"),
        ("Straße", "strasse"),
        ("Հովհաննես", fold("ՀՈՎՀԱՆՆԵՍ")),
    ],
)
def test_forms_of_writing_are_folded_away(written, plain):
    assert fold(written) == plain


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_name_gives_the_whole_its_long_parts_and_their_stems():
    assert of_name("Ян Петренко-Вигадана") == {
        "ян петренко-вигадана",
        "петренко",
        "петренк",
        "вигадана",
        "вигадан",
    }


@pytest.mark.parametrize("name", ["", "Ян", "Лис", "  ", "123"])
def test_what_is_too_short_to_be_told_from_other_words_is_left_out(name):
    assert of_name(name) == set()


@pytest.mark.parametrize("form", ["Петренка", "ПЕТРЕНКОМ", "з Петренками", "file_петренко_2.mp3"])
def test_a_declined_name_is_found(form):
    assert planted_in(form, of_name("Іван Петренко"))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Андрій Неіснуючий", "пана Неіснуючого не було"),
        ("Петро Вигаданський", "Вигаданському передали"),
        ("Олег Кравець", "бачили Кравця на станції"),
        ("Іван Стрілець", "разом зі Стрільцем"),
        ("Марія Гарага", "передали Гаразі"),
        ("Оксана Солоха", "у Солосі"),
        ("Ян Цой", "Цой Ян, Цой Я."),
        ("Оксана Вигаданенко", "Oksana VYHADANENKO"),
        ("Оксана Вигаданенко", "Vigadanenko O."),
        ("Оксана Вигаданенко", "показания Выгаданенко"),
        ("Тарас Шевченко", "Schewtschenko, Ševčenko"),
        ("Андрій Неіснуючий", "A. Neisnuiuchyi"),
        ("Андрій Неіснуючий", "Neisnuyuchiy"),
        ("Oksana Vyhadanenko", "Оксана Вигаданенко"),
        ("Юлія Щербак", "Yuliia Shcherbak"),
        ("Григорій Ґалаґан", "Halahan"),
        ("Оксана Вигаданенко", "слово Вигaдaненкo"),
        ("Оксана Вигаданенко", "свідок Вигада-\nненко сказала"),
        ("Оксана Вигаданенко", "В И Г А Д А Н Е Н К О"),
        ("Оксана Вигаданенко", "oksana.vyhadanenko"),
        ("Оксана Вигаданенко", "OksanaVyhadanenko_1984.jpg"),
    ],
)
def test_a_name_is_found_however_it_is_written(name, written):
    assert planted_in(written, of_name(name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Олег Кравець", "Кравчук пішов додому"),
        ("Анна Ли", "Долина була порожня"),
        ("Марк Іваненко", "The marquee stood in front of the school."),
        ("Петро Вигаданський", "It was said in the village that the road was closed."),
        ("Роман Чорний", "чергова зупинка біля ринку"),
        ("Іван Гончар", "The house, the garden and a white van"),
    ],
)
def test_other_words_do_not_name_anybody(name, text):
    assert not planted_in(text, of_name(name))


def test_a_telephone_number_is_found_with_and_without_its_country():
    planted = of_phone("+380 (67) 555-01-23")
    assert planted == {"380675550123", "675550123"}
    for text in ("0675550123", "067-555-01-23", "+380 67 555 0123", "00380.67.555.01.23"):
        assert planted_in(text, planted), text
    assert of_phone("ask at the shop") == of_phone("12345") == set()


def test_contacts_give_their_numbers_and_addresses():
    found = of_contact("Signal +380501112233; oksana@mail.example, or the sister, flat 12")
    assert "380501112233" in found
    assert "oksana@mail.example" in found
    assert not any(item in {"12", "flat", "sister"} for item in found)


def test_digests_do_not_name_anybody():
    digest = "3f" * 14 + "abed" + "3f" * 2
    assert len(digest) == 36
    assert not planted_in(f'{{"sha256": "{digest}"}}', of_name("Abed"))
    assert not planted_in("0b0e7d4e-6a54-4f6e-abed-6c2f1f0f0a11", of_name("Abed"))
    assert planted_in("Abed came at nine", of_name("Abed"))


@given(
    st.text(st.sampled_from("абвгдеєжзиіїйклмнопрстуфхцчшщьюя'"), min_size=4, max_size=12),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_name_that_stands_in_a_text_is_found(name, before, after):
    planted = of_name(name)
    assume(planted)
    assert planted_in(f"{before} {name} {after}", planted)


def test_a_second_text_is_not_searched_in_place_of_the_first():
    assert planted_in("Петренко", ["петренко"])
    assert not planted_in("nobody", ["петренко"])
    assert names._searched.cache_info().maxsize == 1
