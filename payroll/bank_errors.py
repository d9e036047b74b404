"""What payroll refuses about bank files, their release, and the cards they pay to."""

from core.errors import ConflictError, ForbiddenError, NotFoundError, UnprocessableError


class LinesInBatchError(ConflictError):
    """Everything payable is in a bank file already; a second one could pay twice."""

    code = "payroll.lines-in-batch"
    title = "这些工资已经在另一个代发批次里"
    title_en = "Already in another batch"
    advice = "请处理已有的批次：{references}。还没放行的可以撤回，再重新生成。"
    advice_en = "Work with {references}; what nobody has released can be withdrawn."


class CardChangedError(ConflictError):
    """Confirmed lines wait, but each names another card than the one on record."""

    code = "payroll.card-changed"
    title = "工资卡和本人确认的不一样"
    title_en = "Not the card that was confirmed"
    advice = "请修改这些人的工资条，让本人重新确认新卡：{names}。"
    advice_en = "Adjust these payslips so that the workers confirm the new card: {names}."


class ConfirmationUnprovedError(ConflictError):
    """Answers stand in the table that the evidence log does not know; nobody is paid on them."""

    code = "payroll.confirmation-unproved"
    title = "有人的确认没有存证"
    title_en = "Confirmations without evidence"
    advice = "请让系统管理员执行 make audit；再修改这些人的工资条，让本人重新确认：{names}。"
    advice_en = (
        "Have make audit run, then adjust these payslips for the workers to confirm: {names}."
    )


class CardRejectedError(ConflictError):
    """A bank has said that the account is gone, and the worker has not spoken since."""

    code = "payroll.card-rejected"
    title = "银行说这张卡收不了钱"
    title_en = "The bank refused this card"
    advice = "请通知这些人，让本人在安薪码里换卡，或者把原卡再确认一次：{names}。"
    advice_en = "Only the workers can name another card, or the same one again; ask them: {names}."


class PayeeUnusableError(ConflictError):
    """No bank reads a name or bank name with these characters; nothing is altered in silence."""

    code = "payroll.payee-unusable"
    title = "姓名或开户行里有银行不认的符号"
    title_en = "Characters no bank takes"
    advice = "姓名、开户行不能以 = + - @ 开头，也不能有逗号、竖线、引号，请更正：{names}。"
    advice_en = "No leading = + - @, no comma, bar or quote in name or bank; correct: {names}."


class BatchNotReleasedError(ConflictError):
    """The file does not leave before a second person has released it."""

    code = "payroll.batch-not-released"
    title = "这个批次还没有放行"
    title_en = "Not released"
    advice = "请让另一位有权限的人核对并放行：本项目另一位劳资专管员，或总包单位管理员。"
    advice_en = "Another labour manager, or the general contractor's administrator, releases it."


class ReleaseUnprovedError(ConflictError):
    """The batch is marked as released, but the evidence log knows of no such release."""

    code = "payroll.release-unproved"
    title = "这个批次的放行没有存证"
    title_en = "No evidence of the release"
    advice = "请不要付款，也不要导入结果。请马上联系系统管理员执行 make audit 核对。"
    advice_en = "Do not pay and import nothing; have the administrator run make audit at once."


class BatchDecidedError(ConflictError):
    """The batch was released, refused or withdrawn before."""

    code = "payroll.batch-decided"
    title = "这个批次已经处理过了"
    title_en = "Already decided"
    advice = "这个批次现在是“{said}”，请刷新列表。"
    advice_en = "The batch is {state}; reload the list."


class SecondPersonRequiredError(ForbiddenError):
    """Whoever drew the file up cannot release it."""

    code = "payroll.second-person-required"
    title = "不能放行自己生成的批次"
    title_en = "Two people are needed"
    advice = "请让另一位劳资专管员，或总包单位管理员核对并放行；做错了可以撤回。"
    advice_en = "Somebody else has to release it; you can withdraw it."


class BatchCardChangedError(ConflictError):
    """A worker named another card after the file was drawn up."""

    code = "payroll.batch-card-changed"
    title = "有人在生成批次以后换了卡"
    title_en = "A card was changed since"
    advice = "请撤回这个批次，重新生成：{names}。"
    advice_en = "Withdraw the batch and draw it up again; changed: {names}."


class ProfileRowCountError(ConflictError):
    """The bank takes no file of this length in this format."""

    code = "payroll.profile-row-count"
    title = "这种格式的笔数不合银行要求"
    title_en = "Not that many rows in this format"
    advice = "“{said}”要 {minimum} 到 {maximum} 笔，这个批次有 {rows} 笔。请换一种格式下载。"
    advice_en = "{profile} takes {minimum} to {maximum} rows, not {rows}; use another profile."


class PayerMissingError(ConflictError):
    """The format names the payer's account, and the batch was drawn up without one."""

    code = "payroll.payer-missing"
    title = "没有登记工资专用账户"
    title_en = "No wage account on record"
    advice = "请先登记总包单位的农民工工资专用账户和开户行，撤回后重新生成批次。"
    advice_en = "Enter the general contractor's wage account, then draw the batch up again."


class NotSentToBankError(ConflictError):
    """No bank was told to pay this payslip, so no money of it can have come (条例 §31)."""

    code = "payroll.not-sent-to-bank"
    title = "这笔工资还没有交给银行"
    title_en = "Not at any bank yet"
    advice = "工资要打到您本人的卡上。别人给了现金，请点“有问题”写明金额，不要点“收到了”。"
    advice_en = "Wages go to your own card. If you were given cash, dispute the payslip and say so."


class BankCardInvalidError(UnprocessableError):
    """Not a card number: 16 to 19 digits with a good check digit."""

    code = "payroll.bank-card-invalid"
    title = "银行卡号不对"
    title_en = "Not a bank card number"
    advice = "请照着卡面重新输入，卡号是 16 到 19 位数字。"
    advice_en = "Type it again from the card: 16 to 19 digits."


class CardHolderDiffersError(UnprocessableError):
    """Wages go to the worker's own card (条例 §31)."""

    code = "payroll.card-holder-differs"
    title = "卡上的名字不是您本人"
    title_en = "Not your own card"
    advice = "工资只能打到您本人名下的卡。请换一张自己的卡。"
    advice_en = "Wages go only to a card in your own name."


class CardOfAnotherError(ConflictError):
    """Somebody else's wages go to this card."""

    code = "payroll.card-of-another"
    title = "这张卡登记在别人名下"
    title_en = "Another worker's card"
    advice = "工资只能打到您本人的卡。请核对卡号，或换一张自己的卡。"
    advice_en = "Check the number, or use another card of your own."


class NotOnProjectError(NotFoundError):
    """The worker is and was on no such project."""

    code = "payroll.not-on-project"
    title = "您不在这个工地的花名册上"
    title_en = "Not on this project"
    advice = "请从自己的工地列表里选。"
    advice_en = "Choose one of your own projects."
