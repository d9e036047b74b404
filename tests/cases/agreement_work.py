"""How tests sign, print and read a mediation agreement."""

from io import BytesIO

import pypdf
from sqlmodel import Session, select

from cases import agreements
from cases.agreements import Agreement
from cases.documents import Desk, draw_up
from core.case_enums import (
    AgreementParty,
    CaseAction,
)
from core.keyring import Keyring
from db.models import (
    CaseDocument,
    CaseEvent,
)
from identity.principal import Principal
from tests.cases.desk_work import stored
from tests.factories.cases import FILED_AT
from tests.identity.test_portraits import photograph

INVISIBLE = dict.fromkeys(map(ord, "\n \u200b"))
MARGIN = 26 / 25.4 * 72
"""Points beside the text of a paper."""


def read_pdf(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).translate(INVISIBLE)


def sign_for_employer(
    session: Session, keyring: Keyring, manager: Principal, number: str, shown: str | None = None
) -> Agreement:
    project_id = manager.project_id
    assert project_id is not None
    (proposed,) = agreements.list_project_agreements(session, project_id=project_id)
    return agreements.sign_for_employer(
        session,
        keyring,
        principal=manager,
        project_id=project_id,
        number=number,
        content_hash=shown or proposed.content_hash,
        at=FILED_AT,
    )


def print_agreement(
    session: Session, tools: Desk, inspector: Principal, number: str, *, on_paper: bool = False
) -> CaseDocument:
    case = stored(session, number)
    proposal = session.exec(
        select(CaseEvent).where(
            CaseEvent.case_id == case.id, CaseEvent.action == CaseAction.PROPOSE_AGREEMENT
        )
    ).one()
    return draw_up(
        session,
        tools,
        principal=inspector,
        number=number,
        event_id=proposal.id,
        on_paper=on_paper,
        at=FILED_AT,
    )


def record_on_paper(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    inspector: Principal,
    number: str,
    party: AgreementParty = AgreementParty.WORKER,
) -> Agreement:
    shown = agreements.get_case_agreement(session, principal=inspector, number=number)
    return agreements.record_paper_signature(
        session,
        keyring,
        tools.blobs,
        principal=inspector,
        number=number,
        party=party,
        signer_name="王小明",
        content_hash=shown.content_hash,
        proof=photograph((320, 200)),
        at=FILED_AT,
    )
