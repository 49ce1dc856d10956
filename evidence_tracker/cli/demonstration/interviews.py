"""The interviews: planned, introduced, consented, told, read back, reviewed by another; a child is only screened."""

from dataclasses import dataclass, field
from typing import Any

from evidence_tracker.casework.consent.packages import find_package
from evidence_tracker.casework.consent.statements import Cell, give, refuse, withdraw
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind
from evidence_tracker.casework.interviews import closing, conduct, links, planning, statements
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.persons.models import Person, ReferralOutcome
from evidence_tracker.casework.persons.referrals import answer_referral
from evidence_tracker.cli.demonstration.world import PROTECTED, World, place
from evidence_tracker.errors import GateClosed


@dataclass(frozen=True)
class Account:
    """One interview: with whom, by whom, when, what was told and what was allowed."""

    person: str
    by: str
    mission: str
    begins: str
    place: str
    language: str
    package: str
    told: str
    questions: tuple[tuple[str, str], ...] = ()
    recording: str | None = None
    refused: tuple[RecipientClass, ...] = ()
    evaluation: dict[str, Any] = field(default_factory=lambda: {"reliability": "B", "credibility": 2})


ACCOUNTS = (
    Account(
        "oksana",
        "marko",
        "autumn",
        "2025-09-09 07:05",
        "Вигадане",
        "uk",
        "icc-and-prosecutors-with-my-name",
        "Дванадцятого березня нас загнали в підвал школи. Нас було близько тридцяти. Двері замикали ззовні "
        "на засув. Води давали два рази на день. Так минуло дванадцять днів. На засуві чергували по двоє, "
        "на рукавах у них були цифри 999.",
        (
            ("Що ви бачили на дверях?", "Залізний засув, великий, ззовні."),
            ("Що сталося потім?", "Нас випустили вночі."),
        ),
        recording="autumn/interview-1.wav",
    ),
    Account(
        "yevdokiia",
        "lesia",
        "autumn",
        "2025-09-10 07:30",
        "Вигадане",
        "uk",
        "prosecutors-with-my-name",
        "Я була в тому підвалі до кінця. На стіні ми рисками рахували дні. Чоловіка за тією стіною вивели, "
        "я чула постріли, потім бачила стіну.",
        (("Що ви чули?", "Черга, потім ще одна."),),
        refused=(RecipientClass.ICC_OTP,),
    ),
    Account(
        "pylyp",
        "marko",
        "autumn",
        "2025-09-11 11:15",
        "Вигадане",
        "uk",
        "icc-and-prosecutors-with-my-name",
        "Я вів щоденник. Тринадцятого на даху школи стояла щогла, унизу антени. Чотирнадцятого горіло.",
        evaluation={"reliability": "C", "credibility": 3, "next_steps": "Compare with satellite images."},
    ),
    Account(
        "zlatoslava",
        "lesia",
        "autumn",
        "2025-09-12 07:40",
        "Вигадане",
        "uk",
        "prosecutors-without-my-name",
        "Мене привели на третій день. Я записувала дні в зошит. На дев'ятий привели ще двох.",
    ),
    Account(
        "jonas",
        "marko",
        "november",
        "2025-11-12 08:10",
        "Нова Вигадана",
        "en",
        "everything-but-the-public",
        "I was unloading aid beside the market when it was hit, at about half past eleven. I saw no soldiers and no "
        "vehicles in the square. I filmed until the battery was empty.",
        (("What did you see in the square before?", "Stalls, people with bags, nothing military."),),
        recording="november/interview-2.wav",
    ),
)


def hold(world: World, one: Account) -> None:
    """Hold one interview from its plan to its review; the signed form is an exhibit, and so is a recording."""
    world.at(one.begins)
    name = f"interview {one.person}"
    with world.acting(one.by) as (session, actor):
        interview = planning.plan_interview(
            session,
            world.get(session, Person, one.person),
            {
                "language": one.language,
                "place": place(one.place),
                "is_private": True,
                "why_this_person": "Was there.",
                "why_now": "The community moves before winter.",
                "alternatives": "None; nobody has an account of this.",
                "risk_note": "Neighbours may see us come; we meet at the council.",
            },
            actor=actor,
            mission=world.get(session, Mission, one.mission),
        )
        world.keep(name, interview)
        conduct.begin_interview(session, interview, actor=actor)
        conduct.introduce(session, interview, [], actor=actor)
    form = world.receive(
        f"form {one.person}",
        f"consent/{one.person}.jpg",
        by=one.by,
        mission=one.mission,
        kind=ExhibitKind.DOCUMENT,
        title="Consent form",
        governance=PROTECTED,
    )
    _consent(world, one, form)
    _tell(world, one, name)
    _add_exhibits(world, one, name)
    _close(world, one, name)


def _consent(world: World, one: Account, form: Exhibit) -> None:
    with world.acting(one.by) as (session, actor):
        person = world.get(session, Person, one.person)
        said = taken(world, one.by, one.language)
        evidence = session.get_one(Exhibit, form.id)
        give(
            session,
            person,
            find_package(one.package),
            facts={**said, "capacity_ok": True},
            actor=actor,
            evidence=evidence,
        )
        if one.refused:
            cells = [Cell(recipient) for recipient in one.refused]
            refuse(session, person, cells, facts=said, actor=actor, evidence=evidence)


def _tell(world: World, one: Account, name: str) -> None:
    with world.acting(one.by) as (session, actor):
        interview = world.get(session, Interview, name)
        statements.record_account(session, interview, one.told, actor=actor)
        for question, answer in one.questions:
            facts = {"question": question, "question_type": "open", "answer": answer}
            statements.record_question(session, interview, facts, actor=actor)
        statements.record_leads(session, interview, "Ask the council for its lists.", actor=actor)


def _add_exhibits(world: World, one: Account, name: str) -> None:
    if one.recording is not None:
        world.receive(
            f"recording {one.person}",
            one.recording,
            by=one.by,
            mission=one.mission,
            kind=ExhibitKind.RECORDING,
            title="Recording of a first account",
            device="Recorder",
            device_clock_offset_s=1,
            language=one.language,
        )
    with world.acting(one.by) as (session, actor):
        interview = world.get(session, Interview, name)
        links.link_exhibit(
            session, interview, world.get(session, Exhibit, f"form {one.person}"), "consent-form", actor=actor
        )
        if one.recording is not None:
            recording = world.get(session, Exhibit, f"recording {one.person}")
            facts = {"is_announced": True, "gaps": "none"}
            links.link_exhibit(session, interview, recording, "recording", actor=actor, facts=facts)


def _close(world: World, one: Account, name: str) -> None:
    with world.acting(one.by) as (session, actor):
        interview = world.get(session, Interview, name)
        closing.read_back(session, interview, is_signed=True, actor=actor)
        closing.close_interview(session, interview, actor=actor)
        closing.evaluate(session, interview, one.evaluation, actor=actor)
    with world.acting("vira") as (session, actor):
        review = "Introduction complete, open questions, no leading ones."
        closing.review_interview(
            session, world.get(session, Interview, name), quality_review=review, actor=actor
        )


def screen_child(world: World) -> None:
    """Screen a child and refer it to help, no more: no account is asked for, none could be recorded."""
    world.at("2026-01-21 09:00")
    with world.acting("lesia") as (session, actor):
        child = world.get(session, Person, "myroslava")
        interview = planning.plan_interview(
            session,
            child,
            {"language": "uk", "place": place("Зелений Вигін"), "is_private": True},
            actor=actor,
            mission=world.get(session, Mission, "winter"),
        )
        world.keep("interview myroslava", interview)
        conduct.begin_interview(session, interview, actor=actor)
        conduct.introduce(session, interview, [], actor=actor)
        links.link_person(session, interview, world.get(session, Person, "yaryna"), "guardian", actor=actor)
    form = world.receive(
        "form myroslava",
        "consent/myroslava.jpg",
        by="lesia",
        mission="winter",
        kind=ExhibitKind.DOCUMENT,
        title="Consent form",
        governance=PROTECTED,
    )
    with world.acting("lesia") as (session, actor):
        give(
            session,
            world.get(session, Person, "myroslava"),
            find_package("only-help-me"),
            facts={
                **taken(world, "lesia", "uk"),
                "capacity_ok": True,
                "is_guardian_conflict_checked": True,
                "child_assent": True,
                "best_interest": "Help comes first; the authority takes any account, with a specialist of its own.",
            },
            actor=actor,
            guardian=world.get(session, Person, "yaryna"),
            evidence=session.get_one(Exhibit, form.id),
        )
    world.stop("a child was screened and referred, not questioned", lambda: _ask_child(world), GateClosed)
    _refer_child(world)


def _ask_child(world: World) -> None:
    with world.acting("lesia") as (session, actor):
        interview = world.get(session, Interview, "interview myroslava")
        statements.record_account(session, interview, "Нас везли автобусом.", actor=actor)


def _refer_child(world: World) -> None:
    with world.acting("lesia") as (session, actor):
        interview = world.get(session, Interview, "interview myroslava")
        clinic = world.get(session, Party, "clinic")
        conduct.observe_distress(session, interview, "Held her sleeve, looked at the door.", actor=actor)
        referral = conduct.refer(session, interview, "psychological", provider=clinic, actor=actor)
        answer_referral(session, referral, ReferralOutcome.ACCEPTED, consent_to_share=True, actor=actor)
        closing.close_interview(session, interview, actor=actor)


def leave_to_others(world: World) -> None:
    """Try to plan an interview with somebody another investigating body asked us to leave to it."""

    def plan() -> None:
        with world.acting("marko") as (session, actor):
            person, mission = world.get(session, Person, "dmytro"), world.get(session, Mission, "winter")
            planning.plan_interview(session, person, {"language": "uk"}, actor=actor, mission=mission)

    world.at("2026-01-22 08:30")
    world.stop("a person whom another body had asked for was not interviewed", plan, GateClosed)


def allow_photographs(world: World) -> None:
    """Record what the photographer of the cellar allows, who gave pictures and no account."""
    with world.acting("marko") as (session, actor):
        person = world.get(session, Person, "bohuslav")
        facts = {
            **taken(world, "marko", "uk"),
            "form": "oral-with-witness",
            "witness": "ST-03",
            "capacity_ok": True,
        }
        give(session, person, find_package("icc-and-prosecutors-with-my-name"), facts=facts, actor=actor)


def take_back(world: World, name: str) -> None:
    """Record that a person withdraws everything; nobody asks for a reason."""
    with world.acting("marko") as (session, actor):
        facts = {**taken(world, "marko", "uk"), "form": "audio"}
        withdraw(session, world.get(session, Person, name), facts=facts, actor=actor)


def taken(world: World, by: str, language: str) -> dict[str, Any]:
    """Return how, when and by whom a consent was taken: in writing, now."""
    obtained = world.clock.now().strftime("%Y-%m-%dT%H:%M")
    return {
        "form": "written",
        "language": language,
        "obtained_by": by,
        "obtained": {"value": obtained, "zone": "UTC", "zone_basis": "clock of the recorder"},
    }
