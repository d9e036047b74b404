"""What projects and rosters refuse."""

from core.errors import (
    ConflictError,
    NotFoundError,
    ThrottledError,
    TooLargeError,
    UnprocessableError,
)


class ProjectNotFoundError(NotFoundError):
    """The project does not exist, or is not the caller's."""

    code = "projects.project-not-found"
    title = "没有找到这个项目"
    title_en = "Project not found"
    advice = "请检查项目是否选对；您只能看到自己负责的项目。"
    advice_en = "Check the project; you only see projects you are responsible for."


class TeamNotFoundError(NotFoundError):
    """The team does not exist on this project."""

    code = "projects.team-not-found"
    title = "没有找到这个班组"
    title_en = "Team not found"
    advice = "请检查班组是否属于这个项目。"
    advice_en = "Check that the team belongs to this project."


class UnreadableWorkbookError(UnprocessableError):
    """The file is not an .xlsx workbook, is damaged, or is locked with a password."""

    code = "projects.unreadable-workbook"
    title = "这个表格文件打不开"
    title_en = "Unreadable workbook"
    advice = "请用 Excel 或 WPS 打开，取消密码，另存为 .xlsx 格式后再上传。"
    advice_en = "Open it in Excel or WPS, remove any password, save it as .xlsx and upload again."


class UncalculatedWorkbookError(UnprocessableError):
    """A cell holds a formula, and nobody has worked out its value; it would read as blank."""

    code = "projects.uncalculated-workbook"
    title = "表格里有没算出结果的公式"
    title_en = "A formula has no value"
    advice = "第 {row} 行有公式没有结果。请用 Excel 或 WPS 打开，保存一次再上传，或改填数值。"
    advice_en = "Row {row} has a formula without value: open and save in Excel, or type it."


class WorkbookTooLargeError(TooLargeError):
    """The file, or what it unpacks to, is larger than a roster can be."""

    code = "projects.workbook-too-large"
    title = "表格文件太大"
    title_en = "Workbook too large"
    advice = "文件最大 {limit_mb} MB。请删掉图片和无关的工作表，或分成几个文件上传。"
    advice_en = "At most {limit_mb} MB. Remove pictures and other sheets, or split the file."


class TooManyRowsError(TooLargeError):
    """A sheet reaches further than a roster can."""

    code = "projects.too-many-rows"
    title = "表格的行或列太多"
    title_en = "Too many rows or columns"
    advice = "每个工作表最多 {max_rows} 行、{max_columns} 列。请分成几个文件，删掉远处的内容。"
    advice_en = "At most {max_rows} rows and {max_columns} columns a sheet. Split the file."


class SheetNotFoundError(UnprocessableError):
    """The workbook lacks a sheet with the expected name."""

    code = "projects.sheet-not-found"
    title = "表格里缺少工作表"
    title_en = "Sheet not found"
    advice = "请把工作表命名为“{sheet}”（在 Excel 左下角双击名字可以改），再上传。"
    advice_en = "Name the sheet “{sheet}” and upload again."


class SheetEmptyError(UnprocessableError):
    """The sheet has no row below its header."""

    code = "projects.sheet-empty"
    title = "工作表里没有内容"
    title_en = "Sheet is empty"
    advice = "请在工作表“{sheet}”的表头下面填写内容后再上传。"
    advice_en = "Fill in rows below the header of “{sheet}” and upload again."


class MissingColumnsError(UnprocessableError):
    """Required columns were not found by their headers."""

    code = "projects.missing-columns"
    title = "表头缺少必需的列"
    title_en = "Required columns are missing"
    advice = "请在工作表“{sheet}”的第 1 或第 2 行补上这些列：{columns}。"
    advice_en = "Add these columns to row 1 or 2 of “{sheet}”: {columns}."


class RepeatedColumnsError(UnprocessableError):
    """Two columns carry the same header, so neither can be trusted."""

    code = "projects.repeated-columns"
    title = "表头有重复的列"
    title_en = "Repeated columns"
    advice = "工作表“{sheet}”里这些列出现了两次：{columns}。请只留一列。"
    advice_en = "These columns of “{sheet}” appear twice: {columns}. Keep one of each."


class ProjectSheetInvalidError(UnprocessableError):
    """Rows of the project workbook are wrong; `findings` lists each, nothing was imported."""

    code = "projects.project-sheet-invalid"
    title = "项目资料有填错的地方"
    title_en = "The project sheets have mistakes"
    advice = "请按 findings 里列出的行和列改正后再上传；这次没有导入任何内容。"
    advice_en = "Correct the rows and columns in `findings`; nothing was imported."


class NoticeBoardIncompleteError(ConflictError):
    """The board lacks what the law wants on it; `missing` lists each entry and who supplies it."""

    code = "projects.notice-board-incomplete"
    title = "告示牌还缺内容，不能打印正式版"
    title_en = "The notice board is not complete"
    advice = "还缺：{labels}。missing 里写着每一项由谁补；补齐前可以加 draft=true 打印草稿。"
    advice_en = "`missing` names each missing entry and who supplies it; draft=true prints a draft."


class UnknownPosterError(NotFoundError):
    """No project has a poster with this token."""

    code = "projects.unknown-poster"
    title = "没有找到这块牌子对应的工地"
    title_en = "No project has this poster"
    advice = "请重新扫一次工地告示牌上的码；要投诉也可以直接打 12333。"
    advice_en = "Scan the code on the site's notice board again, or call 12333."


class TooManyGuessesError(ThrottledError):
    """Too many addresses of posters that do not exist, from one place."""

    code = "projects.too-many-guesses"
    title = "打开次数太多了"
    title_en = "Too many tries"
    advice = "请过 {retry_after} 秒再扫；要投诉可以直接打 12333。"
    advice_en = "Try again in {retry_after} seconds, or call 12333."
