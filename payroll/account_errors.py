"""What is refused about wage accounts."""

from core.errors import ConflictError


class AccountNotClosableError(ConflictError):
    """条例 §27: an account is closed after the work is done and everybody is paid."""

    code = "payroll.account-not-closable"
    title = "工资专户还不能注销"
    title_en = "The wage account cannot be closed"
    advice = "还有没办完的：{reasons}。办完以后再公示。"
    advice_en = "Still open: {reasons_en}. Announce it afterwards."


class StatementNotLastError(ConflictError):
    """Statements are taken back from the last one on, so that no balance hangs in the air."""

    code = "payroll.statement-not-last"
    title = "这不是最后导入的流水"
    title_en = "Not the last statement"
    advice = "只能撤回最后导入的那一次。请刷新页面再看。"
    advice_en = "Only the last import can be withdrawn; fetch the account again."


class ClosingAnnouncedError(ConflictError):
    """The notice stands already."""

    code = "payroll.closing-announced"
    title = "已经在公示"
    title_en = "Announced already"
    advice = "公示到 {last_date}，不用重复发。"
    advice_en = "The notice stands until {last_date}."


class ClosingNotAnnouncedError(ConflictError):
    """There is no notice to take back."""

    code = "payroll.closing-not-announced"
    title = "没有正在进行的公示"
    title_en = "No such notice"
    advice = "请刷新页面再看。"
    advice_en = "Fetch the account again."
