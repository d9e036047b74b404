"""What complainants are told of their complaint, and handlers of what those said; by template."""

COMPLAINT_TEXTS: dict[str, tuple[int, str]] = {
    "complaint_filed": (1, "你的投诉已收到，编号{number}。办到哪一步我们都会发短信告诉你。"),
    "case_accepted": (1, "你的投诉{number}已受理，劳动监察开始调查。"),
    "case_refused": (
        1,
        "你的投诉{number}没有受理。原因和下一步怎么办，请打开安薪码看，也可以打12333问。",
    ),
    "case_ordered_to_pay": (1, "你的投诉{number}有进展：劳动监察已责令对方支付工资。"),
    "case_closed": (
        2,
        "你的投诉{number}已办结。钱收到了吗？在安薪码或打12333，用编号和密码答复，没收齐可以重新办理。",
    ),
    "case_reopened": (1, "你的投诉{number}已重新办理，我们接着跟。"),
    "case_withdrawn": (1, "你的投诉{number}已撤回。不是你本人撤的，请马上打12333。"),
    "case_details_asked": (
        2,
        "你的投诉{number}还缺一些情况，请在安薪码“查进度”里用编号和密码补充，或者打12333告诉我们。",
    ),
    "case_details_added": (1, "你补充的情况已收到，投诉{number}重新开始计算答复期限。"),
    "case_transferred": (1, "你的投诉{number}已转到管这个工地的劳动监察，编号不变，不用重新投诉。"),
    "case_referred": (1, "你的投诉{number}该由哪里办，正请上级定下来。定了马上告诉你。"),
    "case_extended": (1, "你的投诉{number}经批准延长调查时间。原因和新的期限，请打开安薪码看。"),
    "case_suspended": (
        1,
        "你的投诉{number}经批准暂时中止，不是结案。原因请打开安薪码看，能查了接着办。",
    ),
    "case_resumed": (1, "你的投诉{number}恢复调查，我们接着办。"),
    "case_agreement_proposed": (
        1,
        "你的投诉{number}有一份调解方案，请打开安薪码看。同意不同意由你自己定。",
    ),
    "case_agreed": (1, "你的投诉{number}调解达成。到了约定的日子钱没到，请马上打12333。"),
    "case_agreement_due": (
        1,
        "你的投诉{number}，约定付钱的日子过了。收到钱了吗？请在安薪码里或打12333告诉我们。",
    ),
    "question_asked": (1, "案件{number}的投诉人提了问题，请打开工作台答复。"),
    "agreement_due": (1, "案件{number}调解约定的付款日过了，请核实钱付没付，没付的恢复调查。"),
    "paid_said": (1, "案件{number}的投诉人说钱收到了，请核实后办结。"),
    "reopened_said": (1, "案件{number}的投诉人说钱没收齐，已重新办理，请接着查。"),
    "case_agreement_ended": (1, "你的投诉{number}调解没有成，劳动监察接着查。"),
    "case_in_court": (1, "你的投诉{number}，对方没按时付钱，劳动监察已申请法院强制执行。"),
    "case_to_police": (1, "你的投诉{number}涉嫌犯罪，劳动监察决定移送公安。"),
    "case_with_police": (1, "你的投诉{number}的材料已送到公安，等公安决定是否立案。"),
    "case_police_filed": (1, "你的投诉{number}，公安已经立案。"),
    "case_police_declined": (
        1,
        "你的投诉{number}，公安没有立案。劳动监察继续处理，下一步请打开安薪码看。",
    ),
    "case_advanced": (1, "你的投诉{number}，政府先垫付一部分钱给你，请留意。剩下的继续追。"),
    "case_follow_up": (
        2,
        "你的投诉{number}办结四周了。钱都到手了吗？请在安薪码“查进度”里用编号和密码答复，"
        "或者打12333说。",
    ),
    "case_question_answered": (
        1,
        "你在投诉{number}里问的，劳动监察已经答复。请在安薪码“查进度”里看，或者打12333问。",
    ),
    "case_said_for_you": (
        1,
        "工作人员在你的投诉{number}里代你记了你说的话。如果不是你说的，请马上打12333，报上编号。",
    ),
}
