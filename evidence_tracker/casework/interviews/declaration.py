"""The words with which an interviewee confirms what was read back; a version, once used, is never edited.

Modelled on what records of questioning ask for (ICC Rules of Procedure and Evidence, Rule
111); it binds prosecutors, not us. A certified translation is added as a new version.
"""

from collections.abc import Mapping

from evidence_tracker.errors import InvalidInput

DECLARATIONS: Mapping[str, Mapping[str, str]] = {
    "truth-1": {
        "en": (
            "This account was read back to me in a language I understand. It is what I said, and it is true to "
            "the best of my knowledge and memory. I gave it of my own free will; nothing was promised or paid "
            "to me for it. I was told that I may correct it, and what I corrected is recorded with it."
        ),
        "uk": (
            "Цю розповідь мені зачитали мовою, яку я розумію. Це те, що я розповів або розповіла, і це правда, "
            "наскільки я знаю і пам'ятаю. Я розповідаю добровільно; за це мені нічого не обіцяли і не платили. "
            "Мені пояснили, що я можу її виправити, і мої виправлення записані разом з нею."
        ),
        "ru": (
            "Этот рассказ мне зачитали на языке, который я понимаю. Это то, что я рассказал или рассказала, и это "
            "правда, насколько я знаю и помню. Я рассказываю добровольно; за это мне ничего не обещали и не "
            "платили. Мне объяснили, что я могу его исправить, и мои исправления записаны вместе с ним."
        ),
    }
}
NEWEST = "truth-1"


def declaration(language: str, version: str = NEWEST) -> str:
    """Return the words of a declaration in a language; refuses a version or language there is not."""
    texts = DECLARATIONS.get(version)
    if texts is None:
        raise InvalidInput(
            f"There is no declaration {version!r}.", advice=f"Choose one of: {', '.join(DECLARATIONS)}."
        )
    tongue = language.split("-", 1)[0].lower()
    if tongue not in texts:
        raise InvalidInput(
            f"The declaration {version} has no words in {language}.",
            advice=f"Read it in one of: {', '.join(texts)}, with an interpreter.",
        )
    return texts[tongue]
