"""Everything on record about one person, section by section (个人信息保护法 §45)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, SQLModel, col

from db.models import (
    AuditEntry,
    CheckIn,
    Complaint,
    Consent,
    Contract,
    Notification,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    Person,
    Project,
    ProjectWorker,
    RoleGrant,
    SignIn,
    Team,
    WorkDay,
    WorkDayObjection,
    WorkerCard,
    WorkerPhoto,
)
from identity.service import UNMASK


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table that are about a person, oldest first."""

    name: str
    title: str
    columns: Mapping[str, Any]
    """By their Chinese heading."""
    joins: Sequence[tuple[type[SQLModel], sa.ColumnElement[bool]]]
    owner: Any
    """The column that holds the person's id."""
    where: sa.ColumnElement[bool] | None = None

    def select(self, person_id: UUID) -> sa.Select[Any]:
        """Return the rows' SELECT."""
        first: InstrumentedAttribute[Any] = next(iter(self.columns.values()))
        statement = sa.select(*self.columns.values()).select_from(first.class_)
        for table, condition in self.joins:
            statement = statement.join(table, condition)
        statement = statement.where(self.owner == person_id)
        if self.where is not None:
            statement = statement.where(self.where)
        return statement.order_by(first)


def _place(table: Any) -> tuple[type[SQLModel], sa.ColumnElement[bool]]:
    is_theirs = sa.and_(
        col(ProjectWorker.id) == table.project_worker_id,
        col(ProjectWorker.project_id) == table.project_id,
    )
    return ProjectWorker, is_theirs


def _project(table: Any) -> tuple[type[SQLModel], sa.ColumnElement[bool]]:
    return Project, col(Project.id) == table.project_id


def _payslip(table: Any) -> tuple[type[SQLModel], sa.ColumnElement[bool]]:
    return Payslip, col(Payslip.id) == table.payslip_id


SECTIONS = (
    Section(
        "person",
        "本人信息",
        {
            "登记时间": Person.created_at,
            "姓名": Person.name,
            "证件类型": Person.id_type,
            "证件号码": Person.id_number,
            "出生日期": Person.birth_date,
            "性别": Person.gender,
            "民族": Person.nation,
            "住址": Person.address,
            "手机": Person.phone,
        },
        (),
        Person.id,
    ),
    Section(
        "photo",
        "照片",
        {
            "存入时间": WorkerPhoto.created_at,
            "怎么同意的": WorkerPhoto.consent,
            "告知书版本": WorkerPhoto.notice_version,
            "照片（JPEG，base64）": WorkerPhoto.image,
        },
        (),
        WorkerPhoto.person_id,
    ),
    Section(
        "roles",
        "身份",
        {
            "给予时间": RoleGrant.created_at,
            "身份": RoleGrant.role,
            "结束时间": RoleGrant.revoked_at,
        },
        (),
        RoleGrant.person_id,
    ),
    Section(
        "sign_ins",
        "登录",
        {
            "时间": SignIn.created_at,
            "身份": SignIn.role,
            "有效到": SignIn.expires_at,
            "退出时间": SignIn.revoked_at,
        },
        (),
        SignIn.person_id,
    ),
    Section(
        "consents",
        "同意过的告知",
        {
            "同意时间": Consent.agreed_at,
            "告知": Consent.notice,
            "版本": Consent.version,
            "撤回时间": Consent.withdrawn_at,
        },
        (),
        Consent.person_id,
    ),
    Section(
        "places",
        "工地",
        {
            "登记时间": ProjectWorker.created_at,
            "工地": Project.name,
            "班组": Team.name,
            "工种": ProjectWorker.work_type,
            "进场": ProjectWorker.entered_date,
            "退场": ProjectWorker.left_date,
            "开户银行": ProjectWorker.bank_name,
            "银行卡号": ProjectWorker.bank_card,
        },
        (_project(ProjectWorker), (Team, col(Team.id) == ProjectWorker.team_id)),
        ProjectWorker.person_id,
    ),
    Section(
        "contracts",
        "合同",
        {
            "开始": Contract.start_date,
            "结束": Contract.end_date,
            "工地": Project.name,
            "种类": Contract.kind,
            "编号": Contract.code,
            "计酬方式": Contract.pay_basis,
            "单价（分）": Contract.unit_price_fen,
            "发薪日": Contract.payday,
        },
        (_place(Contract), _project(Contract)),
        ProjectWorker.person_id,
    ),
    Section(
        "cards",
        "工地卡",
        {
            "发卡时间": WorkerCard.created_at,
            "作废时间": WorkerCard.revoked_at,
            "作废原因": WorkerCard.revoke_reason,
        },
        (),
        WorkerCard.person_id,
    ),
    Section(
        "check_ins",
        "打卡记录",
        {
            "发生时间": CheckIn.occurred_at,
            "收到时间": CheckIn.received_at,
            "工地": Project.name,
            "方向": CheckIn.direction,
            "方式": CheckIn.method,
            "等级": CheckIn.grade,
            "放行": CheckIn.admitted,
            "算数": CheckIn.valid,
            "结果": CheckIn.reason,
            "位置": CheckIn.location,
            "备注": CheckIn.note,
        },
        (_place(CheckIn), _project(CheckIn)),
        ProjectWorker.person_id,
    ),
    Section(
        "work_days",
        "出勤日",
        {
            "日期": WorkDay.work_date,
            "工地": Project.name,
            "最早进场": WorkDay.first_in_at,
            "最晚出场": WorkDay.last_out_at,
            "分钟": WorkDay.minutes,
            "工日（百分之一）": WorkDay.units,
            "状态": WorkDay.state,
        },
        (_place(WorkDay), _project(WorkDay)),
        ProjectWorker.person_id,
    ),
    Section(
        "objections",
        "对出勤的异议",
        {
            "提出时间": WorkDayObjection.created_at,
            "哪一天": WorkDayObjection.work_date,
            "说了什么": WorkDayObjection.note,
        },
        (_place(WorkDayObjection),),
        ProjectWorker.person_id,
    ),
    Section(
        "payslips",
        "工资条",
        {
            "做成时间": Payslip.created_at,
            "月份": Payslip.month,
            "版本": Payslip.version,
            "有效": Payslip.is_current,
            "应付日期": Payslip.due_date,
            "应发（分）": Payslip.gross_fen,
            "扣款（分）": Payslip.deductions_fen,
            "实发（分）": Payslip.net_fen,
            "答复": Payslip.answer_state,
            "内容": Payslip.content,
            "内容指纹": Payslip.content_hash,
        },
        ((PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id),),
        Payslip.person_id,
        col(PaySheet.published_at).is_not(None),
    ),
    Section(
        "answers",
        "对工资条的答复",
        {
            "时间": PayslipAnswer.created_at,
            "月份": Payslip.month,
            "答复": PayslipAnswer.state,
            "理由": PayslipAnswer.reason,
            "哪几项": PayslipAnswer.fields,
            "凭证": PayslipAnswer.receipt,
        },
        (_payslip(PayslipAnswer),),
        PayslipAnswer.person_id,
    ),
    Section(
        "payments",
        "银行代发",
        {
            "时间": PayBatchRow.created_at,
            "月份": Payslip.month,
            "金额（分）": PayBatchRow.amount_fen,
            "卡号": PayBatchRow.account,
            "状态": PayBatchRow.state,
            "到账日期": PayBatchRow.settled_date,
            "退回原因": PayBatchRow.rejection,
        },
        (_payslip(PayBatchRow),),
        Payslip.person_id,
    ),
    Section(
        "received",
        "本人说钱收到没有",
        {
            "时间": PayslipReceived.created_at,
            "月份": Payslip.month,
            "收到": PayslipReceived.received,
        },
        (_payslip(PayslipReceived),),
        Payslip.person_id,
    ),
    Section(
        "complaints",
        "投诉",
        {
            "时间": Complaint.created_at,
            "编号": Complaint.number,
            "谁能知道名字": Complaint.disclosure,
            "说了什么": Complaint.statement,
            "金额（分）": Complaint.amount_fen,
        },
        (),
        Complaint.person_id,
    ),
    Section(
        "messages",
        "发给本人的消息",
        {
            "时间": Notification.created_at,
            "内容": Notification.body,
            "发到": Notification.phone,
            "状态": Notification.state,
            "送达时间": Notification.delivered_at,
        },
        (),
        Notification.person_id,
    ),
    Section(
        "accesses",
        "谁看过完整号码",
        {
            "时间": AuditEntry.created_at,
            "看的人的身份": AuditEntry.actor_role,
            "看了什么": AuditEntry.detail,
            "理由": AuditEntry.reason,
        },
        (),
        AuditEntry.subject_id,
        sa.and_(col(AuditEntry.subject_kind) == "person", col(AuditEntry.action) == UNMASK),
    ),
)


def list_section(session: Session, section: Section, person_id: UUID) -> list[dict[str, Any]]:
    """Return the rows of a section by heading."""
    rows = session.execute(section.select(person_id))
    return [dict(zip(section.columns, row, strict=True)) for row in rows]
