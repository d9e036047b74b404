"""The usual endpoint with more to store: as many statements as confirming a payslip takes."""

import os
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI
from sqlalchemy import Column, DateTime
from sqlmodel import Field, Session, SQLModel, create_engine

from bench.apps.usual import POOL_SIZE

engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=POOL_SIZE, max_overflow=0)
STATEMENTS_A_ROW = 2
"""The INSERT of `commit` and the SELECT of `refresh`."""


class UsualAnswer(SQLModel, table=True):
    """One thing a worker said."""

    __tablename__ = "usual_answer"

    id: int | None = Field(default=None, primary_key=True)
    payslip_id: UUID = Field(index=True)
    answer: str
    answered_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))


class AnswerIn(SQLModel):
    """Which payslip, and how many statements are to be made."""

    payslip_id: UUID
    statements: int


def get_session() -> Generator[Session]:
    """Yield a session per request."""
    with Session(engine) as session:
        yield session


SQLModel.metadata.create_all(engine, [UsualAnswer.__table__])  # type: ignore[attr-defined]
app = FastAPI()


@app.post("/answers")
def create_answers(
    session: Annotated[Session, Depends(get_session)], body: AnswerIn
) -> UsualAnswer:
    """Store rows until there were so many statements; return the last."""
    for _ in range(body.statements // STATEMENTS_A_ROW):
        answer = UsualAnswer(
            payslip_id=body.payslip_id, answer="confirmed", answered_at=datetime.now(UTC)
        )
        session.add(answer)
        session.commit()
        session.refresh(answer)
    return answer
