"""What is told of work days, the sheets made of them, and of crossings that raise a question."""

from core.enums import Language
from notifications.wording import TemplateText

DAY_TEXTS: dict[str, TemplateText] = {
    "check_in_entered": TemplateText(
        1,
        "工地给你补记了{work_date}的考勤。请打开安薪码看看对不对，不对可以提出。",
        "补记考勤",
        others={
            Language.SICHUANESE: (
                "工地给你补记了{work_date}的考勤。打开安薪码看哈对不对，不对就提出来。"
            )
        },
    ),
    "check_ins_entered": TemplateText(
        2,
        "工地给你补记了{month}里的{count}天考勤。请打开安薪码看看对不对，不对可以提出。",
        "补记考勤",
    ),
    "check_in_withdrawn": TemplateText(
        1,
        "工地撤回了你{work_date}补记或导入的考勤，那天会重算。请打开安薪码看原因，不对可以提出。",
        "补记撤回",
    ),
    "check_ins_withdrawn": TemplateText(
        2,
        "工地撤回了你{month}里的{count}天补记或导入的考勤，会重算。请打开安薪码看原因，不对可以提出。",
        "补记撤回",
    ),
    "day_unsure": TemplateText(
        1,
        "你{work_date}的进出记录不全，先按半天算。请打开安薪码核对，对就确认，不对可以提出。",
        "出勤核对",
        others={
            Language.SICHUANESE: (
                "你{work_date}的进出记录不全，先按半天算。打开安薪码对一哈，对头就确认，不对就提出来。"
            )
        },
    ),
    "day_objected": TemplateText(
        1, "有工人说{work_date}的出勤不对。请打开安薪码看他说的话，再答复他。", "出勤异议"
    ),
    "objection_accepted": TemplateText(
        1, "你说{work_date}的出勤不对，工地认了，已经补记。请打开安薪码看看对不对。", "出勤答复"
    ),
    "objection_rejected": TemplateText(
        1,
        "你说{work_date}的出勤不对，工地答复不改，理由请打开安薪码看。不同意可以再提，也可以投诉。",
        "出勤答复",
    ),
    "sheet_changed": TemplateText(
        1,
        "你{month}的考勤改过了，改了以后又锁定了。请打开安薪码看看对不对，不对可以提出。",
        "考勤改动",
    ),
    "sheet_sent_back": TemplateText(
        1,
        "{month}有一张考勤表被退回。请打开工作台看退回的原因，改好以后重新送核。",
        "考勤表退回",
    ),
    "sheet_waits": TemplateText(
        1,
        "你班组{month}的考勤表等你核对。请打开安薪码看看，和实际一样就点核对过了，不对就退回。",
        "班组考勤表",
    ),
    "sheet_at_company": TemplateText(
        1,
        "{month}有一张考勤表等你单位核对。请打开工作台看看，没错就通过，不对就退回。",
        "考勤表核对",
    ),
    "sheet_ready": TemplateText(
        1,
        "{month}有一张考勤表轮到你了。请打开工作台再看一遍，没错就锁定，锁定以后才能算工资。",
        "考勤表核对",
    ),
    "conflict_found": TemplateText(
        1,
        "你{work_date}有一次进出记录对不上，工地劳资员会核对。你有话说，请打开安薪码提出异议。",
        "进出核对",
    ),
    "conflict_resolved": TemplateText(
        1,
        "你{work_date}那次对不上的进出，工地核对完了，考勤没有改动。不同意请打开安薪码提出异议。",
        "进出核对",
    ),
    "refusal_found": TemplateText(
        1,
        "你{work_date}的码是好的，闸机却没让进。工地劳资员会核对。上了工的，请打开安薪码提出异议。",
        "进出核对",
    ),
    "refusal_resolved": TemplateText(
        1,
        "你{work_date}被闸机误拦的事，工地核对完了。请打开安薪码看那天的考勤，不对可以提出。",
        "进出核对",
    ),
}
