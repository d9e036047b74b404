"""What workers say for and against days, and what labour managers answer."""

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from attendance import months, objections
from attendance.errors import (
    CorrectionUnfitError,
    DayNotUnsureError,
    NotOnProjectThatDayError,
    ObjectionAnsweredError,
    ObjectionNotFoundError,
    ProjectNeededError,
    TooManyPhotosError,
)
from attendance.months import DayView, MonthView
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.day_enums import ObjectionOutcome
from core.enums import Direction, Role, WorkDayState
from core.keyring import Keyring
from db.models import CheckIn, Notification, ObjectionReply, WorkDayObjection
from evidence.blobs import FolderBlobs
from evidence.errors import PictureUnreadableError
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_grant, make_person, make_principal
from tests.factories.projects import make_project, make_project_worker, make_team

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
TODAY = local_date(now())
IN, OUT = Direction.IN, Direction.OUT


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    return make_principal(
        make_person(session, name="某经理").id, Role.LABOUR_MANAGER, project_id=site.project_id
    )


@pytest.fixture
def blobs(tmp_path: Path, keyring: Keyring) -> FolderBlobs:
    return FolderBlobs(tmp_path, keyring.fields)


def clock(hour: int, *, day: date = DAY) -> datetime:
    return day_start(day) + timedelta(hours=hour)


def punch(session: Session, site: GateSite, direction: Direction, hour: int) -> CheckIn:
    check_in = make_check_in(session, site.worker, direction, clock(hour))
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=DAY
    )
    return check_in


def object_to(
    session: Session, site: GateSite, day: date = DAY, note: str = "少记了加班"
) -> WorkDayObjection:
    return objections.object_to_day(
        session, person_id=site.person_id, work_date=day, note=note, at=now()
    )


def confirm(session: Session, site: GateSite, minutes: int = 240, units: int = 50) -> None:
    objections.confirm_day(
        session,
        person_id=site.person_id,
        work_date=DAY,
        minutes=minutes,
        units=units,
        at=now(),
    )


def accept(
    session: Session,
    manager: Principal,
    objection: WorkDayObjection,
    *,
    in_at: datetime | None = None,
    out_at: datetime | None = None,
) -> ObjectionReply:
    return objections.accept_objection(
        session,
        principal=manager,
        project_id=objection.project_id,
        objection_id=objection.id,
        reason="监控看到了",
        in_at=in_at,
        out_at=out_at,
        at=now(),
    )


def reject(session: Session, manager: Principal, objection: WorkDayObjection) -> ObjectionReply:
    return objections.reject_objection(
        session,
        principal=manager,
        project_id=objection.project_id,
        objection_id=objection.id,
        reason="那天下雨停工",
    )


def month_of(session: Session, site: GateSite, month: str = MONTH) -> MonthView:
    return months.get_month(session, person_id=site.person_id, month=month)


def day_of(session: Session, site: GateSite) -> DayView:
    (day,) = month_of(session, site).days
    return day


def told(session: Session, template: Template) -> list[Notification]:
    statement = select(Notification).where(col(Notification.template) == template)
    return list(session.scalars(statement))


def picture(colour: str = "red") -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Wang"
    file = BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "JPEG", exif=exif.tobytes())
    return file.getvalue()


def test_an_objection_stands_beside_the_day_and_changes_nothing(
    session: Session, site: GateSite
) -> None:
    punch(session, site, IN, 7)
    before = month_of(session, site)

    object_to(session, site, DAY)

    after = month_of(session, site)
    assert after.days == before.days
    assert [(said.work_date, said.objection.note) for said in after.objections] == [
        (DAY, "少记了加班")
    ]


def test_a_day_without_any_punch_can_be_objected_to(session: Session, site: GateSite) -> None:
    objection = object_to(session, site, DAY, "这天我来了，闸机坏了")
    assert objection.project_worker_id == site.worker_id


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=61)])
def test_days_to_come_and_days_before_entry_cannot_be_objected_to(
    session: Session, site: GateSite, day: date
) -> None:
    with pytest.raises(NotOnProjectThatDayError):
        object_to(session, site, day)


def test_on_two_projects_the_worker_says_which(session: Session, site: GateSite) -> None:
    elsewhere = make_project(session)
    team = make_team(session, elsewhere)
    make_project_worker(session, team, site.person, entered_date=site.worker.entered_date)

    with pytest.raises(ProjectNeededError) as refusal:
        object_to(session, site, DAY)
    objection = objections.object_to_day(
        session,
        person_id=site.person_id,
        work_date=DAY,
        note="少记了",
        at=now(),
        project_id=elsewhere.id,
    )

    assert set(refusal.value.facts) == {"projects"}
    assert objection.project_id == elsewhere.id


def test_the_labour_managers_are_told_of_an_objection(session: Session, site: GateSite) -> None:
    manager = make_person(session, name="某经理")
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=site.project_id)

    object_to(session, site)

    (notification,) = told(session, Template.DAY_OBJECTED)
    assert notification.person_id == manager.id


def test_a_second_tap_is_the_same_objection(session: Session, site: GateSite) -> None:
    first, again, other = (object_to(session, site, note=note) for note in ("少记", "少记", "没记"))

    assert (first.id == again.id, first.id == other.id) == (True, False)


def test_an_accepted_objection_enters_what_was_missing_beside_what_was_scanned(
    session: Session, site: GateSite, manager: Principal
) -> None:
    scanned = punch(session, site, IN, 7)
    objection = object_to(session, site)

    reply = accept(session, manager, objection, out_at=clock(17))

    day = day_of(session, site)
    assert (day.work_day.state, day.work_day.minutes) == (WorkDayState.COMPLETE, 600)
    assert day.work_day.grades == {"B": 1, "D": 1}
    assert [seen.note for seen in day.crossings] == [None, "监控看到了"]
    assert day.crossings[0].crossing.id == scanned.id
    (view,) = month_of(session, site).objections
    assert view.reply == reply
    assert len(told(session, Template.OBJECTION_ACCEPTED)) == 1


@pytest.mark.parametrize(
    ("in_hour", "out_hour"), [(None, None), (17, 7), (None, 17 + 48), (7 + 24, 17 + 24)]
)
def test_a_correction_that_is_none_of_that_day_is_refused(
    session: Session,
    site: GateSite,
    manager: Principal,
    in_hour: int | None,
    out_hour: int | None,
) -> None:
    objection = object_to(session, site)
    with pytest.raises(CorrectionUnfitError):
        accept(
            session,
            manager,
            objection,
            in_at=None if in_hour is None else clock(in_hour),
            out_at=None if out_hour is None else clock(out_hour),
        )


def test_a_rejected_objection_stays_beside_the_day_with_the_reason(
    session: Session, site: GateSite, manager: Principal
) -> None:
    punch(session, site, IN, 7)
    before = month_of(session, site).days
    objection = object_to(session, site)

    reject(session, manager, objection)

    after = month_of(session, site)
    assert after.days == before
    (view,) = after.objections
    assert view.reply is not None
    assert (view.reply.outcome, view.reply.reason) == (ObjectionOutcome.REJECTED, "那天下雨停工")
    assert len(told(session, Template.OBJECTION_REJECTED)) == 1
    assert object_to(session, site).id != objection.id  # in the same words, once more


def test_an_objection_is_answered_once(
    session: Session, site: GateSite, manager: Principal
) -> None:
    objection = object_to(session, site)
    reject(session, manager, objection)
    with pytest.raises(ObjectionAnsweredError):
        accept(session, manager, objection, in_at=clock(7), out_at=clock(17))


def test_a_reply_is_final(session: Session, site: GateSite, manager: Principal) -> None:
    reply = reject(session, manager, object_to(session, site))
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(
            update(ObjectionReply).where(col(ObjectionReply.id) == reply.id).values(reason="改了")
        )


def test_another_projects_manager_finds_no_objection(
    session: Session, site: GateSite, manager: Principal
) -> None:
    objection = object_to(session, make_gate_site(session))
    with pytest.raises(ObjectionNotFoundError):
        objections.reject_objection(
            session,
            principal=manager,
            project_id=site.project_id,
            objection_id=objection.id,
            reason="不是我的",
        )


def test_a_confirmed_day_is_asked_about_no_more(session: Session, site: GateSite) -> None:
    punch(session, site, IN, 7)

    confirm(session, site)

    day = day_of(session, site)
    assert (day.work_day.state, day.work_day.units) == (WorkDayState.CONFIRMED, 50)
    assert not day.can_be_confirmed


def test_a_confirmation_holds_only_for_the_day_as_shown(session: Session, site: GateSite) -> None:
    punch(session, site, IN, 7)
    confirm(session, site)

    punch(session, site, OUT, 12)
    punch(session, site, IN, 13)

    day = day_of(session, site)
    assert (day.work_day.state, day.work_day.minutes) == (WorkDayState.NEEDS_CONFIRMATION, 300)


@pytest.mark.parametrize(("minutes", "units"), [(480, 100), (240, 51), (239, 50)])
def test_a_day_that_looks_different_is_not_confirmed(
    session: Session, site: GateSite, minutes: int, units: int
) -> None:
    punch(session, site, IN, 7)
    with pytest.raises(DayNotUnsureError):
        confirm(session, site, minutes, units)


def test_a_certain_day_needs_no_confirmation(session: Session, site: GateSite) -> None:
    punch(session, site, IN, 7)
    punch(session, site, OUT, 11)
    with pytest.raises(DayNotUnsureError):
        confirm(session, site)


def test_a_photo_is_kept_without_what_the_camera_wrote(
    session: Session, site: GateSite, blobs: FolderBlobs
) -> None:
    objection = object_to(session, site)

    photo = objections.add_objection_photo(
        session, blobs, person_id=site.person_id, objection_id=objection.id, content=picture()
    )

    kept = objections.get_own_objection_photo(
        session,
        blobs,
        person_id=site.person_id,
        objection_id=objection.id,
        photo_id=photo.id,
    )
    assert Image.open(BytesIO(kept)).getexif() == {}
    assert b"Wang" not in kept
    (view,) = month_of(session, site).objections
    assert view.photos == (photo,)


def test_the_same_photo_is_kept_once_and_a_fourth_is_refused(
    session: Session, site: GateSite, blobs: FolderBlobs
) -> None:
    objection = object_to(session, site)

    def add(colour: str) -> object:
        return objections.add_objection_photo(
            session,
            blobs,
            person_id=site.person_id,
            objection_id=objection.id,
            content=picture(colour),
        )

    assert add("red") == add("red")
    add("green")
    add("blue")
    with pytest.raises(TooManyPhotosError):
        add("black")


def test_what_is_no_picture_is_refused(
    session: Session, site: GateSite, blobs: FolderBlobs
) -> None:
    objection = object_to(session, site)
    with pytest.raises(PictureUnreadableError):
        objections.add_objection_photo(
            session, blobs, person_id=site.person_id, objection_id=objection.id, content=b"<svg/>"
        )


def test_somebody_elses_objection_takes_no_photo(
    session: Session, site: GateSite, blobs: FolderBlobs
) -> None:
    objection = object_to(session, make_gate_site(session))
    with pytest.raises(ObjectionNotFoundError):
        objections.add_objection_photo(
            session, blobs, person_id=site.person_id, objection_id=objection.id, content=picture()
        )
