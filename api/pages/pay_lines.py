"""What stands beside a worker's line on the desk's pay sheet: goes to the bank next, or why not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.enums import PayRowState, PayslipAnswerState
from payroll.rules import NOT_AGREED
from payroll.service import PayLine

WAITS = {
    PayslipAnswerState.AWAITING: "本人还没答复，不答复不算同意",
    PayslipAnswerState.NO_RESPONSE: "提醒过还没答复，请去见本人",
    PayslipAnswerState.UNREACHABLE: "联系不上本人，请去见本人",
    PayslipAnswerState.DISPUTED: "本人说有问题，先答复或者改工资条",
}


@dataclass(frozen=True, slots=True)
class SortedLines:
    """The lines of a sheet by whether the next bank file takes them."""

    ready: list[PayLine]
    left_out: list[tuple[PayLine, str]]
    """With the reason; lines a bank has are in neither."""

    @property
    def ready_fen(self) -> int:
        """What the ready lines come to."""
        return sum(line.payslip.net_fen for line in self.ready)


def sort_lines(lines: Sequence[PayLine], *, held: Collection[UUID]) -> SortedLines:
    """Sort by what the services say of each line; `held` are those in a file already."""
    sorted_lines = SortedLines([], [])
    for line in lines:
        if line.payslip.id in held:
            continue
        if why := say_why_not(line):
            sorted_lines.left_out.append((line, why))
        else:
            sorted_lines.ready.append(line)
    return sorted_lines


def say_why_not(line: PayLine) -> str | None:
    """Return why a line that is in no file would not go into the next; None where it would.

    The words of `batch_queries.lock_payable`. Cards are looked at when the file is drawn up.
    """
    payslip = line.payslip
    if payslip.answer_state in NOT_AGREED:
        return WAITS[payslip.answer_state]
    if payslip.approved_at is None:
        return "还没审核，请点“审核通过”"
    if payslip.net_fen == 0:
        return "实发是 0 元"
    return None


def count_bounced(lines: Sequence[PayLine]) -> int:
    """Return how many lines the bank sent back last."""
    return sum(
        line.bank_row is not None and line.bank_row.state is PayRowState.REJECTED for line in lines
    )


def list_shared_remarks(lines: Sequence[PayLine]) -> list[str]:
    """Return the remarks that stand on every payslip of a sheet: said once, they are read."""
    remarks = [line.payslip.content.get("remarks") or [] for line in lines]
    return [remark for remark in (remarks or [[]])[0] if all(remark in each for each in remarks)]
