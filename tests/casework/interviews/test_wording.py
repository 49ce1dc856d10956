"""The look at the wording: what must be flagged, what must not, and what no text can break."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_tracker.casework.interviews import wording
from evidence_tracker.casework.interviews.models import AccountType, QuestionType

TAG, SUPPOSED, CHOICE = "asks for agreement", "supposes the answer", "a choice of answers"
OTHERS, PROMISE, PRESSURE, SEXUAL = (
    "what others said",
    "promises something",
    "presses or blames",
    "sexual conduct",
)
YES_OR_NO, SEVERAL = "yes or no", "several questions"

FLAGGED = [
    ("en", "It was a tank, wasn't it?", TAG),
    ("en", "They were soldiers, right?", TAG),
    ("en", "He left, didn't he?", TAG),
    ("en", "Would you agree that they aimed at the school?", TAG),
    ("en", "Is it true that they laughed?", TAG),
    ("en", "Didn't you see the flag?", SUPPOSED),
    ("en", "You saw the commander?", SUPPOSED),
    ("en", "So he ordered it?", SUPPOSED),
    ("en", "You must have been afraid. What did you do?", SUPPOSED),
    ("en", "Was it the 64th brigade that came?", SUPPOSED),
    ("en", "How badly did they beat him?", SUPPOSED),
    ("en", "Was it morning or evening?", CHOICE),
    ("en", "Other witnesses said it was a drone. What do you say?", OTHERS),
    ("en", "We heard from somebody that there was a list.", OTHERS),
    ("en", "Someone else told us about a car.", OTHERS),
    ("en", "If you tell us, you will get help with papers.", PROMISE),
    ("en", "We will pay you for the bus and more.", PROMISE),
    ("en", "You have to answer this.", PRESSURE),
    ("en", "Why didn't you run?", PRESSURE),
    ("en", "How many partners did you have?", SEXUAL),
    ("en", "Did you have sexual relations before that?", SEXUAL),
    ("en", "Where were you? Who was there?", SEVERAL),
    ("uk", "Це були солдати, чи не так?", TAG),
    ("uk", "Він пішов, правда?", TAG),
    ("uk", "Чи правда, що вони сміялися?", TAG),
    ("uk", "Чи погоджуєтеся ви, що це була школа?", TAG),
    ("uk", "Хіба ви не бачили прапора?", SUPPOSED),
    ("uk", "Невже він наказав?", SUPPOSED),
    ("uk", "Ви ж бачили командира?", SUPPOSED),
    ("uk", "Отже, він наказав?", SUPPOSED),
    ("uk", "Мабуть, вам було страшно?", SUPPOSED),
    ("uk", "Це була та бригада, яка прийшла зранку?", SUPPOSED),
    ("uk", "Це був танк чи БТР?", CHOICE),
    ("uk", "Це було зранку або ввечері?", CHOICE),
    ("uk", "Інші свідки кажуть, що це був дрон.", OTHERS),
    ("uk", "Сусіди нам розповіли про машину.", OTHERS),
    ("uk", "Ми чули від людей, що був список.", OTHERS),
    ("uk", "Обіцяємо вам захист.", PROMISE),
    ("uk", "Ми заплатимо за дорогу і більше.", PROMISE),
    ("uk", "Ви зобов’язані нам відповісти.", PRESSURE),
    ("uk", "Ви зобовʼязані відповісти.", PRESSURE),
    ("uk", "Чому ви не втекли?", PRESSURE),
    ("uk", "Чи були у вас статеві стосунки раніше, до цього були статеві стосунки?", SEXUAL),
    ("uk", "Що було? Хто прийшов?", SEVERAL),
    ("uk", "Він пішо\u0301в, пра\u0301вда?", TAG),
    ("uk", "Ви\u00ad ж бачили командира?", SUPPOSED),
    ("ru", "Это были солдаты, не так ли?", TAG),
    ("ru", "Разве вы не видели флага?", SUPPOSED),
    ("ru", "Это был танк или БТР?", CHOICE),
    ("ru", "Другие свидетели говорят, что это был дрон.", OTHERS),
    ("ru", "Мы заплатим вам.", PROMISE),
    ("ru", "Почему вы не убежали?", PRESSURE),
]
PLAIN = [
    ("en", "What happened then?"),
    ("en", "Tell me everything you remember about that morning."),
    ("en", "Could you describe the room?"),
    ("en", "What did you see or hear?"),
    ("en", "How do you know?"),
    ("en", "Who else was there?"),
    ("en", "What did the others do?"),
    ("en", "Whom have you told this before?"),
    ("en", "How did he get there, on foot?"),
    ("uk", "Що сталося далі?"),
    ("uk", "Розкажіть, будь ласка, все, що пам'ятаєте про той ранок."),
    ("uk", "Чи могли б ви описати кімнату?"),
    ("uk", "Що ви бачили чи чули?"),
    ("uk", "Звідки ви це знаєте?"),
    ("uk", "Хто ще там був?"),
    ("uk", "Кому ви вже про це розповідали?"),
    ("uk", "Як він туди потрапив?"),
    ("ru", "Что произошло дальше?"),
    ("ru", "Что вы видели или слышали?"),
    ("ru", "Кто ещё там был?"),
]


@pytest.mark.parametrize(("language", "question", "said"), FLAGGED)
def test_it_flags_what_puts_words_into_a_mouth(language, question, said):
    found = wording.of_question(question, language, QuestionType.OPEN)
    assert any(said in sentence for sentence in found), found


@pytest.mark.parametrize(("language", "question"), PLAIN)
def test_it_leaves_an_open_question_alone(language, question):
    assert wording.of_question(question, language, QuestionType.OPEN) == []


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Did you see him?"),
        ("en", "Were there children?"),
        ("uk", "Чи бачили ви його?"),
        ("ru", "Видели ли вы его?"),
    ],
)
def test_what_is_answered_with_yes_or_no_is_not_open(language, question):
    for called in (QuestionType.OPEN, QuestionType.PROBING):
        assert any(YES_OR_NO in one for one in wording.of_question(question, language, called))
    assert wording.of_question(question, language, QuestionType.CLOSED) == []


def test_a_question_called_leading_needs_no_more_warning_of_that():
    assert wording.of_question("It was a tank, wasn't it?", "en", QuestionType.LEADING) == []


def test_a_first_account_is_not_probed():
    said = wording.of_question(
        "What did it look like?", "en", QuestionType.PROBING, account_type=AccountType.FIRST_ACCOUNT
    )
    assert said == [wording.PROBED]


def test_a_very_long_question_is_flagged_in_any_language():
    [said] = wording.of_question("შემდეგ " * 41, "ka", QuestionType.OPEN)
    assert "41 words" in said


def test_the_warning_quotes_what_it_found():
    [said] = wording.of_question("Це були солдати, чи не так?", "uk-UA", QuestionType.CLOSED)
    assert "“чи не так”" in said


def test_every_rule_speaks_each_language_and_has_a_flagged_example():
    wordings = wording.wordings()
    for rule in wordings.rules:
        assert rule.patterns.keys() == {"en", "uk", "ru"}
        assert "{found}" in rule.says
        for language in ("en", "uk"):
            examples = [said for tongue, _, said in FLAGGED if tongue == language]
            assert any(said in rule.says for said in examples), (rule.says, language)
    assert wordings.legal.keys() == wordings.yes_or_no.keys() == {"en", "uk", "ru"}


def test_an_account_is_looked_at_for_length_and_words_of_law():
    long = "Ми йшли. " * 2_000
    assert any("longer than" in one for one in wording.of_account(long, "uk", AccountType.FIRST_ACCOUNT))
    assert wording.of_account(long, "uk", AccountType.FULL_STATEMENT) == []
    [said] = wording.of_account("Це був воєнний злочин.", "uk", AccountType.FIRST_ACCOUNT)
    assert "“воєнний злочин”" in said
    assert wording.of_account("Вони вбили його.", "uk", AccountType.FIRST_ACCOUNT) == []
    assert wording.of_account("It was genocide.", "ka", AccountType.FIRST_ACCOUNT) == []


@settings(max_examples=300, deadline=None)
@given(st.text(), st.sampled_from(["en", "uk", "ru", "ka", "uz-Cyrl"]), st.sampled_from(list(QuestionType)))
def test_no_text_breaks_it_and_every_warning_is_a_line(question, language, called):
    for said in wording.of_question(question, language, called):
        assert said.strip()
        assert "\n" not in said


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FLAGGED), st.text(alphabet=" \t\u00ad\u200b", max_size=5))
def test_case_spacing_and_hidden_marks_hide_nothing(case, noise):
    language, question, said = case
    spoken = noise + re.sub(" ", f" {noise} ", question.upper().replace("ß", "SS"))
    assert any(said in one for one in wording.of_question(spoken, language, QuestionType.OPEN))


@pytest.mark.parametrize("unit", ["a or ", "чи або ", "before ", "це був ", "'-", "isn't it ", "як ж "])
def test_a_hostile_question_takes_no_time(unit):
    hostile = (unit * 1_000_000)[:1_000_000]
    started = time.monotonic()
    for language in ("en", "uk", "ru"):
        wording.of_question(hostile, language, QuestionType.OPEN)
    assert time.monotonic() - started < 15
