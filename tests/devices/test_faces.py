"""Gates are told whom they may show: only where wanted, only changes, and whom to forget."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import Role
from db.models import ProjectWorker
from devices import faces
from devices.faces import FacesPage, list_faces, set_faces_at_gates
from identity import photos
from qr.service import issue_worker_code
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project_worker

AT = now()
ONE_DAY = timedelta(days=1)
Ask = Callable[..., FacesPage]


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    issue_worker_code(session, person_id=site.person_id)
    want(session, site, is_wanted=True)
    return site


@pytest.fixture
def ask(session: Session, site: GateSite) -> Ask:
    def faces_now(cursor: str | None = None) -> FacesPage:
        session.flush()
        return list_faces(session, device=site.gate.device, cursor=cursor, at=AT)

    return faces_now


def want(session: Session, site: GateSite, *, is_wanted: bool) -> None:
    manager = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    set_faces_at_gates(session, principal=manager, project_id=site.project_id, is_wanted=is_wanted)


def add_worker(session: Session, site: GateSite) -> ProjectWorker:
    person = make_worker_person(session, name="李大海")
    issue_worker_code(session, person_id=person.id)
    return make_project_worker(
        session, site.team, person, entered_date=local_date(AT) - 30 * ONE_DAY
    )


def keep_photo(session: Session, site: GateSite) -> None:
    file = BytesIO()
    Image.new("RGB", (300, 400), "red").save(file, "JPEG")
    photos.keep_own_photo(
        session,
        principal=make_principal(site.person_id),
        content=file.getvalue(),
        notice_version=photos.NOTICE_VERSION,
    )


def test_a_project_that_never_said_so_shows_nobody(session: Session) -> None:
    site = make_gate_site(session)
    issue_worker_code(session, person_id=site.person_id)
    page = list_faces(session, device=site.gate.device, cursor=None, at=AT)
    assert (page.is_allowed, page.is_full, page.faces) == (False, True, [])


def test_a_guard_sees_masked_names_trades_and_teams(ask: Ask, site: GateSite) -> None:
    (face,) = ask().faces
    assert (face.masked_name, face.trade, face.team, face.photo) == (
        "王*明",
        "钢筋工",
        "钢筋一班",
        None,
    )
    assert site.person.name not in str(ask())
    assert str(site.person.id_number) not in str(ask())


def test_only_changes_come_after_a_cursor(session: Session, ask: Ask, site: GateSite) -> None:
    first = ask()
    assert (first.is_full, len(first.faces)) == (True, 1)
    nothing = ask(first.cursor)
    assert (nothing.is_full, nothing.faces, nothing.gone) == (False, [], [])

    newcomer = add_worker(session, site)
    keep_photo(session, site)
    changed = ask(first.cursor)

    assert {face.masked_name for face in changed.faces} == {"王*明", "李*海"}
    assert [bool(face.photo) for face in changed.faces if face.masked_name == "王*明"] == [True]

    newcomer.left_date = local_date(AT) - ONE_DAY
    gone = ask(changed.cursor)
    assert (gone.faces, len(gone.gone)) == ([], 1)
    assert len(ask().faces) == 1


def test_a_deleted_photo_is_deleted_at_the_gate(session: Session, ask: Ask, site: GateSite) -> None:
    keep_photo(session, site)
    first = ask()
    photos.delete_own_photo(session, principal=make_principal(site.person_id))

    (face,) = ask(first.cursor).faces

    assert (first.faces[0].photo is not None, face.photo) == (True, None)


def test_a_project_that_changes_its_mind_makes_gates_forget(
    session: Session, ask: Ask, site: GateSite
) -> None:
    first = ask()
    want(session, site, is_wanted=False)
    page = ask(first.cursor)
    assert (page.is_allowed, page.is_full, page.faces, page.cursor) == (False, True, [], "0")
    want(session, site, is_wanted=True)
    assert len(ask(page.cursor).faces) == 1


@pytest.mark.parametrize("cursor", ["", "99", "-1", "nonsense", "٣"])
def test_a_cursor_that_is_not_ours_gets_everybody(ask: Ask, cursor: str) -> None:
    ask()
    assert (ask(cursor).is_full, len(ask(cursor).faces)) == (True, 1)


def test_many_come_in_pages(
    session: Session, ask: Ask, site: GateSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "PAGE_FACES", 2)
    for _ in range(4):
        add_worker(session, site)

    pages = [ask()]
    while pages[-1].has_more:
        pages.append(ask(pages[-1].cursor))

    assert [len(page.faces) for page in pages] == [2, 2, 1]
    assert len({face.worker_ref for page in pages for face in page.faces}) == 5


def test_workers_without_a_code_and_of_other_projects_are_not_shown(
    session: Session, ask: Ask, site: GateSite
) -> None:
    make_project_worker(
        session, site.team, make_worker_person(session), entered_date=local_date(AT) - ONE_DAY
    )
    elsewhere = make_gate_site(session)
    issue_worker_code(session, person_id=elsewhere.person_id)
    assert len(ask().faces) == 1
