"""Interviews in the browser: step by step from the plan to the review, with what is checked before it is refused."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Draft
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.interviews import drafting, queries
from evidence_tracker.casework.interviews.models import (
    AccountType,
    Evaluation,
    Interview,
    InterviewState,
    IntroductionPoint,
)
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.casework.persons.models import Referral
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import MISSION, Cast
from tests.factories import exhibits, interviews, missions, parties, persons
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, page, refused, version_in
from tests.web.sheets import filled

HOME = f"{MISSION}-C"
ACCOUNT = "Ми сиділи в підвалі три дні. <b>Потім</b> прийшли солдати."
EXPLAINED: dict[str, Any] = {f"points-{point.value}": "on" for point in IntroductionPoint}
#: A step asks every gate before it is shown; more would grow with what is recorded.
MOST_QUERIES_OF_A_STEP = 21
STEPS = (
    *("plan", "begin", "introduction", "consent", "account", "questions", "care", "read-back", "close"),
    "evaluation",
)


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def code(instance: Instance, cast: Cast) -> str:
    """Return the code of an adult witness who speaks Ukrainian."""
    with instance.transaction() as session:
        return persons.person(session, cast.amina, cast.mission).code


def make(instance: Instance, cast: Cast, factory: Any, **more: Any) -> str:
    """Return the reference of an interview that a factory makes."""
    with instance.transaction() as session:
        return str(factory(session, cast, **more).reference)


def of_child(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        child = persons.child(session, cast.amina, cast.mission)
        return interviews.planned(session, cast, child).reference


def found(instance: Instance, reference: str) -> Interview:
    with instance.reading() as session:
        return session.scalars(select(Interview).where(Interview.reference == reference)).one()


def at(reference: str, ending: str = "") -> str:
    return f"/interviews/{reference}{ending}"


def state_of(shown: str) -> dict[str, str]:
    """Return the state of each step of a path."""
    steps = re.findall(r'path-step is-(\w+)"[^>]*><a href="[^"]*step=([a-z-]+)"', shown)
    return {name: state for state, name in steps}


def gates_of(shown: str) -> dict[str, str]:
    """Return each gate of a step with its state."""
    gates = re.findall(r'gate gate-(\w+)">.*?<p>(.*?)</p>', shown, re.DOTALL)
    return {says: state for state, says in gates}


def item(shown: str, section: str, action: str) -> str:
    matched = re.search(rf'/interviews/[A-Z0-9-]+/in/{section}/[0-9a-f-]+/{action}(?=")', shown)
    assert matched, (section, action)
    return matched[0]


def test_an_interview_goes_step_by_step_from_its_plan_to_its_review(amina, client_of, instance, cast, code):
    path = done(
        amina,
        "/interviews/new/plan",
        person=code.lower(),
        home=HOME,
        language="uk",
        why_this_person="Була в підвалі.",
        why_now="Виїжджає.",
        place="Вигадане",
        is_private="yes",
    )
    reference = "KYI-I-0001"
    assert path == at(reference, "/path")
    shown = page(amina, path)
    assert state_of(shown)["begin"] == "here"
    assert set(gates_of(shown).values()) == {"passed"}
    done(amina, at(reference, "/do/begin"), started="")
    assert state_of(page(amina, path))["introduction"] == "here"
    done(amina, at(reference, "/do/introduce"), **EXPLAINED)
    assert state_of(page(amina, path))["consent"] == "here"
    sheet = filled(page(amina, at(reference, "/do/record-consent")), at(reference, "/do/record-consent"))
    done(amina, at(reference, "/do/record-consent"), **{**sheet, "package": "prosecutors-with-my-name"})
    assert state_of(page(amina, path))["account"] == "here"
    form = page(amina, at(reference, "/do/account"))
    done(amina, at(reference, "/do/account"), first_account=ACCOUNT, language="", _version=version_in(form))
    done(
        amina, at(reference, "/in/questions/add"), question="Що було далі?", question_type="open", answer="…"
    )
    assert state_of(page(amina, path))["read-back"] == "here"
    done(amina, at(reference, "/do/read-back"), is_signed="yes")
    assert state_of(page(amina, path))["close"] == "here"
    done(amina, at(reference, "/do/close"), ended="")
    done(amina, at(reference, "/in/evaluations/add"), reliability="B", credibility="2", next_steps="Сусідка")
    chen = client_of("chen")
    done(chen, at(reference, "/do/review"), quality_review="Спокійно.", _own_secret="secret of chen")
    assert set(state_of(page(chen, path)).values()) == {"done"}
    assert found(instance, reference).state is InterviewState.REVIEWED
    assert audit(instance).findings == []


def test_what_is_missing_is_told_before_it_is_refused_with_who_can_meet_it(amina, instance, cast):
    reference = make(instance, cast, interviews.begun)
    shown = page(amina, at(reference, "/path?step=account"))
    gates = gates_of(shown)
    assert [state for says, state in gates.items() if says.startswith("Not explained yet")] == ["waiting"]
    assert [state for says, state in gates.items() if "has not allowed us to keep" in says] == ["waiting"]
    assert "The person alone can give it" in shown
    assert gates["No body asked us not to interview this person, or in this area."] == "passed"
    answer = refused(amina, at(reference, "/do/account"), first_account=ACCOUNT, _version="2")
    assert "an account is not possible" in answer
    assert "Ми сиділи в підвалі три дні. &lt;b&gt;Потім" in answer


def test_an_instruction_stops_the_path_and_names_who_lifts_it(amina, instance, cast, code):
    reference = make(instance, cast, interviews.planned)
    with instance.transaction() as session:
        row = _in(session, reference)
        person = queries.interviewees(session, [row], actor=cast.amina)[row.id]
        office = parties.prosecutor(session, cast.amina)
        parties.instruction(session, cast.amina, office, person_code=person.code)
    shown = page(amina, at(reference, "/path"))
    assert state_of(shown)["begin"] == "stopped"
    assert "refused" in gates_of(shown).values()
    assert "Only that body can lift it" in shown
    assert "asked us not to interview" in refused(amina, at(reference, "/do/begin"), started="")


def _in(session: Any, reference: str) -> Interview:
    return session.scalars(select(Interview).where(Interview.reference == reference)).one()  # type: ignore[no-any-return] # a session of tests is anything


def test_a_child_is_screened_until_somebody_else_approves_an_exception(amina, client_of, instance, cast):
    with instance.transaction() as session:
        mission = missions.mission(session, cast)
        child = persons.child(session, cast.amina, cast.mission)
        interviews.specialist(session, cast, mission, CompetenceCategory.CHILD)
        reference = interviews.planned(session, cast, child, mission=mission).reference
    assert found(instance, reference).account_type is AccountType.SCREENING
    asked: dict[str, Any] = {
        "account_type": "first_account",
        "ground": "imminent-loss",
        "justification": "Родина виїжджає.",
        "interviewer": "amina",
    }
    done(amina, at(reference, "/in/exceptions/ask"), **asked)
    chen = client_of("chen")
    assert reference in page(chen, "/interviews/?exception=asked")
    shown = page(chen, at(reference, "/after"))
    approve = item(shown, "exceptions", "approve")
    assert "/approve" not in page(amina, at(reference, "/after"))
    refused(amina, approve, 403, note="", _own_secret="secret of amina")
    assert "not your own secret" in refused(chen, approve, 403, note="", _own_secret="secret of amina")
    assert found(instance, reference).account_type is AccountType.SCREENING
    done(chen, approve, note="", _own_secret="secret of chen")
    assert found(instance, reference).account_type is AccountType.FIRST_ACCOUNT
    assert reference not in page(chen, "/interviews/?exception=asked")


def test_an_exception_is_refused_with_a_reason(amina, client_of, instance, cast):
    reference = of_child(instance, cast)
    with instance.transaction() as session:
        interviews.asked(session, cast, _in(session, reference))
    chen = client_of("chen")
    address = item(page(chen, at(reference, "/after")), "exceptions", "refuse")
    assert "Why is missing" in refused(chen, address, note=" ", _own_secret="secret of chen")
    done(chen, address, note="The authority is on its way.", _own_secret="secret of chen")
    assert "The authority is on its way." in page(amina, at(reference, "/after"))


def test_a_half_typed_account_is_a_draft_of_its_author_and_in_no_log(amina, client_of, instance, cast):
    reference = make(instance, cast, interviews.introduced)
    address = at(reference, "/do/account")
    before = len(_events(instance, reference))
    kept = amina.put(address, data={"first_account": "Ми сид", "language": "uk", "_version": "3"})
    assert kept.json == {"kept": True}
    assert "Ми сид</textarea>" in page(amina, address)
    assert "Ми сид" not in page(client_of("bohdan"), address)
    assert len(_events(instance, reference)) == before
    assert found(instance, reference).first_account is None
    with instance.reading() as session:
        # The very draft that the command line shows, saves and discards.
        words = drafting.read_draft(session, _in(session, reference), actor=cast.amina)
        assert words is not None
        assert words["text"] == "Ми сид"
    closing = page(amina, at(reference, "/path?step=close"))
    assert "Your draft is neither saved nor discarded." in gates_of(closing)
    done(amina, address, first_account=ACCOUNT, language="uk", _version=version_in(page(amina, address)))
    assert found(instance, reference).first_account == ACCOUNT
    with instance.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def _events(instance: Instance, reference: str) -> list[Any]:
    row = found(instance, reference)
    with instance.reading() as session:
        return events_of(session, session.info["keyring"], row.id)


def test_a_draft_is_thrown_away_on_request(amina, instance, cast):
    reference = make(instance, cast, interviews.introduced)
    address = at(reference, "/do/account")
    amina.put(address, data={"first_account": "Не те"})
    assert amina.post(address, data={"_throw_away": "1"}).status_code == 303
    assert "Не те" not in page(amina, address)


def test_without_consent_not_even_a_draft_is_kept(amina, instance, cast):
    reference = make(instance, cast, interviews.begun)
    assert "Nothing can be kept yet, not even a draft" in page(amina, at(reference, "/do/account"))
    answer = amina.put(at(reference, "/do/account"), data={"first_account": "Ми сид"})
    assert answer.status_code == 422
    with instance.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_who_saved_first_is_shown_beside_what_was_typed(amina, instance, cast):
    reference = make(instance, cast, interviews.told)
    address = at(reference, "/do/account")
    version = version_in(page(amina, address))
    done(amina, address, first_account="Їхня версія", language="uk", _version=version)
    shown = refused(amina, address, 409, first_account="Моя версія", language="uk", _version=version)
    assert "Моя версія</textarea>" in shown
    assert "Їхня версія" in shown
    done(amina, address, first_account="Моя версія", language="uk", _version=version_in(shown))
    assert found(instance, reference).account_version == 3


def test_everything_about_the_words_can_be_done(amina, instance, cast):
    reference = make(instance, cast, interviews.told)
    form = page(amina, at(reference, "/do/leads"))
    done(amina, at(reference, "/do/leads"), leads="Сусідка", _version=version_in(form))
    leading = "Чи правда, що ви бачили, хто стріляв?"
    done(amina, at(reference, "/in/questions/add"), question=leading, question_type="open", answer="Так.")
    next_form = page(amina, at(reference, "/in/questions/add"))
    assert "asks for agreement" in next_form
    assert "Question 2" in next_form
    words = page(amina, at(reference, "/words"))
    amend = item(words, "questions", "amend")
    sheet: dict[str, Any] = {**filled(page(amina, amend), amend)}
    done(amina, amend, **{**sheet, "question_type": "leading", "timecode": "00:02:14"})
    assert "not a timecode" in refused(amina, amend, **{**sheet, "timecode": "soon"})
    translated: dict[str, Any] = {"language": "en", "translator": "TR-1"}
    done(
        amina,
        item(words, "questions", "translate"),
        translated_question="Did you see it?",
        translated_answer="Yes.",
        **translated,
    )
    done(amina, at(reference, "/in/translations/add"), text="We sat in the cellar.", **translated)
    assert "The original is in uk" in refused(
        amina, at(reference, "/in/translations/add"), text="Те саме", language="uk", translator="TR-1"
    )
    done(amina, at(reference, "/in/corrections/add"), passage="три дні", correction="два дні")
    shown = page(amina, at(reference, "/words"))
    for text in ("Сусідка", "00:02:14", "Did you see it?", "We sat in the cellar.", "два дні"):
        assert text in shown
    assert "&lt;b&gt;" not in shown or "<b>Потім" not in shown


def test_everything_around_the_words_can_be_done(amina, instance, cast):
    reference = make(instance, cast, interviews.introduced)
    done(amina, at(reference, "/in/distress/add"), observed="Плакала, попросила води.")
    done(amina, at(reference, "/in/breaks/add"), began="2026-03-02T08:00", reason="вода")
    done(amina, at(reference, "/in/referrals/add"), need="psychological", follow_up_on="2026-04-01")
    done(amina, at(reference, "/in/prior/add"), body="Вигадана поліція", given="2022-05")
    marked: dict[str, Any] = {"body": "Вигаданий орган", "is_do_not_interview": "on"}
    assert "needs a note on how" in refused(amina, at(reference, "/in/prior/add"), **marked)
    care = page(amina, at(reference, "/care"))
    for text in ("Плакала, попросила води.", "вода", "Psychological", "Вигадана поліція", "May 2022"):
        assert text in care
        assert text.lower() in page(amina, at(reference, "/path?step=care")).lower()
    amend = item(care, "prior", "amend")
    sheet: dict[str, Any] = {**filled(page(amina, amend), amend)}
    done(amina, amend, **{**sheet, "body_reference": "17/22"})
    assert "17/22" in page(amina, at(reference, "/care"))
    with instance.reading() as session:
        assert session.scalars(select(Referral)).one().need.value == "psychological"


def test_who_was_there_is_recorded_by_account_or_code_never_by_name(amina, client_of, instance, cast):
    reference = make(instance, cast, interviews.planned)
    address = at(reference, "/in/present/add")
    assert "never by name" in refused(amina, address, role="note-taker", code="Іван Вигаданий")
    interpreter: dict[str, Any] = {
        "role": "interpreter",
        "code": "int-07",
        "qualification": "Certified",
        "is_independent": "yes",
    }
    assert "confidentiality signed" in refused(amina, address, **interpreter)
    assert "has not undertaken" in refused(amina, address, **interpreter, confidentiality_signed="no")
    done(amina, address, **interpreter, confidentiality_signed="yes")
    done(amina, address, role="note-taker", account="bohdan")
    shown = page(amina, at(reference, "/people"))
    assert "INT-07" in shown
    row = next(one for one in shown.split("<tr>") if "INT-07" in one)
    amend = item(row, "present", "amend")
    done(amina, amend, **{**filled(page(amina, amend), amend), "has_signed": "yes"})
    done(amina, item(row, "present", "end"), reason="Went away before it began.")
    assert "INT-07" not in page(amina, at(reference, "/people"))


def test_once_it_is_closed_a_supervisor_alone_says_who_was_there(amina, client_of, instance, cast):
    reference = make(instance, cast, interviews.closed)
    assert "/in/present/add" not in page(amina, at(reference, "/people"))
    assert amina.get(at(reference, "/in/present/add-late")).status_code == 403
    chen = client_of("chen")
    done(chen, at(reference, "/in/present/add-late"), role="lawyer", code="LAW-1")
    shown = page(chen, at(reference, "/people"))
    assert "LAW-1" in shown
    done(chen, item(shown, "present", "end-late"), reason="Another day.")


def test_persons_and_evidence_items_are_linked_and_unlinked(amina, instance, cast):
    reference = make(instance, cast, interviews.told)
    with instance.transaction() as session:
        friend = persons.person(session, cast.amina, cast.mission).code
        recording = exhibits.receive(session, instance.vault, cast).reference
    people = at(reference, "/in/persons/add")
    assert "another interviewee needs an interview that is planned" in refused(
        amina, people, person=friend, role="interviewee"
    )
    done(amina, people, person=friend, role="support-person")
    items = at(reference, "/in/exhibits/add")
    assert "There is no exhibit" in refused(amina, items, exhibit="KYI-E-0404", role="recording")
    assert "it is not said why it was shown" in refused(amina, items, exhibit=recording, role="shown")
    done(amina, items, exhibit=recording, role="recording", is_announced="yes", gaps="Battery at 12 min.")
    shown = page(amina, at(reference, "/people"))
    assert friend in shown
    assert "Battery at 12 min." in shown
    rows = {
        friend in one: item(one, "persons", "end")
        for one in shown.split("<tr>")
        if re.search("/in/persons/[0-9a-f-]+/end", one)
    }
    assert "needs an interview that is planned" in refused(amina, rows[False], reason="Somebody else.")
    done(amina, rows[True], reason="Somebody else.")
    done(amina, item(shown, "exhibits", "end"), reason="Another interview.")
    shown = page(amina, at(reference, "/people"))
    assert friend not in shown
    assert recording not in shown


def test_costs_are_reimbursed_and_never_rewards(amina, instance, cast):
    reference = make(instance, cast, interviews.told)
    address = at(reference, "/in/expenses/add")
    cost: dict[str, Any] = {
        "kind": "travel",
        "what": "Квиток",
        "amount_minor": "15 000",
        "currency": "uah",
        "paid": "2026-03-02",
    }
    assert "has a receipt, or the reason" in refused(amina, address, **cost)
    reward: dict[str, Any] = {**cost, "what": "винагорода", "no_receipt_reason": "-"}
    assert "nothing is paid or promised" in refused(amina, address, **reward)
    done(amina, address, **cost, no_receipt_reason="Загублено")
    assert "15000 UAH" in page(amina, at(reference, "/after"))


def test_a_person_who_wishes_to_stop_is_not_asked_why(amina, instance, cast):
    reference = make(instance, cast, interviews.introduced)
    form = page(amina, at(reference, "/do/stop"))
    assert "Nobody is asked why" in form
    assert "textarea" not in form
    done(amina, at(reference, "/do/stop"), stopped="")
    shown = page(amina, at(reference, "/path"))
    assert state_of(shown)["close"] == "here"
    assert "stopped at the wish of the person" in shown
    done(amina, at(reference, "/do/close"), ended="")
    assert found(instance, reference).unread_reason == "stopped at the wish of the interviewee"


def test_it_is_not_closed_without_reading_back_or_the_reason(amina, instance, cast):
    reference = make(instance, cast, interviews.told)
    assert "The account was not read back." in gates_of(page(amina, at(reference, "/path?step=close")))
    assert "was not read back" in refused(amina, at(reference, "/do/close"), ended="")
    assert "signature" in refused(amina, at(reference, "/do/read-back"), is_signed="no", unsigned_reason="")
    assert "It was signed under the declaration is missing" in refused(amina, at(reference, "/do/read-back"))
    assert "Цю розповідь мені зачитали" in page(amina, at(reference, "/do/read-back"))
    assert "Этот рассказ мне зачитали" in page(amina, at(reference, "/do/read-back?declared_in=ru"))
    assert "This account was read back" in page(amina, at(reference, "/do/read-back?declared_in=xx"))
    done(amina, at(reference, "/do/close"), ended="", unread_reason="Повітряна тривога.")
    assert "Повітряна тривога." in page(amina, at(reference))


def test_plan_and_setting_are_corrected_and_a_plan_is_called_off(amina, instance, cast):
    reference = make(instance, cast, interviews.planned)
    amend = at(reference, "/do/amend")
    sheet: dict[str, Any] = {**filled(page(amina, amend), amend)}
    done(amina, amend, **{**sheet, "is_remote": "on", "platform": "Signal", "is_encrypted": "yes"})
    assert "Signal" in page(amina, at(reference))
    assert "is never below" in refused(
        amina, amend, **{**sheet, "level": "INTERNAL", "_version": version_in(page(amina, amend))}
    )
    cancel = at(reference, "/do/cancel")
    assert "was not typed as it is" in refused(amina, cancel, reason="Виїхала", _typed="KYI-I-0009")
    done(amina, cancel, reason="Виїхала", _typed=reference.lower())
    assert found(instance, reference).state is InterviewState.CANCELLED
    shown = page(amina, at(reference, "/path"))
    assert "Виїхала" in shown
    assert "/do/begin" not in shown


def test_what_cannot_be_planned_is_refused_and_the_words_stay(amina, code):
    plan: dict[str, Any] = {"home": HOME, "why_now": "Завтра <i>пізно"}
    assert "Person to be interviewed (code) is missing" in refused(amina, "/interviews/new/plan", **plan)
    answer = refused(amina, "/interviews/new/plan", **plan, person="PN-222222")
    assert "Завтра &lt;i&gt;пізно" in answer
    assert "language tag" in refused(
        amina, "/interviews/new/plan", **plan, person=code, language="Ukrainian!"
    )
    assert code in page(amina, f"/interviews/new/plan?person={code}")


def test_reviewing_is_for_somebody_else_with_their_own_secret(amina, client_of, instance, cast):
    reference = make(instance, cast, interviews.closed)
    done(amina, at(reference, "/in/evaluations/add"), reliability="B", credibility="2")
    assert "This is not one of the choices" in refused(
        amina, at(reference, "/in/evaluations/add"), reliability="G", credibility="2"
    ).replace("this is not", "This is not")
    amend = item(page(amina, at(reference, "/after")), "evaluations", "amend")
    done(amina, amend, **{**filled(page(amina, amend), amend), "credibility": "3"})
    with instance.reading() as session:
        assert session.scalars(select(Evaluation)).one().credibility == 3
    review = at(reference, "/do/review")
    assert amina.post(review, data={"quality_review": "Я сама"}).status_code == 403
    chen = client_of("chen")
    refused(chen, review, 403, quality_review="Добре", _own_secret="guessed")
    assert found(instance, reference).state is InterviewState.CLOSED


def test_the_list_is_narrowed_and_names_persons_by_code_alone(amina, client_of, instance, cast):
    with instance.transaction() as session:
        mission = missions.mission(session, cast)
        person = persons.person(session, cast.amina, cast.mission, identity=persons.OKSANA)
        first = interviews.begun(session, cast, person).reference
        other = interviews.planned(session, cast, mission=mission, account_type="screening").reference
        code, named = person.code, mission.reference
    for query, wanted in (
        ("", {first, other}),
        ("?state=under-way", {first}),
        ("?account_type=screening", {other}),
        (f"?person={code}", {first}),
        (f"?mission={named}", {other}),
        ("?mine=yes", {first, other}),
        ("?exception=asked", set()),
    ):
        shown = page(amina, f"/interviews/{query}")
        assert set(re.findall(r'data-open href="/interviews/([A-Z0-9-]+)"', shown)) == wanted, query
        assert "Вигаданенко" not in shown
    assert code in page(amina, "/interviews/")
    assert code in page(amina, "/interviews/list.csv")
    assert "KYI-I" not in page(client_of("outsider"), "/interviews/")
    assert page(client_of("chen"), "/interviews/?mine=yes").count("KYI-I") == 0


def test_of_an_interviewee_who_may_not_be_seen_nothing_is_told(amina, instance, cast):
    with instance.transaction() as session:
        sealed = persons.person(
            session, cast.amina, cast.home, governance=Governance(Level.SEALED), languages=["uk"]
        )
        code = sealed.code
        reference = interviews.planned(session, cast, sealed).reference
        interviews.lowered(session, cast, Level.RESTRICTED)
        interviews.lowered(session, cast, Level.RESTRICTED, home=cast.mission)
    for ending in ("", "/path", "/path?step=account", "/people", "/care"):
        shown = page(amina, at(reference, ending))
        assert code not in shown, ending
        assert "consent-" not in shown, ending
    assert "told to whoever may see the interviewee" in page(amina, at(reference, "/path"))
    assert code not in page(amina, "/interviews/")
    assert amina.get(at(reference, "/do/record-consent")).status_code == 404


def test_the_outsider_is_told_of_nothing(client_of, instance, cast):
    reference = make(instance, cast, interviews.told)
    browser = client_of("outsider")
    for wanted in (reference, "KYI-I-0404"):
        for ending in (
            "",
            "/path",
            "/words",
            "/people",
            "/care",
            "/after",
            "/custody",
            "/history",
            "/do/amend",
        ):
            assert browser.get(at(wanted, ending)).status_code == 404, ending
        for ending in ("/do/account", "/in/questions/add", "/in/expenses/add"):
            assert browser.post(at(wanted, ending), data={"first_account": "x"}).status_code == 404, ending


def test_who_may_not_record_consent_is_offered_no_way_to_it(client_of, instance, cast):
    reference = make(instance, cast, interviews.told)
    chen = client_of("chen")
    shown = page(chen, at(reference, "/path?step=consent"))
    assert "/do/record-consent" not in shown
    assert chen.get(at(reference, "/do/record-consent")).status_code == 403


@pytest.mark.parametrize("factory", [interviews.planned, interviews.told, interviews.closed])
def test_every_page_asks_the_same_few_questions(amina, instance, cast, factory):
    reference = make(instance, cast, factory)
    for path in (
        "/interviews/",
        *(at(reference, tab) for tab in ("", "/words", "/people", "/care", "/after")),
    ):
        with asking(instance) as asked:
            page(amina, path)
        assert len(asked) <= MOST_QUERIES, (path, len(asked))
    for step in STEPS:
        with asking(instance) as asked:
            page(amina, at(reference, f"/path?step={step}"))
        assert len(asked) <= MOST_QUERIES_OF_A_STEP, (step, len(asked))


def test_a_step_of_a_child_asks_no_more_than_that(amina, instance, cast):
    reference = of_child(instance, cast)
    with instance.transaction() as session:
        for number in range(3):
            interviews.trained(session, cast, cast.amina, CompetenceCategory.CHILD, f"209{number}-01-01")
    for step in STEPS:
        with asking(instance) as asked:
            page(amina, at(reference, f"/path?step={step}"))
        assert len(asked) <= MOST_QUERIES_OF_A_STEP, (step, len(asked))
