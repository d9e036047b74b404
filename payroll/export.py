"""Use case of the worker: take everything on record about oneself home (个人信息保护法 §45)."""

import html
import json
import zipfile
from datetime import date, datetime
from enum import Enum
from io import BytesIO
from typing import Any
from uuid import UUID

from limits import parse
from redis import Redis
from sqlmodel import Session

from core.clock import SHANGHAI
from db.throttle import count_try
from identity import audit
from identity.principal import Principal
from payroll.errors import ExportThrottledError
from payroll.export_queries import SECTIONS, Section, list_section

EXPORTS = parse("5/day")
PURPOSE = "personal-export"
JSON_FILE, PAGE_FILE = "我的数据.json", "我的数据.html"
EXPLANATION = (
    "这是安薪码平台存着的、关于你本人的全部记录。里面有完整的证件号、手机号和银行卡号，"
    "不要发给别人。依照《保障农民工工资支付条例》，考勤和工资记录要保存到工程完工、"
    "工资结清后至少三年，这段时间里不能删除；写错了可以要求改正。"
)
STYLE = (
    "body{font-family:sans-serif;margin:1rem}table{border-collapse:collapse;margin-bottom:2rem}"
    "td,th{border:1px solid #999;padding:.3rem;text-align:left;vertical-align:top;"
    "max-width:30rem;overflow-wrap:anywhere}"
)

Rows = list[dict[str, Any]]


def export_my_data(session: Session, valkey: Redis, *, principal: Principal, at: datetime) -> bytes:
    """Return a ZIP with everything as JSON and as a page to read; the export is recorded.

    The worker's own numbers are whole. Raises ExportThrottledError above five a day.
    """
    if wait := count_try(valkey, [EXPORTS], PURPOSE, str(principal.person_id)):
        raise ExportThrottledError(retry_after=wait)
    sections = {
        section.name: _gather(session, section, principal.person_id) for section in SECTIONS
    }
    audit.record(
        session,
        actor=principal,
        action="person.exported",
        subject_kind="person",
        subject_id=principal.person_id,
        reason="本人导出自己的数据",
    )
    return _pack(sections, at)


def _gather(session: Session, section: Section, person_id: UUID) -> Rows:
    return [
        {heading: _to_json(value) for heading, value in row.items()}
        for row in list_section(session, section, person_id)
    ]


def _to_json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _pack(sections: dict[str, Rows], at: datetime) -> bytes:
    exported_at = at.astimezone(SHANGHAI)
    document = {"exported_at": exported_at.isoformat(timespec="seconds"), **sections}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(JSON_FILE, json.dumps(document, ensure_ascii=False, indent=2))
        archive.writestr(PAGE_FILE, _write_page(sections, exported_at))
    return buffer.getvalue()


def _write_page(sections: dict[str, Rows], exported_at: datetime) -> str:
    titles = {section.name: section.title for section in SECTIONS}
    tables = "".join(_write_table(titles[name], rows) for name, rows in sections.items())
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>我的数据</title>'
        f"<style>{STYLE}</style><h1>我的数据</h1><p>{exported_at:%Y-%m-%d %H:%M} 导出</p>"
        f"<p>{EXPLANATION}</p>{tables}</html>"
    )


def _write_table(title: str, rows: Rows) -> str:
    if not rows:
        return f"<h2>{title}</h2><p>没有记录</p>"
    headings = "".join(f"<th>{html.escape(heading)}</th>" for heading in rows[0])
    lines = "".join(
        f"<tr>{''.join(f'<td>{_write_value(value)}</td>' for value in row.values())}</tr>"
        for row in rows
    )
    return f"<h2>{title}</h2><table><tr>{headings}</tr>{lines}</table>"


def _write_value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return "" if value is None else html.escape(str(value))
