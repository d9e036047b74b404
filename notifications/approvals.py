"""The register of texts: what each says, and what the operators of the gateways say to it."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.enums import ApprovalState, Language
from db.models import TemplateApproval
from notifications import queries, rules
from notifications.errors import ApprovalCodeMissingError, UnknownTextError
from notifications.templates import TEXTS, Template
from notifications.wording import TemplateText

SAMPLES = {
    "code": "314159",
    "month": "2026-10",
    "work_date": "2026-10-09",
    "last_date": "2026-11-13",
    "moment": "2026-10-09T06:30:00+08:00",
    "gate": "东门 1 号闸机",
    "trouble": "刷码记录传不上来",
    "number": "AX26112304271962",
    "count": "3",
    "topics": "工资条、工资到账、投诉",
    "rows": "58",
    "total": "456789.00",
    "tail": "6789",
    "reason": "账号户名不符",
}
"""A plausible value of every placeholder."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One text in one language with a sample of what people read."""

    template: Template
    language: Language
    text: TemplateText
    wording: str
    sample: str
    units: int
    segments: int
    approvals: Sequence[TemplateApproval] = ()


def list_specimens() -> list[Specimen]:
    """Return every text in every language it has, with a sample."""
    return [
        _sample(template, language)
        for template, text in TEXTS.items()
        for language in (Language.CHINESE, *text.others)
    ]


def list_templates(session: Session) -> list[Specimen]:
    """Return every text with what the gateways said about its present version."""
    approvals = queries.list_approvals(session)
    return [
        Specimen(
            specimen.template,
            specimen.language,
            specimen.text,
            specimen.wording,
            specimen.sample,
            specimen.units,
            specimen.segments,
            [approval for approval in approvals if _is_of(approval, specimen)],
        )
        for specimen in list_specimens()
    ]


def record_approval(
    session: Session,
    *,
    gateway: str,
    template: Template,
    version: int,
    language: Language,
    state: ApprovalState,
    provider_code: str | None,
    note: str | None,
) -> TemplateApproval:
    """Record what the operator of a gateway says about one version of a text.

    A coming version may be approved before it is rolled out, so that no message has to wait.
    Raises ApprovalCodeMissingError, UnknownTextError.
    """
    if TEXTS[template].in_language(language)[0] is not language:
        raise UnknownTextError
    if state is ApprovalState.APPROVED and not provider_code:
        raise ApprovalCodeMissingError
    fresh = TemplateApproval(
        gateway=gateway,
        template=template,
        version=version,
        language=language,
        state=state,
        provider_code=provider_code,
        note=note,
    )
    approval = queries.find_approval(session, fresh)
    if approval is None:
        session.add(fresh)
        session.flush()
        return fresh
    approval.state = state
    approval.provider_code = provider_code
    approval.note = note
    return approval


def _sample(template: Template, language: Language) -> Specimen:
    _, wording = TEXTS[template].in_language(language)
    names = [name for _, name, _, _ in string.Formatter().parse(wording) if name]
    composed = rules.compose(template, {name: SAMPLES[name] for name in names}, language=language)
    _, units = rules.measure(composed.body)
    return Specimen(
        template, language, TEXTS[template], wording, composed.body, units, composed.segments
    )


def _is_of(approval: TemplateApproval, specimen: Specimen) -> bool:
    return (approval.template, approval.version, approval.language) == (
        specimen.template,
        specimen.text.version,
        specimen.language,
    )
