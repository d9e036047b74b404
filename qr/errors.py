"""What the 安薪码 refuses."""

from core.errors import NotFoundError


class NoProjectError(NotFoundError):
    """The worker is on no project now, or not on the one asked for, so no gate would open."""

    code = "qr.no-project"
    title = "您现在不在这个项目上"
    title_en = "Not on this project now"
    advice = "进场登记后才有入场码。请找工地的劳资专管员登记；已经离场的项目不再需要码。"
    advice_en = "Ask the site's labour manager to register you; a left project needs no code."
