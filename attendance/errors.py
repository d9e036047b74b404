"""What attendance refuses."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
    UnprocessableError,
)


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


class NothingToLookAtError(ConflictError):
    """Only a crossing with a printed card that counts gains from a look at the face."""

    code = "attendance.nothing-to-look-at"
    title = "这次通行不用核对照片"
    title_en = "No photo to compare for this crossing"
    advice = "只有刷卡放行的记录才要门卫核对照片。"
    advice_en = "Only a crossing with a printed card that counted wants a look."


class AnnulledError(ConflictError):
    """The gate has said that it was somebody else, or that nobody passed; the first word counts."""

    code = "attendance.annulled"
    title = "这次通行已经作废"
    title_en = "This crossing was annulled"
    advice = "已经记下不是本人，或者闸门没有开，不能再改成本人。请本人再刷一次卡。"
    advice_en = "The gate has said that it was not the holder. Let the holder scan the card again."


class LookTooLateError(ConflictError):
    """Fifteen minutes later nobody knows any more whose face it was."""

    code = "attendance.look-too-late"
    title = "已经超过核对照片的时间"
    title_en = "Too late to compare the photo"
    advice = "要在通行后 15 分钟内核对；这条记录仍然有效，只是证明力低一些。"
    advice_en = "Within 15 minutes; the crossing still counts, with a lower grade."


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
    advice = "要改的，工资交给银行以前可以写明原因重新打开；交了以后请在工资条上更正。"
    advice_en = "Reopen it with a reason before its wages are at the bank, else correct payslips."


class GatesBusyError(UnavailableError):
    """More scans wait to be stored than this process takes; none is dropped in silence."""

    code = "attendance.gates-busy"
    title = "刷码的人太多，请稍等"
    title_en = "Too many scans are waiting"
    advice = "请 {retry_after} 秒后用同一个 nonce 再问，不会重复计算；闸机也可以先自行判断。"
    advice_en = "Ask again with the same nonce in {retry_after} seconds, or decide offline."


class StorageUnavailableError(UnavailableError):
    """The database cannot take records right now; whether it took this one is unknown."""

    code = "attendance.storage-unavailable"
    title = "记录暂时存不下来"
    title_en = "Records cannot be stored right now"
    advice = "系统正在恢复，请 {retry_after} 秒后用同一个 nonce 再报，不会重复计算。"
    advice_en = "Send it again with the same nonce in {retry_after} seconds; it counts once."


class ConflictNotFoundError(NotFoundError):
    """The project has no such conflict."""

    code = "attendance.conflict-not-found"
    title = "没有找到这条待核对记录"
    title_en = "Conflict not found"
    advice = "请从本项目的待核对列表里重新打开。"
    advice_en = "Open it from this project's list again."


class ConflictResolvedError(ConflictError):
    """Somebody has closed the conflict; what they found stays as it is."""

    code = "attendance.conflict-resolved"
    title = "这条记录已经核对过"
    title_en = "Already resolved"
    advice = "核对结果不能改。工人不同意的，请由工人对那一天提出异议。"
    advice_en = "An outcome does not change; the worker may object to the day."


class NotAnnulledError(UnprocessableError):
    """The gate has not said that its turnstile did not turn."""

    code = "attendance.not-annulled"
    title = "闸机没有报告过没转动"
    title_en = "The gate did not annul it"
    advice = "只有闸机自己报告过没转动，才能按没有通过处理；有人看见的，请填门卫说明。"
    advice_en = "Choose this only when the gate itself annulled; else give the guard's statement."


class GuardNameNeededError(UnprocessableError):
    """A statement is somebody's."""

    code = "attendance.guard-name-needed"
    title = "请填写是谁的说明"
    title_en = "Whose statement is it"
    advice = "请填写门卫或在场人员的姓名。"
    advice_en = "Give guard_name: who was there and says so."


class UnreadScanNotFoundError(NotFoundError):
    """The project has no such unread upload."""

    code = "attendance.unread-scan-not-found"
    title = "没有找到这条读不懂的记录"
    title_en = "Unread upload not found"
    advice = "请从本项目的列表里重新打开。"
    advice_en = "Open it from this project's list again."


class NotOnThisProjectError(ForbiddenError):
    """The person whose phone it is was never registered on the poster's project."""

    code = "attendance.not-on-this-project"
    title = "您没有在这个工地登记"
    title_en = "Not registered on this project"
    advice = "请找工地劳资专管员登记，登记以后就能打卡；扫错了牌子的，请扫自己工地的。"
    advice_en = "Ask the labour manager to register you, or scan your own site's poster."


class TooManyPunchesError(ThrottledError):
    """More phone punches than anybody makes."""

    code = "attendance.too-many-punches"
    title = "打卡点得太快了"
    title_en = "Too many check-ins"
    advice = "请过 {retry_after} 秒再打；前面打成功的都已经记下了。"
    advice_en = "Try again in {retry_after} seconds; earlier check-ins are recorded."


class FenceNotFoundError(NotFoundError):
    """Nobody has said where the project's site is."""

    code = "attendance.fence-not-found"
    title = "还没有设置打卡范围"
    title_en = "The project has no fence"
    advice = "请先设置工地的圆形或多边形范围；没有范围也能打卡，只是不判断在不在工地。"
    advice_en = "Set one with PUT; without it phone check-ins are recorded without a place."


class FenceUnfitError(UnprocessableError):
    """No site has this outline; `why` says what is wrong with it."""

    code = "attendance.fence-unfit"
    title = "打卡范围不对"
    title_en = "The fence cannot be right"
    advice = "{why}。"
    advice_en = "Give points in China in (latitude, longitude), corners in order: {why}"


class DayRulesTooEarlyError(ConflictError):
    """Wages were computed from a locked sheet; what a day was then stays; `earliest` says when."""

    code = "attendance.day-rules-too-early"
    title = "这些日子的考勤表已经锁定"
    title_en = "These days are on a locked sheet"
    advice = "新的记工规则最早可以从 {earliest} 开始；以前的考勤表不会变。"
    advice_en = "Let the rules begin on {earliest} or later; locked sheets do not change."


class ObjectionNotFoundError(NotFoundError):
    """Nobody here objected to a day under this id."""

    code = "attendance.objection-not-found"
    title = "没有找到这条异议"
    title_en = "Objection not found"
    advice = "请从列表里重新打开。"
    advice_en = "Open it from the list again."


class ObjectionAnsweredError(ConflictError):
    """An objection is answered once; the worker may object again."""

    code = "attendance.objection-answered"
    title = "这条异议已经答复过"
    title_en = "Already answered"
    advice = "答复不能改。工人还不同意的，可以再提一次。"
    advice_en = "An answer does not change; the worker may object again."


class TooManyPhotosError(ConflictError):
    """An objection has as many pictures as it can have."""

    code = "attendance.too-many-photos"
    title = "照片够多了"
    title_en = "Too many photos"
    advice = "一条异议最多放 {most} 张照片；还有别的要说，请再提一条。"
    advice_en = "An objection takes {most} photos; object again with more."


class CorrectionUnfitError(UnprocessableError):
    """The check-ins offered as a correction cannot be entered; `outcome` says why."""

    code = "attendance.correction-unfit"
    title = "补记的时间不对"
    title_en = "The correction cannot be entered"
    advice = "请填写这一天进场和出场的时间，出场要在进场之后；闸机已经记全的不用补。"
    advice_en = "Give the entry and exit of that day; what gates recorded whole is not corrected."


class DayNotUnsureError(ConflictError):
    """The day is certain, was confirmed, or looks different now from what the worker was shown."""

    code = "attendance.day-not-unsure"
    title = "这一天不用确认，或者记录刚刚变了"
    title_en = "Nothing to confirm as shown"
    advice = "请刷新再看一遍；还是不对的，请提出异议。"
    advice_en = "Look at the day again; object when it is wrong."


class SheetImportNotFoundError(NotFoundError):
    """Nothing was imported from a foreign sheet here under this id."""

    code = "attendance.sheet-import-not-found"
    title = "没有找到这次导入"
    title_en = "Import not found"
    advice = "请从本项目的导入记录里重新打开。"
    advice_en = "Open it from this project's list of imports again."


class EntryStaysError(ConflictError):
    """Somebody has relied on the entry, or it is nobody's to take back; `say` tells what to do."""

    code = "attendance.entry-stays"
    title = "这条记录不能撤回"
    title_en = "This entry cannot be taken back"
    advice = "{say}。"
    advice_en = "It counts on a sheet that was approved, locked or paid, or is not yours: {say}"
