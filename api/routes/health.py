"""Whether this process lives and the parts it needs answer."""

from fastapi import APIRouter, Request
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError

from api.deps import ValkeyDep
from api.errors import NotReadyError
from api.problems import problems
from api.schemas.health import LivenessOut, ReadinessOut
from db.outbox import WORKER_ALIVE_KEY
from db.session import Database

router = APIRouter(tags=["health"])

RETRY_AFTER_SECONDS = 5


@router.get("/healthz")
def get_liveness() -> LivenessOut:
    """Tell that this process serves requests.

    For process supervisors; touches no other part, so a database outage restarts nothing.
    """
    return LivenessOut()


@router.get("/readyz", responses=problems(NotReadyError))
def get_readiness(request: Request, valkey: ValkeyDep) -> ReadinessOut:
    """Tell whether database, Valkey and background worker answer.

    For load balancers and people. When a part is down the answer is 503 and `parts` says which.
    """
    valkey_answers, worker_lives = _look_at_valkey(valkey)
    is_up = {
        "postgresql": _postgresql_answers(request.app.state.database),
        "valkey": valkey_answers,
        "worker": worker_lives,
    }
    if not all(is_up.values()):
        parts = {part: "ok" if up else "down" for part, up in is_up.items()}
        raise NotReadyError(retry_after=RETRY_AFTER_SECONDS, parts=parts)
    return ReadinessOut(parts={"postgresql": "ok", "valkey": "ok", "worker": "ok"})


def _postgresql_answers(database: Database) -> bool:
    try:
        database.ping()
    except SQLAlchemyError:
        return False
    return True


def _look_at_valkey(valkey: Redis) -> tuple[bool, bool]:
    """Return whether Valkey answers, and whether a worker refreshed its sign of life there."""
    try:
        return True, valkey.exists(WORKER_ALIVE_KEY) == 1
    except RedisError:
        return False, False
