"""The worker's own card: ``/v1/me/bank-card``."""

from api.deps import PhoneOwnerDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.bank_cards import BankCardIn, BankCardOut, CardCodeIn
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import (
    CodeThrottledError,
    OwnPhoneRequiredError,
    SignInUnavailableError,
    StepUpCodeWrongError,
    StepUpPhoneMissingError,
)
from payroll import own_card
from payroll.bank_errors import (
    BankCardInvalidError,
    CardHolderDiffersError,
    CardOfAnotherError,
    NotOnProjectError,
)

router = StrictRouter(prefix="/me/bank-card", tags=["payroll"])


@router.post(
    "/code",
    status_code=202,
    responses=problems(
        OwnPhoneRequiredError,
        NotOnProjectError,
        BankCardInvalidError,
        StepUpPhoneMissingError,
        CodeThrottledError,
        SignInUnavailableError,
    ),
)
def request_card_code(
    session: SessionDep, valkey: ValkeyDep, worker: PhoneOwnerDep, body: CardCodeIn
) -> None:
    """Ask for the code that changes your card.

    Texted to your own number with the card's last four digits; good for five minutes and for this
    card on this project only.
    """
    own_card.request_card_code(
        session, valkey, principal=worker, project_id=body.project_id, bank_card=body.bank_card
    )


@router.post(
    "",
    responses=problems(
        OwnPhoneRequiredError,
        NotOnProjectError,
        BankCardInvalidError,
        CardHolderDiffersError,
        CardOfAnotherError,
        StepUpCodeWrongError,
        SignInUnavailableError,
    ),
)
def change_bank_card(
    session: SessionDep, valkey: ValkeyDep, worker: PhoneOwnerDep, body: BankCardIn
) -> BankCardOut:
    """Have your wages paid to another card of yours.

    Only you can do this, and from then on no roster changes it. Wages a bank has sent back go to
    the new card with the next file. You get a message.
    """
    changed = own_card.change_bank_card(
        session,
        valkey,
        principal=worker,
        project_id=body.project_id,
        card=body.to_card(),
        code=body.code,
        at=now(),
    )
    return BankCardOut.of(changed)
