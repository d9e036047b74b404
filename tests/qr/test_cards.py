"""Making, replacing and revoking printed cards, and what is written down about it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core.clock import local_date, now
from core.pins import is_right_pin
from db.models import AuditEntry, Notification, Person, WorkerCard, WorkerCode
from identity.principal import Principal
from projects.errors import TeamNotFoundError
from qr import cards, code
from qr.card_queries import find_good_card, list_cards
from qr.errors import CardExistsError, CardNotFoundError, HolderLeftError, WorkerNotFoundError
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.cards import make_card, make_manager
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

AT = now()
YESTERDAY = local_date(AT) - timedelta(days=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    return make_manager(session, site.project_id)


def acts(session: Session, person_id: object) -> list[tuple[str, str]]:
    entries = session.exec(select(AuditEntry).where(AuditEntry.subject_id == person_id))
    return sorted((entry.action, entry.reason) for entry in entries)


def messages(session: Session, person_id: object) -> list[str]:
    sent = session.exec(select(Notification).where(Notification.person_id == person_id))
    return sorted(message.template for message in sent)


def test_only_hashes_of_a_card_and_its_pin_are_kept(session: Session, site: GateSite) -> None:
    issued = make_card(session, site.worker)

    secret = code.decode_card(issued.code)
    assert issued.card.digest == code.card_digest(secret)
    assert is_right_pin(issued.card.pin_hash, issued.pin)
    kept = str(issued.card.model_dump())
    assert issued.pin not in kept
    assert repr(secret)[2:-1] not in kept


def test_secrets_do_not_show_where_objects_are_printed(session: Session, site: GateSite) -> None:
    issued = make_card(session, site.worker)
    assert issued.pin not in repr(issued).replace(issued.card.pin_hash or "", "")
    assert issued.code not in repr(issued)


def test_issuing_is_written_down_and_told(session: Session, site: GateSite) -> None:
    make_card(session, site.worker)
    assert acts(session, site.person_id) == [("card.issue", "首次制卡")]
    assert messages(session, site.person_id) == ["card_issued"]


def test_whoever_has_a_card_has_a_worker_ref_that_gates_know(
    session: Session, site: GateSite
) -> None:
    make_card(session, site.worker)
    statement = select(WorkerCode).where(WorkerCode.person_id == site.person_id)
    assert session.exec(statement).one_or_none() is not None


def test_second_card_needs_a_reason(session: Session, site: GateSite) -> None:
    first = make_card(session, site.worker)

    with pytest.raises(CardExistsError):
        make_card(session, site.worker)

    assert first.card.revoked_at is None


def test_replacing_ends_the_earlier_card(session: Session, site: GateSite) -> None:
    first = make_card(session, site.worker)

    second = make_card(session, site.worker, replace_because="安全帽换了")

    assert first.card.revoked_at is not None
    assert first.card.revoke_reason == "安全帽换了"
    assert find_good_card(session, site.person_id) == second.card
    assert acts(session, site.person_id) == [
        ("card.issue", "安全帽换了"),
        ("card.issue", "首次制卡"),
        ("card.revoke", "安全帽换了"),
    ]


def test_revoking_twice_keeps_the_first_reason(
    session: Session, site: GateSite, manager: Principal
) -> None:
    card = make_card(session, site.worker).card

    for reason, at in (("卡丢了", AT), ("又说一遍", AT + timedelta(hours=1))):
        cards.revoke_card(
            session,
            principal=manager,
            project_id=site.project_id,
            card_id=card.id,
            reason=reason,
            at=at,
        )

    assert (card.revoked_at, card.revoke_reason) == (AT, "卡丢了")
    assert messages(session, site.person_id).count("card_revoked") == 1
    assert [action for action, _ in acts(session, site.person_id)].count("card.revoke") == 1


def test_worker_reports_their_own_card_lost(session: Session, site: GateSite) -> None:
    card = make_card(session, site.worker).card

    cards.revoke_my_card(session, principal=make_principal(site.person_id), card_id=card.id, at=AT)

    assert (card.revoked_at, card.revoke_reason) == (AT, cards.REPORTED_LOST)


def test_somebody_elses_card_does_not_exist(session: Session, site: GateSite) -> None:
    card = make_card(session, site.worker).card
    stranger = make_principal(make_worker_person(session).id)

    with pytest.raises(CardNotFoundError):
        cards.revoke_my_card(session, principal=stranger, card_id=card.id, at=AT)


def test_a_card_of_another_project_does_not_exist(session: Session, site: GateSite) -> None:
    card = make_card(session, site.worker).card
    elsewhere = make_project(session)

    with pytest.raises(CardNotFoundError):
        cards.revoke_card(
            session,
            principal=make_manager(session, elsewhere.id),
            project_id=elsewhere.id,
            card_id=card.id,
            reason="卡丢了",
            at=AT,
        )


def test_a_former_project_has_no_say_in_the_card_of_the_next_one(
    session: Session, site: GateSite, manager: Principal
) -> None:
    card = make_card(session, site.worker).card
    site.worker.left_date = YESTERDAY
    next_team = make_team(session, make_project(session))
    next_place = make_project_worker(session, next_team, session.get_one(Person, site.person_id))

    def revoke() -> None:
        cards.revoke_card(
            session,
            principal=manager,
            project_id=site.project_id,
            card_id=card.id,
            reason="退场",
            at=AT,
        )

    with pytest.raises(CardNotFoundError):
        revoke()
    next_place.left_date = YESTERDAY
    session.flush()
    revoke()

    assert card.revoked_at == AT


def test_a_leaver_gets_no_card(session: Session, site: GateSite) -> None:
    site.worker.left_date = YESTERDAY
    with pytest.raises(HolderLeftError):
        make_card(session, site.worker)


def test_one_unknown_worker_stops_the_whole_batch(
    session: Session, site: GateSite, manager: Principal
) -> None:
    with pytest.raises(WorkerNotFoundError):
        cards.issue_cards(
            session,
            principal=manager,
            project_id=site.project_id,
            worker_ids=[site.worker_id, uuid4()],
            replace_because=None,
            at=AT,
        )
    assert list_cards(session, site.person_id) == []


def test_a_team_gets_cards_for_those_present_without_one(
    session: Session, site: GateSite, manager: Principal
) -> None:
    has_one = make_project_worker(session, site.team, make_worker_person(session))
    kept = make_card(session, has_one).card
    make_project_worker(session, site.team, make_worker_person(session), left_date=YESTERDAY)
    tomorrow = local_date(AT) + timedelta(days=1)
    make_project_worker(session, site.team, make_worker_person(session), entered_date=tomorrow)
    make_project_worker(
        session, make_team(session, site.project, name="木工二班"), make_worker_person(session)
    )

    issued = cards.issue_team_cards(
        session, principal=manager, project_id=site.project_id, team_id=site.team_id, at=AT
    )

    assert [each.card.person_id for each in issued] == [site.person_id]
    assert kept.revoked_at is None


def test_a_team_of_another_project_does_not_exist(
    session: Session, site: GateSite, manager: Principal
) -> None:
    other = make_team(session, make_project(session))
    with pytest.raises(TeamNotFoundError):
        cards.issue_team_cards(
            session, principal=manager, project_id=site.project_id, team_id=other.id, at=AT
        )


def test_cards_are_listed_newest_first_with_revoked_ones(session: Session, site: GateSite) -> None:
    first = make_card(session, site.worker).card
    second = make_card(session, site.worker, replace_because="卡磨花了").card

    listed = cards.list_worker_cards(session, project_id=site.project_id, worker_id=site.worker_id)

    assert listed == [second, first]
    with pytest.raises(WorkerNotFoundError):
        cards.list_worker_cards(
            session, project_id=make_project(session).id, worker_id=site.worker_id
        )


def test_the_number_of_a_card_is_no_part_of_its_code(session: Session, site: GateSite) -> None:
    issued = make_card(session, site.worker)
    number = cards.number_of(issued.card)
    assert number.replace("-", "").lower() == issued.card.id.hex[-8:]
    assert number not in issued.code


def test_the_database_itself_allows_one_good_card(session: Session, site: GateSite) -> None:
    make_card(session, site.worker)
    session.add(WorkerCard(person_id=site.person_id, digest=bytes(32)))
    with pytest.raises(IntegrityError, match="ix_worker_card_one_good"):
        session.flush()
