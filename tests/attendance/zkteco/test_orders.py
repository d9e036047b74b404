"""What an attendance terminal is asked to do: its list of people, and old punches again."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlalchemy import select, update
from sqlmodel import Session, col

from core.clock import local_date, now
from core.enums import DeviceVendor, TerminalCommandKind
from core.masking import mask_name
from db.models import ProjectWorker, TerminalCommand
from devices.errors import LogQueryTooLongError, NoLogQueryError
from devices.service import revoke_device
from devices.zkteco import commands
from tests.attendance.zkteco.conftest import list_check_ins, list_messages, yesterday
from tests.devices.simulators.zk_att import AttTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.attendance import long_ago
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker
from tests.factories.terminals import TerminalSite, make_terminal_site

TODAY = local_date(now())


def list_commands(session: Session) -> list[TerminalCommand]:
    session.expire_all()
    return list(session.scalars(select(TerminalCommand).order_by(col(TerminalCommand.number))))


def poll(att: AttTerminal, redis: Redis, times: int = 1) -> None:
    """Let a minute pass between polls, as far as the plan of people is concerned."""
    for _ in range(times):
        redis.flushdb()
        att.run()


def ask_again(session: Session, site: TerminalSite, first: date, last: date) -> TerminalCommand:
    return commands.query_attlog(
        session,
        project_id=site.site.project_id,
        device_id=site.device_id,
        first=first,
        last=last,
    )


def test_who_is_registered_stands_in_the_terminal_with_a_masked_name(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    name = att_site.site.person.name

    att.run()

    assert att.people == {"1001": mask_name(name)}
    (command,) = list_commands(session)
    assert (command.kind, command.return_code) == (TerminalCommandKind.UPDATE_PERSON, 0)
    assert name not in command.content


def test_a_gb18030_screen_gets_names_it_can_show(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ATT, encoding="gb18030")
    name = site.site.person.name
    att = AttTerminal(ZkLine(client, site.base), encoding="gb18030")
    att.run()
    assert att.people == {"1001": mask_name(name)}


def test_who_leaves_is_deleted_and_who_comes_back_returns(
    session: Session, att: AttTerminal, att_site: TerminalSite, redis: Redis
) -> None:
    poll(att, redis)
    worker = session.get_one(ProjectWorker, att_site.site.worker_id)
    worker.left_date = TODAY - timedelta(days=1)
    poll(att, redis, times=3)
    assert att.people == {}
    assert len(list_commands(session)) == 2

    session.get_one(ProjectWorker, att_site.site.worker_id).left_date = None
    poll(att, redis)

    assert list(att.people) == ["1001"]


def test_a_list_that_is_right_is_not_sent_again(
    session: Session, att: AttTerminal, redis: Redis
) -> None:
    poll(att, redis, times=3)
    assert len(list_commands(session)) == 1


def test_somebody_new_comes_within_a_minute(
    session: Session, att: AttTerminal, att_site: TerminalSite, redis: Redis
) -> None:
    poll(att, redis)
    make_project_worker(
        session,
        att_site.site.team,
        make_worker_person(session),
        entered_date=long_ago(),
        card_number="1002",
    )
    att.run()
    assert "1002" not in att.people

    poll(att, redis)

    assert "1002" in att.people


def test_people_the_terminal_did_not_get_from_us_stay(
    session: Session, att: AttTerminal, redis: Redis
) -> None:
    att.people["9"] = "管理员"
    poll(att, redis, times=2)
    assert att.people["9"] == "管理员"


def test_a_terminal_may_keep_its_own_list(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ATT, keeps_people=False)
    att = AttTerminal(ZkLine(client, site.base))
    att.run()
    assert att.people == {}


def test_a_command_without_an_answer_is_sent_again_and_given_up_at_last(
    session: Session, att: AttTerminal, redis: Redis
) -> None:
    att.is_deaf = True
    for sends in range(1, 21):
        poll(att, redis)
        (command,) = list_commands(session)
        assert (command.sends, command.answered_at) == (sends, None)
        _wait_a_minute(session)
    poll(att, redis)

    (command,) = list_commands(session)
    assert (command.sends, command.return_code) == (20, None)
    assert command.answered_at is not None


def _wait_a_minute(session: Session) -> None:
    session.execute(
        update(TerminalCommand).values(sent_at=now() - commands.SEND_AGAIN_AFTER),
        execution_options={"synchronize_session": False},
    )


def test_a_command_waits_a_minute_for_its_answer(
    session: Session, att: AttTerminal, redis: Redis
) -> None:
    att.is_deaf = True
    poll(att, redis, times=3)
    assert [command.sends for command in list_commands(session)] == [1]


def test_old_punches_are_sent_again_and_counted_once(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    att.punch("1001", yesterday("06:58:10"))
    att.run()
    att.punch("1001", yesterday("17:31:40"), status=1)
    att.rows[-1].is_sent = True  # lost on the way by an older server
    ask_again(session, att_site, TODAY - timedelta(days=2), TODAY)

    att.run(2)

    assert len(list_check_ins(session)) == 2
    assert list_commands(session)[-1].return_code == 0


def test_a_refusal_is_kept_with_its_number(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    ask_again(session, att_site, date(2020, 1, 1), date(2020, 1, 31))
    att.run()
    assert list_commands(session)[0].return_code == -1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 2, 1)),
    ],
)
def test_a_query_has_its_limits(
    session: Session, att_site: TerminalSite, first: date, last: date
) -> None:
    with pytest.raises(LogQueryTooLongError):
        ask_again(session, att_site, first, last)


def test_other_terminals_cannot_be_asked(
    session: Session, att_site: TerminalSite, acc_site: TerminalSite
) -> None:
    revoke_device(session, project_id=att_site.site.project_id, device_id=att_site.device_id)
    for site in (att_site, acc_site):
        with pytest.raises(NoLogQueryError):
            ask_again(session, site, TODAY, TODAY)


def test_several_answers_may_come_at_once_and_strange_ones_are_kept(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    for _ in range(2):
        ask_again(session, att_site, TODAY, TODAY)
    numbers = [command.number for command in list_commands(session)]
    body = f"ID={numbers[0]}&Return=0&CMD=DATA\nID={numbers[1]}&Return=-1002&CMD=DATA\r\nwhat\n"

    answer = att.line.call("POST", f"devicecmd?SN={att.serial}", body.encode())

    assert answer is not None
    assert answer.text == "OK"
    assert [command.return_code for command in list_commands(session)] == [0, -1002]
    assert [message.note for message in list_messages(session)] == ["no answer to a command"]


def test_the_first_answer_to_a_command_counts(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    number = ask_again(session, att_site, TODAY, TODAY).number
    for code in (0, -1, 5):
        att.line.call("POST", f"devicecmd?SN={att.serial}", f"ID={number}&Return={code}".encode())
    assert [command.return_code for command in list_commands(session)] == [0]
