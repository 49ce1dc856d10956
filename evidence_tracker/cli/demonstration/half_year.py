"""The half-year in its order: September 2025 to February 2026, each act by the one whose work it is."""

from evidence_tracker.cli.demonstration import analysis, files, interviews, missions, online, people, things
from evidence_tracker.cli.demonstration.interviews import ACCOUNTS
from evidence_tracker.cli.demonstration.missions import PLANS
from evidence_tracker.cli.demonstration.world import World

BEGINS = "2025-09-01 07:00"


def live_through(world: World) -> None:
    """Let the half-year happen, up to the day on which the submissions are prepared."""
    world.telling.now("Writing the demonstration's own files …")
    files.write(world.evidence)
    world.telling.now("September 2025: staff, recipients, other bodies …")
    people.engage(world)
    people.meet_parties(world)
    autumn, november, winter = PLANS
    world.telling.now("Mission 1 of 3: a cellar. Interviews, photographs, consents …")
    _autumn(world)
    missions.bring_home(
        world,
        autumn,
        lessons="Meet at the council, not at homes.",
        outcome="Four first accounts, photographs, an order, a list.",
    )
    analysis.name_actors(world)
    world.telling.now("Mission 2 of 3: a market. A film, remains under seal, a hospital …")
    _november(world)
    missions.bring_home(
        world, november, lessons="Bring more scales.", outcome="One account, a film, remains."
    )
    world.telling.now("Mission 3 of 3: buses. A child screened, not questioned; a post online …")
    online.look(world)
    _winter(world)
    missions.bring_home(
        world, winter, lessons="A specialist for children from the first day.", outcome="A referral."
    )
    world.telling.now("February 2026: incidents, allegations for and against …")
    _february(world)
    world.examine()


def _autumn(world: World) -> None:
    missions.prepare(world, PLANS[0])
    people.register(world, "oksana", "bohuslav", "yevdokiia", "pylyp", "zlatoslava")
    for account in ACCOUNTS:
        if account.mission == "autumn":
            interviews.hold(world, account)
    interviews.allow_photographs(world)
    things.of_autumn(world)
    world.examine()


def _november(world: World) -> None:
    missions.prepare(world, PLANS[1])
    things.of_the_square(world)
    people.register(world, "jonas")
    interviews.hold(world, ACCOUNTS[-1])
    things.of_november(world)
    world.examine()


def _winter(world: World) -> None:
    missions.prepare(world, PLANS[2])
    people.register(world, "yaryna", "myroslava", "dmytro")
    interviews.screen_child(world)
    people.ask_not_to_interview(world)
    interviews.leave_to_others(world)


def _february(world: World) -> None:
    world.at("2026-02-09 08:00")
    analysis.record(world, "cellar", "market", "buses")
    analysis.show(world)
    analysis.read(world)
