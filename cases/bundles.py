"""The evidence bundle of a complaint: sealed at filing, given out whole or without names."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import desk, divisions, file_queries, files, identities
from cases.document_errors import DocumentNotFoundError
from core.keyring import Keyring
from core.money import to_yuan
from db.models import Complaint, ComplaintFile, EvidenceBundle
from evidence.blobs import FolderBlobs
from evidence.bundles import Level, Part, make_manifest, make_part, seal_manifest, write_bundle
from identity.principal import Principal
from identity.rules import SeenField, check_reason
from projects.queries import list_parties

EXTENSIONS = {
    "image/jpeg": "jpg",
    "application/pdf": "pdf",
    "audio/3gpp": "3gp",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
}
DUTIES = {
    "title": "谁有义务保存哪些记录；拿不出来的承担不利后果（保障农民工工资支付条例 §50）",
    "duties": [
        {"who": "用人单位", "record": "劳动合同或用工书面协议、职工名册", "source": "条例 §6、§50"},
        {"who": "用人单位", "record": "工资支付台账、工资清单，至少 3 年", "source": "条例 §15"},
        {
            "who": "施工总承包单位、分包单位",
            "record": "用工管理台账，到工程完工且工资结清后至少 3 年",
            "source": "条例 §28",
        },
        {"who": "施工总承包单位", "record": "工资专用账户资料和银行流水", "source": "条例 §26"},
        {"who": "施工总承包单位", "record": "银行代发工资凭证", "source": "条例 §31"},
        {"who": "分包单位", "record": "每月工作量和本人签字的工资支付表", "source": "条例 §31"},
        {"who": "建设单位", "record": "工程款支付担保和人工费拨付记录", "source": "条例 §24、§29"},
    ],
}


def seal(
    session: Session,
    keyring: Keyring,
    *,
    complaint_id: UUID,
    parts: Sequence[Part] = (),
    attachments: Sequence[str] = (),
    at: datetime,
) -> None:
    """Seal what is known of a complaint and the files that came with it.

    A second tap finds the bundle there; files that are new with it are kept beside it. Raises
    StagedFileNotFoundError.
    """
    if file_queries.find_bundle(session, complaint_id):
        files.add_files(session, complaint_id, attachments, at=at)
        return
    complaint = file_queries.get_complaint(session, complaint_id)
    taken = files.take_files(session, complaint_id, attachments, at=at)
    texts = [*_describe(session, complaint), *parts]
    manifest = make_manifest(complaint.number, texts, at=at)
    manifest["parts"] += [_list_file(number, file) for number, file in enumerate(taken, start=1)]
    session.add(
        EvidenceBundle(
            created_at=at,
            complaint_id=complaint_id,
            manifest=manifest,
            contents=json.dumps({part.path: part.content.decode() for part in texts}),
            seal=seal_manifest(keyring, manifest, at=at),
        )
    )


def give_out(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    *,
    principal: Principal,
    number: str,
    reason: str | None,
) -> bytes:
    """Return the bundle as a ZIP: without names, or whole to a handler who says why.

    Whoever takes it whole is recorded. Raises CaseNotFoundError, DocumentNotFoundError,
    HandlerRequiredError, ReasonTooShortError.
    """
    case, complaint = desk.lock_case(session, principal, number)
    if reason is not None:
        check_reason(reason)
        desk.check_handles(session, case, principal)
        identities.record_look(
            session,
            principal,
            complaint,
            reason=reason,
            fields=_list_seen(complaint),
        )
    return _write(session, keyring, blobs, complaint, is_whole=reason is not None)


def _list_seen(complaint: Complaint) -> list[SeenField]:
    """Return what a whole bundle tells of its complainant; a bank card only with a clue."""
    said = json.loads(complaint.personal or "{}")
    seen = [SeenField.NAME, SeenField.ID_NUMBER, SeenField.PHONE]
    return [*seen, SeenField.BANK_CARD] if SeenField.BANK_CARD in said else seen


def _write(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    complaint: Complaint,
    *,
    is_whole: bool,
) -> bytes:
    bundle = file_queries.find_bundle(session, complaint.id)
    if bundle is None:
        raise DocumentNotFoundError
    texts = json.loads(bundle.contents)
    contents = {
        part["path"]: texts[part["path"]].encode()
        if part["path"] in texts
        else blobs.get(part["sha256"])
        for part in bundle.manifest["parts"]
        if is_whole or part["level"] == Level.OPEN
    }
    return write_bundle(keyring, bundle.manifest, bundle.seal, contents)


def _describe(session: Session, complaint: Complaint) -> list[Part]:
    filed = {
        "number": complaint.number,
        "kind": complaint.kind.value,
        "disclosure": complaint.disclosure.value,
        "channel": complaint.channel.value,
        "filed_at": complaint.created_at.isoformat(timespec="seconds"),
        "county": divisions.full_name(complaint.county_code),
        "employer_name": complaint.employer_name,
        "amount": None if complaint.amount_fen is None else to_yuan(complaint.amount_fen),
        "people": complaint.people,
        "facts": complaint.facts,
    }
    statement = {"statement": complaint.statement}
    described = [
        make_part("complaint.json", filed),
        make_part("statement.json", statement, Level.IDENTITY),
        make_part("duties.json", DUTIES),
    ]
    if complaint.project_id is not None:
        chain = _list_chain(session, complaint.project_id)
        described.append(make_part("liability.json", chain))
    return described


def _list_chain(session: Session, project_id: UUID) -> dict[str, object]:
    """Return who builds the project and as what: who answers for whom (条例 §29, §30)."""
    return {
        "rule": "分包欠薪，总包先行清偿（条例 §30）；欠人工费的建设单位先行垫付（条例 §29）",
        "parties": [
            {
                "party_type": party.party_type,
                "name": employer.name,
                "uscc": employer.uscc,
                "entered_date": party.entered_date and party.entered_date.isoformat(),
                "left_date": party.left_date and party.left_date.isoformat(),
            }
            for party, employer in list_parties(session, project_id)
        ],
    }


def _list_file(number: int, file: ComplaintFile) -> dict[str, object]:
    """Return a file's place in the manifest; a picture may show who complained."""
    return {
        "path": f"files/{number:02}.{EXTENSIONS[file.media_type]}",
        "level": Level.IDENTITY.value,
        "size": file.size,
        "sha256": file.digest,
    }
