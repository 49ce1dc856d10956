"""The page of figures: each number with what was counted, of what one may see alone."""

from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.instance import Instance
from tests.casework.submissions.scene import stage
from tests.cast import Cast
from tests.web.conftest import ClientOf


def test_every_number_says_what_was_counted(client_of: ClientOf, instance: Instance, cast: Cast):
    stage(instance, cast)
    page = client_of("daria").get("/figures")
    assert page.status_code == 200
    assert page.text.count('class="part"') > 5
    assert "somebody else may see other numbers" in page.text


def test_what_one_may_not_see_is_not_counted(client_of: ClientOf, instance: Instance, cast: Cast):
    stage(instance, cast)
    with instance.transaction() as session:
        open_mission(session, reference="KYI-2026-08", title="Secret place", actor=cast.olena)
    page = client_of("outsider").get("/figures").text.split("<main")[1]
    assert "KYI-2026-08" not in page
    assert not any(f'<td class="num">{number}<' in page for number in range(1, 30))
