"""Whole paths through the pages in a real browser: who makes the pay, who gets it, the kiosk."""

from collections.abc import Callable, Generator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

from core.clock import now
from core.enums import DeviceProfile
from core.pins import hash_pin
from core.settings import Settings
from db.models import Person, ProjectWorker, WorkerCard
from db.session import Database
from devices.service import create_device
from tests.chromium import DESK, PHONE, Visitor, read_code, running_chromium
from tests.factories.assisted import make_witness
from tests.factories.cards import make_card
from tests.factories.desk import make_builder, make_desk_manager
from tests.factories.payroll import Site, card_of, make_result, make_site, publish
from tests.identity.test_portraits import photograph
from tests.live import running_web

PIN = "481592"
Visit = Callable[[ViewportSize], Visitor]


class Cast(NamedTuple):
    """Who walks through the pages, by phone number."""

    site: Site
    manager: str
    builder: str
    workers: list[str]


class Corner(NamedTuple):
    """What stands and lies at the kiosk."""

    pairing_code: str
    card: str
    witness: str
    """The witness's phone number."""


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(
    shared_settings: Settings, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    with running_web(shared_settings, tmp_path_factory.mktemp("web")) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser, address: str) -> Generator[Visit]:
    """Sit somebody down at a browser; in the end no page was broken or too wide."""
    visitors: list[Visitor] = []

    def sit_down(size: ViewportSize) -> Visitor:
        visitors.append(Visitor(chromium, address, size))
        return visitors[-1]

    yield sit_down
    for visitor in visitors:
        visitor.page.context.close()
    assert [visitor.troubles for visitor in visitors] == [[] for _ in visitors]


@pytest.fixture
def cast(shared_database: Database) -> Cast:
    """A site of two whose October is locked, with everybody's phone."""
    with shared_database.transaction() as session:
        site = make_site(session)
        people = [session.get_one(Person, worker.person_id) for worker in site.workers]
        manager, builder = make_desk_manager(session, site), make_builder(session, site)
        phones = [person.phone or "" for person in (manager, builder, *people)]
        cast = Cast(site, phones[0], phones[1], phones[2:])
        session.flush()
        session.expunge_all()
        return cast


def upload(visitor: Visitor, name: str, content: bytes) -> None:
    """Choose a file for the page's only field for files."""
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
    visitor.page.set_input_files("input[type=file]", file)


def confirm_newest(worker: Visitor, phone: str, database: Database) -> None:
    """Let a worker agree with the newest payslip on their phone."""
    worker.sign_in("", phone, database)
    worker.press("看工资条")
    worker.page.locator(".rows a").first.click()
    worker.press("没问题，确认")
    worker.sees("确认了这张工资条")


def test_month_is_paid_by_pages_alone(visit: Visit, shared_database: Database, cast: Cast) -> None:
    manager, worker, builder = visit(DESK), visit(PHONE), visit(PHONE)
    manager.sign_in("/desk", cast.manager, shared_database)
    manager.press("算工资")
    manager.press("发给 2 个人确认")
    sheet = manager.path
    confirm_newest(worker, cast.workers[0], shared_database)
    manager.press("审核通过")
    manager.sees("下一个文件会放进 1 人")
    manager.press("生成银行文件")
    manager.sees("等第二个人放行")

    builder.sign_in("/desk", cast.builder, shared_database)
    builder.press("打开核对")
    builder.sees("核对以后放行")
    reference = builder.path.rsplit("/", 1)[-1]
    builder.press("获取放行验证码")
    builder.fill("放行验证码", read_code(shared_database))
    builder.press("放行，可以送银行")
    builder.sees("已放行")

    manager.go(f"{sheet}/batches/{reference}")
    with manager.page.expect_download() as saved:
        manager.press("下载银行文件")
    assert reference in saved.value.suggested_filename
    row = (1, card_of(0), "7875.00", "失败", "账户已销户")
    upload(manager, "result.csv", make_result(reference, [row]))
    manager.press("导入银行结果")
    manager.sees("谁去办：工人本人")
    worker.page.reload()
    worker.sees("银行退回原因：卡号不对或卡已注销")


def test_dispute_with_a_photo_is_replied_to_and_then_agreed(
    visit: Visit, shared_database: Database, cast: Cast
) -> None:
    with shared_database.transaction() as session:
        payslip = publish(session, cast.site)[0]
        address = f"/payslips/{payslip.id}"
    worker, manager = visit(PHONE), visit(PHONE)
    worker.sign_in("", cast.workers[0], shared_database)
    worker.go(f"{address}/dispute")
    worker.page.get_by_label("工时或天数").check()
    worker.fill("说明一下", "10 月 20 日我上了班")
    upload(worker, "照片.jpg", photograph())
    worker.press("提交")
    worker.sees("照片 1")

    manager.sign_in("/desk", cast.manager, shared_database)
    manager.press("要答复的人")
    manager.press("去答复")
    manager.fill("原因（本人看得到）", "那天的打卡在另一个班组")
    manager.press("答复不改")
    manager.sees("已答复不改")

    worker.page.reload()
    worker.press("我同意了，确认")
    worker.sees("确认了这张工资条")


@pytest.fixture
def corner(shared_database: Database, cast: Cast) -> Corner:
    """A kiosk to be paired, the first worker's card, and somebody of another team."""
    with shared_database.transaction() as session:
        publish(session, cast.site)
        issued = make_card(session, session.get_one(ProjectWorker, cast.site.workers[0].id))
        card = session.get_one(WorkerCard, issued.card.id)
        card.pin_hash, card.pin_chosen_at = hash_pin(PIN), now()
        offer = create_device(
            session,
            project_id=cast.site.project.id,
            name="食堂自助机",
            profile=DeviceProfile.KIOSK,
        )
        witness = session.get_one(Person, make_witness(session, cast.site).person_id)
        return Corner(offer.pairing_code, issued.code, witness.phone or "")


def test_card_reader_pin_and_witness_confirm_at_the_kiosk(
    visit: Visit, shared_database: Database, corner: Corner
) -> None:
    kiosk, witness = visit(DESK), visit(PHONE)
    kiosk.page.clock.install()
    kiosk.go("/kiosk")
    kiosk.fill("配对码", corner.pairing_code)
    kiosk.press("配对")
    expect(kiosk.page.locator("#card")).to_be_focused()
    kiosk.page.keyboard.type(f"{corner.card}\n")  # as a reader does
    kiosk.page.keyboard.type(PIN)
    kiosk.press("看我的工资条")
    kiosk.press("没问题，要确认")
    code = kiosk.page.inner_text(".witness-code")

    witness.sign_in("", corner.witness, shared_database)
    witness.sees("看工资条")
    witness.go("/witness")
    witness.page.locator("input[name=code]").fill(code)
    witness.press("下一步")
    witness.press("是，我在旁边")
    witness.sees("记下了")
    kiosk.press("他填好了，我自己点确认")
    kiosk.sees("确认了这张工资条")

    payslip = kiosk.path
    kiosk.page.clock.run_for(61_000)  # nobody touches it
    kiosk.sees("刷卡看工资条")
    kiosk.go(payslip)
    assert kiosk.path == "/kiosk"


def test_code_without_a_network_stays_then_turns_grey_and_never_breaks(
    visit: Visit, shared_database: Database, cast: Cast
) -> None:
    worker = visit(PHONE)
    worker.page.clock.install()
    worker.sign_in("", cast.workers[0], shared_database)
    figure = worker.page.locator("figure.code")
    expect(figure.locator("img")).not_to_have_js_property("naturalWidth", 0)  # it was there once

    worker.page.context.set_offline(True)
    worker.page.clock.run_for(16_000)
    worker.sees("没取到新码")
    expect(figure).not_to_have_class("code stale")
    worker.page.clock.run_for(60_000)
    worker.sees("没有网络")
    expect(figure).to_have_class("code stale")
    assert figure.locator("img").evaluate("image => image.naturalWidth") > 0

    worker.troubles.clear()  # what the browser itself says of being offline
    worker.page.context.set_offline(False)
    worker.page.clock.run_for(20_000)
    worker.sees("秒后自动换新码")
    expect(figure).to_have_class("code")
