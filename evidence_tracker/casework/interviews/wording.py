"""A look at the wording of questions and accounts, in English, Ukrainian and Russian.

It finds the commonest ways of putting words into somebody's mouth (``wording.yaml``): tags,
suppositions, a choice of answers, what others said, promises, pressure, several questions
in one, and questions on sexual conduct (Rules 70 and 71 of the ICC's Rules of Procedure and
Evidence). It flags and never refuses: what was asked was asked. A question without a
warning may still be leading; in other languages only its form is looked at.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from evidence_tracker.casework.interviews.models import AccountType, QuestionType

_FOLDER = "evidence_tracker.casework.interviews"
LONG_QUESTION_WORDS = 40
LONG_ACCOUNT_CHARACTERS = 12_000
_QUOTED = 60
_LOOKED_AT = 2_000  # characters of a question: some patterns look twice at what follows

SEVERAL = "several questions in one; ask them one at a time"
LONG = "a question of {words} words; ask shorter ones"
YES_OR_NO = "can be answered with yes or no, so it is not {stated}; record it as closed, or ask openly"
PROBED = "a first account is not probed; leave that to the authority that will use the account"
LAW = "contains a legal conclusion ({found}); unless the interviewee used this word, state facts only"
LENGTH = "{characters} characters: longer than a first account mostly needs to be"

Patterns = Mapping[str, tuple[re.Pattern[str], ...]]


@dataclass(frozen=True)
class Rule:
    """One way of asking that is flagged: what is said of it, and its patterns by language."""

    says: str
    patterns: Patterns


@dataclass(frozen=True)
class Wordings:
    """What ``wording.yaml`` holds, read."""

    rules: tuple[Rule, ...]
    yes_or_no: Patterns
    legal: Patterns


@cache
def wordings() -> Wordings:
    """Return the rules, read once."""
    data = yaml.safe_load(resources.files(_FOLDER).joinpath("wording.yaml").read_text("utf-8"))
    rules = tuple(Rule(rule["says"], _compiled(rule["patterns"])) for rule in data["rules"])
    return Wordings(rules, _compiled(data["yes_or_no"]), _compiled(data["legal"]))


def of_question(
    question: str,
    language: str,
    question_type: QuestionType | None = None,
    *,
    account_type: AccountType | None = None,
) -> list[str]:
    """Return what is to be thought of in a question, one sentence each; empty where nothing was found.

    ``language`` is a BCP 47 tag. What the asker calls the question (``question_type``) is
    held against it; one that is called leading needs no more warning of that.
    """
    text, tongue = _flat(question), _tongue(language)
    found = [] if question_type is QuestionType.LEADING else _by_rules(text[:_LOOKED_AT], tongue)
    found += _by_form(text, tongue, question_type)
    if account_type is AccountType.FIRST_ACCOUNT and question_type is QuestionType.PROBING:
        found.append(PROBED)
    return found


def of_account(account: str, language: str, account_type: AccountType) -> list[str]:
    """Return what is to be thought of in an account: its length, and words of law."""
    found = []
    if account_type is AccountType.FIRST_ACCOUNT and len(account) > LONG_ACCOUNT_CHARACTERS:
        found.append(LENGTH.format(characters=len(account)))
    law = _first(wordings().legal.get(_tongue(language), ()), _flat(account))
    if law is not None:
        found.append(LAW.format(found=law))
    return found


def _by_rules(text: str, tongue: str) -> list[str]:
    found = ((rule, _first(rule.patterns.get(tongue, ()), text)) for rule in wordings().rules)
    return [rule.says.format(found=words) for rule, words in found if words is not None]


def _by_form(text: str, tongue: str, question_type: QuestionType | None) -> list[str]:
    found = []
    if len(re.findall(r"\?+", text)) > 1:
        found.append(SEVERAL)
    words = len(text.split())
    if words > LONG_QUESTION_WORDS:
        found.append(LONG.format(words=words))
    is_open = question_type in {QuestionType.OPEN, QuestionType.PROBING}
    if is_open and question_type and _first(wordings().yes_or_no.get(tongue, ()), text) is not None:
        found.append(YES_OR_NO.format(stated=question_type.value))
    return found


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> str | None:
    """Return the words of the first pattern that is found, quoted and cut; None where none is."""
    for pattern in patterns:
        match = pattern.search(text)
        if match is not None:
            words = (match[1] if pattern.groups else match[0]).strip(" ,?")
            return f"“{words if len(words) <= _QUOTED else words[: _QUOTED - 1] + '…'}”"
    return None


def _compiled(patterns: Mapping[str, Sequence[str]]) -> Patterns:
    return {tongue: tuple(re.compile(line) for line in lines) for tongue, lines in patterns.items()}


def _tongue(language: str) -> str:
    return language.split("-", 1)[0].lower()


def _flat(text: str) -> str:
    """Return text in lower case, on one line, with one kind of apostrophe and no stress or hidden marks."""
    bare = unicodedata.normalize("NFD", text).replace("\u0301", "")
    shown = "".join(one for one in unicodedata.normalize("NFC", bare) if unicodedata.category(one) != "Cf")
    return " ".join(re.sub("[\u2018\u2019\u02bc`\u00b4]", "'", shown).casefold().split())
