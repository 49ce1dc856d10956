"""The words of the index, in the languages a recipient may ask for."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "index": "Index of the submission",
        "from": "From",
        "to": "To",
        "use": "For the use",
        "sealed_on": "Sealed on",
        "log": "Custody log",
        "statement": "Statement",
        "pseudonyms": (
            "Persons appear under pseudonyms made for this recipient alone. "
            "Numbers of items are valid in this submission alone."
        ),
        "proof": (
            "What the digests and the custody log prove is said in VERIFY.md, with the commands to check it. "
            "They prove that the files are unchanged since they were recorded, not that what they show is true."
        ),
        "items": "Items",
        "number": "No.",
        "kind": "Kind",
        "title": "Title",
        "type_size": "Type and size",
        "sha256": "SHA-256",
        "chronology": "Chronology",
        "when": "When",
        "where": "Where",
        "what": "What is said to have happened",
        "incident": "Incident",
        "allegations": "Allegations, element by element",
        "element": "Element",
        "for": "For",
        "against": "Against",
        "context": "Context",
        "finding": "Finding",
        "custody": "Custody of each item",
        "event": "Event",
        "act": "What was done",
        "occurred": "When it happened",
        "logged": "When it was logged (UTC)",
        "withheld": "withheld",
        "withheld_note": (
            "A withheld event exists and is counted and linked in the log; what it says was not transmitted."
        ),
        "persons": "Persons",
        "none": "None.",
        "caution": "To be checked by counsel",
        "bytes": "bytes",
        "page": "Page",
        "of": "of",
    },
    "uk": {
        "index": "Опис матеріалів подання",
        "from": "Від кого",
        "to": "Кому",
        "use": "Мета використання",
        "sealed_on": "Запечатано",
        "log": "Журнал зберігання",
        "statement": "Пояснення",
        "pseudonyms": (
            "Особи зазначені під псевдонімами, створеними лише для цього отримувача. "
            "Номери матеріалів дійсні лише в межах цього подання."
        ),
        "proof": (
            "Що саме доводять контрольні суми та журнал зберігання, сказано у файлі VERIFY.md разом із командами "
            "для перевірки. Вони доводять, що файли не змінені від моменту реєстрації, а не те, що зображене є правдою."
        ),
        "items": "Матеріали",
        "number": "№",
        "kind": "Вид",
        "title": "Назва",
        "type_size": "Тип і розмір",
        "sha256": "SHA-256",
        "chronology": "Хронологія",
        "when": "Коли",
        "where": "Де",
        "what": "Що, за твердженнями, сталося",
        "incident": "Подія",
        "allegations": "Твердження про злочини за елементами",
        "element": "Елемент",
        "for": "За",
        "against": "Проти",
        "context": "Контекст",
        "finding": "Висновок",
        "custody": "Зберігання кожного матеріалу",
        "event": "Запис",
        "act": "Що зроблено",
        "occurred": "Коли відбулося",
        "logged": "Коли внесено до журналу (UTC)",
        "withheld": "не розкрито",
        "withheld_note": (
            "Нерозкритий запис існує, він порахований і пов’язаний у журналі; його зміст не передано."
        ),
        "persons": "Особи",
        "none": "Немає.",
        "caution": "Потребує перевірки юристом",
        "bytes": "байтів",
        "page": "Сторінка",
        "of": "з",
    },
}

#: Values of the records that the index shows to people.
VALUES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "exhibit": "Exhibit",
        "interview": "Interview",
        "incident": "Incident",
        "allegation": "Allegation",
        "recorded": "recorded",
        "amended": "amended",
        "exhibit_received": "received and registered",
        "derivative_made": "made from another exhibit",
        "sealed": "sealed",
        "unsealed": "seal opened",
        "released": "released",
        "transferred": "handed over",
        "returned": "returned",
        "examined": "examined",
        "met": "met",
        "not-met": "not met",
        "open": "open",
        "contested": "contested",
    },
    "uk": {
        "exhibit": "Доказовий матеріал",
        "interview": "Опитування",
        "incident": "Подія",
        "allegation": "Твердження",
        "recorded": "внесено",
        "amended": "змінено",
        "exhibit_received": "отримано й зареєстровано",
        "derivative_made": "створено з іншого матеріалу",
        "sealed": "опечатано",
        "unsealed": "печатку відкрито",
        "released": "видано",
        "transferred": "передано",
        "returned": "повернено",
        "examined": "досліджено",
        "met": "підтверджено",
        "not-met": "не підтверджено",
        "open": "відкрито",
        "contested": "оспорюється",
    },
}


def word(language: str, value: str) -> str:
    """Return how a value of a record is said in a language; unknown values stay as they are."""
    return VALUES[language].get(value, value.replace("_", " ").replace("-", " "))
