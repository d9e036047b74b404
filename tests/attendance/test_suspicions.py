"""A large team is judged in groups, and each finding is shown once."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from attendance import suspicions
from attendance.regularity import SuspicionKind
from attendance.sheets import draw_up_sheet
from core.clock import day_start, local_date, now
from core.enums import Direction
from tests.factories.attendance import long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=10)


@pytest.mark.parametrize("at_once", [4, 500])
def test_what_every_group_of_a_team_shows_is_said_once(
    session: Session, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    site = make_gate_site(session)
    team = [
        make_project_worker(
            session, site.team, make_worker_person(session), entered_date=long_ago()
        )
        for _ in range(8)
    ]
    for number in range(4):
        morning = day_start(DAY + timedelta(days=number)) + timedelta(hours=7)
        for worker in team:
            make_check_in(session, worker, Direction.IN, morning)
    sheet = draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=f"{DAY:%Y-%m}", at=now()
    )
    monkeypatch.setattr(suspicions, "WORKERS_AT_ONCE", at_once)

    found = suspicions.list_suspicions(session, sheet, worker_ids=[each.id for each in team])

    kinds = [suspicion.kind for suspicion in found]
    assert SuspicionKind.CROWDED_SECONDS in kinds
    assert len(kinds) == len(set(kinds))
