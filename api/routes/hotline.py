"""For people who can only call: sentences to read out, ``/v1/hotline``."""

from api.deps import AddressDep, OperatorDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.cases import LookupIn
from api.schemas.notifications import SpokenOut
from api.strict_json import StrictRouter
from cases.errors import LookupThrottledError, LookupUnavailableError, WrongNumberOrPinError
from core.clock import now
from identity.errors import NotSignedInError
from payroll import spoken

router = StrictRouter(tags=["notifications"])


@router.post(
    "/hotline/complaints",
    responses=problems(
        NotSignedInError, WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError
    ),
    openapi_extra={"security": [{}]},  # or an official's sign-in
)
def speak_of_complaint(
    session: SessionDep,
    valkey: ValkeyDep,
    operator: OperatorDep,
    address: AddressDep,
    body: LookupIn,
) -> SpokenOut:
    """Say where a complaint stands, and the wages.

    For a hotline's operator or telephone computer, with the number and PIN the caller gives. Of
    whoever has an account it says how their wages stand too, without amounts. Signed in as an
    official, the wrong PINs are counted apart; otherwise with those of looking it up on a screen.
    """
    say = spoken.speak_of_complaint(
        session,
        valkey,
        number=body.number,
        pin=body.pin,
        operator=operator,
        address=address,
        at=now(),
    )
    return SpokenOut(say=say)
