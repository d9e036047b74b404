"""What attendance refuses."""

from core.errors import ConflictError, NotFoundError, UnprocessableError


class NotOnProjectThatDayError(UnprocessableError):
    """The worker was on no project that day, or the day has not come yet."""

    code = "attendance.not-on-project-that-day"
    title = "这一天您没有在工地登记"
    title_en = "Not on a project that day"
    advice = "请核对日期；只能对进场之后、今天以前（含今天）的日子提出异议。"
    advice_en = "Check the date: a day between your entry and today."


class ProjectNeededError(UnprocessableError):
    """The worker was on several projects that day; `projects` lists them."""

    code = "attendance.project-needed"
    title = "这一天您在不止一个工地"
    title_en = "Several projects that day"
    advice = "请选择是哪个工地的出勤有问题。"
    advice_en = "Say which project the objection is about: project_id."


class ScanNotFoundError(NotFoundError):
    """This gate never reported a scan under this nonce."""

    code = "attendance.scan-not-found"
    title = "没有这次刷码记录"
    title_en = "Scan not found"
    advice = "只能撤销本闸机自己上报过的记录，请核对 nonce。"
    advice_en = "A gate can only annul what it reported itself; check the nonce."


class AnnulmentTooLateError(ConflictError):
    """A crossing can be annulled for 15 minutes; a day's work is not taken away later."""

    code = "attendance.annulment-too-late"
    title = "已经超过撤销时间"
    title_en = "Too late to annul"
    advice = "刷码后 15 分钟内才能撤销。记录有误的，请由劳资专管员和工人核对。"
    advice_en = "A scan can be annulled for 15 minutes; after that the labour manager corrects it."


class SheetNotFoundError(NotFoundError):
    """The attendance sheet does not exist on this project."""

    code = "attendance.sheet-not-found"
    title = "没有找到这张考勤表"
    title_en = "Attendance sheet not found"
    advice = "请核对项目、班组和月份，还没有考勤表时请先生成。"
    advice_en = "Check project, team and month, or draw the sheet up first."


class SheetLockedError(ConflictError):
    """A locked sheet is what wages are computed from; it does not change any more."""

    code = "attendance.sheet-locked"
    title = "考勤表已经锁定"
    title_en = "Attendance sheet is locked"
    advice = "锁定后的考勤表不能重新生成；工人有异议的，请在工资条上更正。"
    advice_en = "A locked sheet cannot be drawn up again; correct the payslip instead."
