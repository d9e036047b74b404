"""The usual endpoint, as tutorials write it: `def`, a session dependency, add, commit, refresh."""

import os
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI
from sqlalchemy import Column, DateTime
from sqlmodel import Field, Session, SQLModel, create_engine

from bench.apps.events import GateEvent

POOL_SIZE = 44
"""Not the default of 5 + 10: with that, this style stands still under load (see db/session.py)."""

engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=POOL_SIZE, max_overflow=0)


class UsualCheckIn(SQLModel, table=True):
    """One stored crossing."""

    __tablename__ = "usual_check_in"

    id: int | None = Field(default=None, primary_key=True)
    nonce: UUID = Field(unique=True)
    worker_id: UUID
    project_id: UUID = Field(index=True)
    device_id: UUID
    direction: str
    occurred_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))


def get_session() -> Generator[Session]:
    """Yield a session per request."""
    with Session(engine) as session:
        yield session


SQLModel.metadata.create_all(engine)
app = FastAPI()


@app.post("/check-ins/batch")
def create_check_ins(
    session: Annotated[Session, Depends(get_session)], events: list[GateEvent]
) -> int:
    """Store many crossings with one commit and return how many."""
    received_at = datetime.now(UTC)
    session.add_all(UsualCheckIn(**event.model_dump(), received_at=received_at) for event in events)
    session.commit()
    return len(events)


@app.post("/check-ins")
def create_check_in(
    session: Annotated[Session, Depends(get_session)], event: GateEvent
) -> UsualCheckIn:
    """Store one crossing and return the row."""
    check_in = UsualCheckIn(**event.model_dump(), received_at=datetime.now(UTC))
    session.add(check_in)
    session.commit()
    session.refresh(check_in)
    return check_in
