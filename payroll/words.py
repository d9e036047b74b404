"""What the states of pay sheets and bank files are called, on pages and in sentences."""

from core.enums import PayBatchState, PaySheetState

SHEET_NAMES = {
    PaySheetState.DRAFT: "草稿，工人还看不到",
    PaySheetState.PUBLISHED: "已发给本人确认",
    PaySheetState.APPROVED: "已审核，可以发",
    PaySheetState.INSTRUCTED: "已送银行",
    PaySheetState.SETTLED: "全部到账",
}
BATCH_NAMES = {
    PayBatchState.DRAFTED: "等第二个人放行",
    PayBatchState.RELEASED: "已放行",
    PayBatchState.REFUSED: "第二个人没有同意",
    PayBatchState.WITHDRAWN: "已撤回",
}
