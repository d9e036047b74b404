"""`make demo`: the main job from sign-in to a county case, as clients would do it, over HTTP only.

Prints who did what and what the product answered, saves the 安薪码 and the payslip, and ends with
a non-zero status on any deviation.
"""

import base64
import csv
import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.clock import local_date, now
from demo import people
from demo.actors import (
    Actor,
    DeviationError,
    Inbox,
    Transcript,
    expect,
    find_code,
    wait_until,
)
from evidence.receipts import verify_receipt
from qr import code as ax1
from stack.fresh import fresh_instance
from stack.instance import Instance

MONTH = "2026-10"
TEAM = "木工二班"
KIT_DAYS = 8
TOLD_AT_LEAST = 3
"""Filed, accepted, ordered to pay."""


class Walkthrough:
    """One run of the main job; each method is one person's part, in order."""

    def __init__(self, instance: Instance, keep: Path) -> None:
        self.instance = instance
        self.keep = keep
        self.story = Transcript()
        self.manager = Actor(instance.base_url, "劳资专管员")
        self.builder = Actor(instance.base_url, "总包单位管理员")
        self.inspector = Actor(instance.base_url, "监察员")
        self.worker = Actor(instance.base_url, f"工人{people.CONFIRMS.name}")
        self.colleague = Actor(instance.base_url, f"工人{people.DISPUTES.name}")
        self.project_id = ""
        self.sheet_id = ""
        self.complaint: dict[str, Any] = {}

    def run(self) -> None:
        """Walk through the whole main job."""
        self.everybody_signs_in()
        kit = self.the_worker_gets_a_code()
        self.the_gate_lets_in_once(kit)
        self.the_month_becomes_a_sheet()
        self.the_payslips_are_published()
        self.one_confirms()
        self.one_disputes()
        reference = self.the_bank_file_is_drawn_up()
        self.somebody_else_releases_it(reference)
        rows = self.the_bank_file_is_downloaded(reference)
        self.the_bank_answers(reference, rows)
        self.the_wage_status_follows()
        self.one_complains()
        self.the_county_works_the_case()
        self.everybody_was_told()

    def everybody_signs_in(self) -> None:
        """Sign in by SMS code."""
        for actor, phone in (
            (self.worker, people.CONFIRMS.phone or ""),
            (self.colleague, people.DISPUTES.phone or ""),
            (self.manager, people.MANAGER_PHONE),
            (self.builder, people.RELEASER_PHONE),
            (self.inspector, people.INSPECTOR_PHONE),
        ):
            self.story.step(actor.name, f"用手机号 {phone} 收验证码登录")
            actor.sign_in(phone, self.instance.sms_file)
            me = actor.get("/v1/me")
            self.story.answer(f"{me['name']}，登录成功")
        self.project_id = self.manager.get("/v1/projects")["items"][0]["id"]

    def the_worker_gets_a_code(self) -> dict[str, Any]:
        """Fetch the code kit and keep the picture of the code."""
        self.story.step(self.worker.name, "领取安薪码密钥包，手机自己生成动态码")
        kit: dict[str, Any] = self.worker.get("/v1/me/code-kit")
        expect(len(kit["gate_keys"]) == KIT_DAYS, "密钥包应有八天的密钥")
        picture = self.worker.get_bytes("/v1/me/code.png")
        (self.keep / "安薪码.png").write_bytes(picture)
        self.story.answer(f"安薪码 {make_code(kit)}，图片已保存")
        return kit

    def the_gate_lets_in_once(self, kit: dict[str, Any]) -> None:
        """Pair two gates; a code opens one of them, once; asking again gives the same answer."""
        east, west = self.pair_gate("东门 1 号闸机"), self.pair_gate("西门 1 号闸机")
        code, nonce = make_code(kit), f"demo-{uuid4().hex}"
        self.story.step("东门闸机", "工人刷安薪码进场")
        first = east.post("/v1/gate/verify", scan(code, nonce))
        expect(first["decision"] == "admitted", f"应放行，却是 {first['reason']}")
        self.story.answer(f"{first['worker']['masked_name']}：“{first['say']}”，打卡已记录")
        again = east.post("/v1/gate/verify", scan(code, nonce))
        expect(again == first, "同一次刷码重复上报应得到同样的回答")
        self.story.step("西门闸机", "有人拿同一个码的截图来刷")
        copied = west.post("/v1/gate/verify", scan(code, f"demo-{uuid4().hex}"))
        expect(copied["reason"] == "already_used", f"截图应被拒，却是 {copied['reason']}")
        self.story.answer(f"不放行：“{copied['say']}”")

    def pair_gate(self, name: str) -> Actor:
        """Register and pair a gate."""
        self.story.step(self.manager.name, f"登记{name}，闸机用配对码换令牌")
        offer = self.manager.post(
            f"/v1/projects/{self.project_id}/devices", {"name": name}, status=201
        )
        gate = Actor(self.instance.base_url, name)
        paired = gate.post("/v1/devices/pair", {"pairing_code": offer["pairing_code"]})
        gate.bear(paired["token"])
        self.story.answer("配对成功")
        return gate

    def the_month_becomes_a_sheet(self) -> None:
        """See the days as the worker, lock the sheet as the manager."""
        self.story.step(self.worker.name, f"查看自己 {MONTH} 的出勤")
        month = self.worker.get("/v1/me/attendance", month=MONTH)
        expect(month["days"], "这个月应有出勤")
        self.story.answer(f"{len(month['days'])} 天有记录")
        self.story.step(self.manager.name, f"生成并锁定{TEAM} {MONTH} 的考勤表")
        team_id = self.team_id()
        sheets = f"/v1/projects/{self.project_id}/attendance-sheets"
        sheet = self.manager.post(sheets, {"month": MONTH, "team_id": team_id}, status=201)
        reasons = {
            "unsettled_reason": "缺的进出场记录已和工人当面核对",
            "skipped_reason": "班组长、分包单位已在纸质表上签字",
        }
        locked = self.manager.post(f"{sheets}/{sheet['id']}/lock", reasons)
        expect(locked["state"] == "locked", "考勤表应已锁定")
        self.story.answer("已锁定")

    def team_id(self) -> str:
        """Return the id of the team this is about."""
        teams = self.manager.get(f"/v1/projects/{self.project_id}")["teams"]
        return next(str(team["id"]) for team in teams if team["name"] == TEAM)

    def the_payslips_are_published(self) -> None:
        """Draw up and publish the pay sheet; every worker with a phone gets a message."""
        self.story.step(self.manager.name, f"按考勤和合同算出{TEAM}的工资表并发给每个人")
        body = {"month": MONTH, "team_id": self.team_id()}
        pay_sheets = f"/v1/projects/{self.project_id}/pay-sheets"
        self.sheet_id = self.manager.post(pay_sheets, body, status=201)["id"]
        published = self.manager.post(f"{pay_sheets}/{self.sheet_id}/publish")
        expect(published["state"] == "published", "工资表应已发布")
        self.story.answer(f"{published['payslip_count']} 张工资条已发")
        sms = Inbox(self.instance.sms_file, f"+86{people.CONFIRMS.phone}").wait_for("工资条")
        self.story.answer(f"{self.worker.name}收到短信：{sms}")

    def one_confirms(self) -> None:
        """Confirm exactly what was shown and check the receipt as a stranger could."""
        status = self.worker.get("/v1/me/status")
        expect(status["severity"] >= 1, "还没拿到钱，状态不能是“安”")
        payslip = self.own_payslip(self.worker)
        self.story.step(self.worker.name, f"看工资条（实发 {payslip['net']} 元），点“确认”")
        body = {"content_hash": payslip["content_hash"]}
        path = f"/v1/me/payslips/{payslip['payslip_id']}/confirm"
        confirmed = self.worker.post(path, body)
        jwks = self.worker.get("/.well-known/jwks.json")
        receipt = verify_receipt(confirmed["receipt"], jwks)
        expect(receipt["content_hash"] == payslip["content_hash"], "回执应写明所确认的内容")
        self.story.answer("已确认，回执签名经公钥验证无误")
        self.save("工资条.json", payslip)
        self.save("确认回执.json", receipt)
        again = self.worker.post(path, body)
        expect(again["receipt"] == confirmed["receipt"], "再点一次应拿到同一份回执")
        self.story.answer("手一抖点了两次：还是同一份回执，不会算两次")

    def one_disputes(self) -> None:
        """Dispute a payslip; only that line waits."""
        payslip = self.own_payslip(self.colleague)
        self.story.step(self.colleague.name, "觉得少算了一天，点“有问题”")
        disputed = self.colleague.post(
            f"/v1/me/payslips/{payslip['payslip_id']}/dispute",
            {"reason": "10 月 20 日我上了一整天班，工资条里没有", "fields": ["work_time"]},
        )
        expect(disputed["answer_state"] == "disputed", "应记为有异议")
        self.story.answer("已记下，只有这一张先不发，其他人的照发")

    def own_payslip(self, worker: Actor) -> dict[str, Any]:
        """Return the worker's payslip of the month with its content."""
        items = worker.get("/v1/me/payslips")["items"]
        mine = next(item for item in items if item["month"] == MONTH)
        detail: dict[str, Any] = worker.get(f"/v1/me/payslips/{mine['payslip_id']}")
        return detail

    def the_bank_file_is_drawn_up(self) -> str:
        """Approve and draw up the bank file: only confirmed lines, and it goes nowhere yet."""
        self.story.step(self.manager.name, "复核工资表，生成银行代发批次")
        sheet = f"/v1/projects/{self.project_id}/pay-sheets/{self.sheet_id}"
        self.manager.post(f"{sheet}/approve")
        batch = self.manager.post(f"{sheet}/batches", status=201)
        expect(batch["row_count"] == 1, "只有本人确认过的才能进银行文件")
        reference = str(batch["reference"])
        self.story.answer(f"批次 {reference}：{batch['row_count']} 笔 {batch['total']} 元")
        self.manager.refused(f"{sheet}/batches/{reference}/file", "payroll.batch-not-released")
        self.story.answer("还没有第二个人放行，文件下载不了")
        return reference

    def somebody_else_releases_it(self, reference: str) -> None:
        """Compare and release the file with a code texted for it."""
        self.story.step(self.builder.name, "核对笔数和金额，用短信验证码放行")
        waiting = self.builder.get("/v1/pay-batches")["items"]
        batch = next(each for each in waiting if each["reference"] == reference)
        path = f"/v1/projects/{batch['project_id']}/pay-sheets/{batch['sheet_id']}/batches"
        lines = self.builder.get(f"{path}/{reference}")["lines"]
        expect(len(lines) == batch["row_count"], "明细应与笔数一致")
        inbox = Inbox(self.instance.sms_file, f"+86{people.RELEASER_PHONE}")
        seen = len(inbox.messages())
        self.builder.post(f"{path}/{reference}/release-code", status=202)
        text = inbox.wait_for("放行", after=seen)
        self.story.answer(f"{self.builder.name}收到短信：{text}")
        released = self.builder.post(f"{path}/{reference}/release", {"code": find_code(text)})
        expect(released["state"] == "released", "批次应已放行")
        self.story.answer("已放行：做表的和放行的不是同一个人")

    def the_bank_file_is_downloaded(self, reference: str) -> list[list[str]]:
        """Download the file; the worker sees who read the card number."""
        self.story.step(self.manager.name, "下载银行文件")
        sheet = f"/v1/projects/{self.project_id}/pay-sheets/{self.sheet_id}"
        content = self.manager.get_bytes(f"{sheet}/batches/{reference}/file")
        (self.keep / "银行代发文件.csv").write_bytes(content)
        xml = self.manager.get_bytes(f"{sheet}/batches/{reference}/file?profile=pain.001")
        (self.keep / "银行代发文件.xml").write_bytes(xml)
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        accesses = self.worker.get("/v1/me/accesses")["items"]
        expect(accesses, "工人应能看到谁读过自己的卡号")
        self.story.answer(f"CSV 和 ISO 20022 各一份；{self.worker.name}能看到卡号被读过")
        return rows

    def the_bank_answers(self, reference: str, rows: list[list[str]]) -> None:
        """Import the bank's result; before it nobody counts as paid."""
        status = self.worker.get("/v1/me/status")
        expect(status["severity"] >= 1, "文件交给银行不等于已付款")
        self.story.step("银行", "退回代发结果，专管员导入")
        result = self.manager.upload(
            f"/v1/projects/{self.project_id}/pay-sheets/{self.sheet_id}/batches/{reference}/result",
            "result.csv",
            bank_result(rows),
        )
        expect(result["acknowledged"] == 1, "应有一笔到账")
        self.story.answer(f"到账 {result['acknowledged']} 笔，退回 {result['rejected']} 笔")

    def the_wage_status_follows(self) -> None:
        """See that one is paid and the other is not."""
        self.story.step(self.worker.name, "看自己的工资状态，并回答“收到了”")
        paid = self.worker.get("/v1/me/status")
        expect(paid["severity"] == 0, f"应为“安”，却是 {paid}")
        payslip = self.own_payslip(self.worker)
        path = f"/v1/me/payslips/{payslip['payslip_id']}/received"
        self.worker.post(path, {"received": True}, status=201)
        self.story.answer(f"“{paid['label']}”")
        unpaid = self.colleague.get("/v1/me/status")
        expect(unpaid["severity"] >= 1, "有异议的人不能显示为“安”")
        self.story.answer(
            f"{self.colleague.name}：“{unpaid['label']}”，{unpaid['reasons'][0]['say']}"
        )

    def one_complains(self) -> None:
        """Complain from the payslip with one sentence."""
        payslip = self.own_payslip(self.colleague)
        self.story.step(self.colleague.name, "从工资条一键投诉")
        self.complaint = self.colleague.post(
            "/v1/me/complaints",
            {
                "payslip_id": payslip["payslip_id"],
                "statement": "少算一天工资，找了班组长没有答复",
                "disclosure": "named",
            },
            status=201,
        )
        self.story.answer(f"投诉编号 {self.complaint['number']}，查询密码半小时内还能再看")

    def the_county_works_the_case(self) -> None:
        """Find the case in the county's list and move it two steps."""
        number = self.complaint["number"]
        self.story.step(self.inspector.name, "打开西湖区的案件列表")
        listed = self.inspector.get("/v1/cases")["items"]
        expect(number in [case["number"] for case in listed], "投诉应出现在本区列表里")
        self.story.answer(f"{number} 在列，{listed[0]['due_date']} 前要决定是否受理")
        self.story.step(self.inspector.name, "办理：受理")
        case = self.inspector.post(f"/v1/cases/{number}/actions/accept", {})
        self.story.answer(f"案件状态：{case['state_name']}")
        self.story.step(self.inspector.name, "加一名监察员：调查要两个人")
        colleagues = self.inspector.get("/v1/case-desk/colleagues")["items"]
        for colleague in colleagues:
            person = {"person_id": colleague["person_id"]}
            self.inspector.post(f"/v1/cases/{number}/handlers", person)
        self.story.step(self.inspector.name, "办理：责令支付")
        order = {
            "note": "责令三日内补发一天工资",
            "due_date": f"{local_date(now()) + timedelta(days=3)}",
            "amount": "300.00",
        }
        case = self.inspector.post(f"/v1/cases/{number}/actions/order_to_pay", order)
        self.story.answer(f"案件状态：{case['state_name']}")
        timeline = self.colleague.get(f"/v1/me/complaints/{number}")
        self.story.step(self.colleague.name, "查看投诉进度")
        for step in timeline["steps"]:
            self.story.answer(step["say"])

    def everybody_was_told(self) -> None:
        """Wait until every step's message has arrived, once."""
        self.story.step("短信", "每一步都通知到本人，并且只通知一次")
        inbox = Inbox(self.instance.sms_file, f"+86{people.DISPUTES.phone}")
        number = self.complaint["number"]

        def told_three_times() -> list[str] | None:
            told = [body for body in inbox.messages() if number in body]
            return told if len(told) >= TOLD_AT_LEAST else None

        for body in wait_until(told_three_times, "投诉人应收到三条进度短信"):
            self.story.answer(body)
        messages = inbox.messages()
        expect(len(messages) == len(set(messages)), "有短信发了两次")

    def save(self, name: str, document: object) -> None:
        """Keep a JSON document for the reader."""
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (self.keep / name).write_text(text + "\n", encoding="utf-8")


def make_code(kit: dict[str, Any]) -> str:
    """Return the live code a phone would show now, from its kit alone."""
    step = ax1.step_at(now())
    day = ax1.step_day(step).isoformat()
    gate_key = next(each["key"] for each in kit["gate_keys"] if each["day"] == day)
    code = ax1.make_code(
        worker_ref=from_base64url(kit["worker_ref"]),
        step=step,
        gate_key=from_base64url(gate_key),
        holder_key=from_base64url(kit["holder_key"]),
    )
    return ax1.encode(code)


def scan(code: str, nonce: str) -> dict[str, str]:
    """Return what a gate sends for one scan."""
    scanned_at = now().isoformat()
    return {"code": code, "direction": "in", "nonce": nonce, "scanned_at": scanned_at}


def bank_result(rows: list[list[str]]) -> bytes:
    """Return the answer of a bank that paid every line of the file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerow(("序号", "账号", "金额", "状态", "原因", "日期"))
    today = local_date(now()).isoformat()
    columns = {name: position for position, name in enumerate(rows[1])}
    for row in rows[2:]:
        paid = [row[columns[name]] for name in ("序号", "账号", "金额")]
        writer.writerow((*paid, "成功", "", today))
    return text.getvalue().encode()


def from_base64url(text: str) -> bytes:
    """Return the bytes of unpadded base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main() -> None:
    """Run against a fresh installation on a free port; keep the results under ``var/demo``."""
    keep = Path("var/demo")
    keep.mkdir(parents=True, exist_ok=True)
    try:
        with fresh_instance() as instance:
            Walkthrough(instance, keep).run()
    except DeviationError as deviation:
        sys.exit(f"\n✗ 与应有的结果不符：{deviation}")
    print(f"\n✓ 全程走通。安薪码、工资条、回执、银行文件在 {keep}/")


if __name__ == "__main__":
    main()
