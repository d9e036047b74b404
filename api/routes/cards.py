"""Printed cards: ``/v1/me/cards`` and ``/v1/projects/{id}/cards``."""

from typing import Any
from uuid import UUID

from fastapi import Response

from api.deps import PhoneOwnerDep, ProjectManagerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.cards import CardIn, CardOut, CardsIn, IssuedCardOut, PinIn, RevokeIn
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, OwnPhoneRequiredError, RoleRequiredError
from projects.errors import ProjectNotFoundError, TeamNotFoundError
from qr import card_pins, card_prints, cards
from qr.card_queries import list_cards
from qr.errors import (
    CardExistsError,
    CardNotFoundError,
    CardRevokedError,
    GuessablePinError,
    HolderLeftError,
    WorkerNotFoundError,
)

router = StrictRouter(tags=["cards"])
NOT_A_WORKER = (NotSignedInError, RoleRequiredError)
NOT_YOURS = (*NOT_A_WORKER, ProjectNotFoundError)
NOT_MADE = (WorkerNotFoundError, HolderLeftError, CardExistsError)
NOT_STORED = {"Cache-Control": "no-store"}
ZIP: dict[int | str, dict[str, Any]] = {
    201: {
        "content": {"application/zip": {}},
        "description": "`卡片.pdf`, `安全帽贴.pdf` and `密码信/<number>.pdf`; nothing in it when "
        "everybody has a card.",
    }
}
PDF: dict[int | str, dict[str, Any]] = {
    201: {"content": {"application/pdf": {}}, "description": "The sealed letter, to be folded."}
}


@router.get("/me/cards", responses=problems(*NOT_A_WORKER))
def list_my_cards(session: SessionDep, worker: WorkerDep) -> list[CardOut]:
    """List your printed cards.

    For a signed-in worker; newest first, revoked ones too.
    """
    return [CardOut.of(card) for card in list_cards(session, worker.person_id)]


@router.post("/me/cards/{card_id}/revoke", responses=problems(*NOT_A_WORKER, CardNotFoundError))
def revoke_my_card(session: SessionDep, worker: WorkerDep, card_id: UUID) -> CardOut:
    """Report your card lost.

    For a signed-in worker, at a kiosk too. It ends for good: gates refuse it, those without a
    network from their next sync on. A new one is made at the site office. Repeating changes
    nothing.
    """
    return CardOut.of(cards.revoke_my_card(session, principal=worker, card_id=card_id, at=now()))


@router.post(
    "/me/cards/{card_id}/pin",
    responses=problems(
        *NOT_A_WORKER, OwnPhoneRequiredError, CardNotFoundError, CardRevokedError, GuessablePinError
    ),
)
def choose_pin(session: SessionDep, worker: PhoneOwnerDep, card_id: UUID, body: PinIn) -> CardOut:
    """Choose a new PIN for your card.

    For a worker signed in on a phone. Opens a PIN that wrong tries have locked. At a kiosk a PIN
    is changed while signing in, with the present one.
    """
    return CardOut.of(
        card_pins.choose_pin(session, principal=worker, card_id=card_id, pin=body.pin, at=now())
    )


@router.get(
    "/projects/{project_id}/workers/{worker_id}/cards",
    responses=problems(*NOT_YOURS, WorkerNotFoundError),
)
def list_worker_cards(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, worker_id: UUID
) -> list[CardOut]:
    """List a worker's printed cards.

    For the project's labour manager; newest first, revoked ones too. Codes and PINs are not known
    any more.
    """
    found = cards.list_worker_cards(session, project_id=project_id, worker_id=worker_id)
    return [CardOut.of(card) for card in found]


@router.post(
    "/projects/{project_id}/workers/{worker_id}/cards",
    status_code=201,
    responses=problems(*NOT_YOURS, *NOT_MADE),
)
def issue_card(
    session: SessionDep,
    manager: ProjectManagerDep,
    *,
    response: Response,
    project_id: UUID,
    worker_id: UUID,
    body: CardIn,
) -> IssuedCardOut:
    """Make a worker's card for a card printer of your own.

    For the project's labour manager. Code and PIN exist in this answer only: they are stored
    nowhere, and nobody can show them again. A lost answer means another card. The worker gets a
    text message.
    """
    response.headers.update(NOT_STORED)
    issued = cards.issue_card(
        session,
        principal=manager,
        project_id=project_id,
        worker_id=worker_id,
        replace_because=body.replace_because,
        at=now(),
    )
    return IssuedCardOut.of(issued)


@router.post(
    "/projects/{project_id}/cards",
    status_code=201,
    response_class=Response,
    responses=ZIP | problems(*NOT_YOURS, TeamNotFoundError, *NOT_MADE),
)
def issue_cards(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: CardsIn
) -> Response:
    """Make and print cards, helmet stickers and PIN letters.

    For the project's labour manager: for up to 200 of a team who have no card, or for the workers
    named. Codes and PINs exist in this answer only: they are stored nowhere, and nobody can print
    them again. A lost answer means other cards. Everybody gets a text message. A letter is handed
    over closed; its PIN is good for nothing but choosing one's own.
    """
    if body.team_id is not None:
        issued = cards.issue_team_cards(
            session, principal=manager, project_id=project_id, team_id=body.team_id, at=now()
        )
    else:
        issued = cards.issue_cards(
            session,
            principal=manager,
            project_id=project_id,
            worker_ids=body.worker_ids,
            replace_because=body.replace_because,
            at=now(),
        )
    # Printed before the commit: cards that could not be printed were never made.
    return _download(card_prints.print_batch(session, issued), "cards.zip", "application/zip")


@router.post(
    "/projects/{project_id}/cards/{card_id}/revoke",
    responses=problems(*NOT_YOURS, CardNotFoundError),
)
def revoke_card(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    card_id: UUID,
    body: RevokeIn,
) -> CardOut:
    """Stop a worker's card for good.

    For the project's labour manager, e.g. when it was lost. Gates refuse it, those without a
    network from their next sync on; the worker gets a text message. Repeating changes nothing.
    """
    card = cards.revoke_card(
        session,
        principal=manager,
        project_id=project_id,
        card_id=card_id,
        reason=body.reason,
        at=now(),
    )
    return CardOut.of(card)


@router.post(
    "/projects/{project_id}/cards/{card_id}/pin-letter",
    status_code=201,
    response_class=Response,
    responses=PDF | problems(*NOT_YOURS, CardNotFoundError, CardRevokedError),
)
def renew_pin(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, card_id: UUID
) -> Response:
    """Print a new PIN letter for a card.

    For the project's labour manager, when a worker forgot the PIN or locked it. The PIN before
    ends. The new one exists in this answer only and is good for nothing but choosing one's own;
    the worker gets a text message.
    """
    renewed = card_pins.renew_pin(
        session, principal=manager, project_id=project_id, card_id=card_id, at=now()
    )
    return _download(card_prints.print_letter(renewed), "pin-letter.pdf", "application/pdf")


def _download(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **NOT_STORED}
    return Response(content, status_code=201, media_type=media_type, headers=headers)
