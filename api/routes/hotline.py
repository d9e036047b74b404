"""For people who can only call: sentences to read out, ``/v1/hotline``."""

from fastapi import APIRouter

from api.deps import AddressDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.cases import LookupIn
from api.schemas.notifications import SpokenOut
from cases.errors import LookupThrottledError, LookupUnavailableError, WrongNumberOrPinError
from core.clock import now
from payroll import spoken

router = APIRouter(tags=["notifications"])


@router.post(
    "/hotline/complaints",
    responses=problems(WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError),
)
def speak_of_complaint(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: LookupIn
) -> SpokenOut:
    """Say where a complaint stands, and the wages.

    For a hotline's operator or telephone computer, with the number and PIN the caller gives. Of
    whoever has an account it says how their wages stand too, without amounts. The same limits hold
    as for looking it up on a screen.
    """
    say = spoken.speak_of_complaint(
        session, valkey, number=body.number, pin=body.pin, address=address, at=now()
    )
    return SpokenOut(say=say)
