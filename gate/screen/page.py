"""The full-screen page as HTML: one big word with a colour and a shape; no asset from elsewhere."""

import base64
import hashlib
from datetime import datetime
from html import escape

from core.clock import SHANGHAI
from core.enums import Direction, Tone
from gate.decide import Decision
from gate.screen.board import View
from gate.texts import ADMITTED, IDLE, IS_HOLDER, IS_OTHER, OFFLINE, ONLINE, REFUSED, age

SHAPES = {
    Tone.WELCOME: '<circle cx="50" cy="50" r="44"/><path d="M28 52l15 15 30-34"/>',
    Tone.NOTICE: '<path d="M50 8l44 80H6z"/><path d="M50 36v26M50 73v4"/>',
    Tone.REFUSE: '<path d="M31 6h38l25 25v38l-25 25H31L6 69V31zM34 34l32 32M66 34L34 66"/>',
}
"""Circle with a tick, triangle with a mark, octagon with a cross: told apart without colour."""
HOLDER = "holder"
SCRIPT = """
const board = document.getElementById('board');
const stopped = document.getElementById('stopped').innerHTML;
let version = -1;
async function follow() {
  for (;;) {
    try {
      const answer = await fetch('/board?after=' + version);
      version = answer.headers.get('Board-Version');
      board.innerHTML = await answer.text();
    } catch (error) {
      board.innerHTML = stopped;
      await new Promise(done => setTimeout(done, 1000));
    }
  }
}
follow();
"""
SCRIPT_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode("ascii")
SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'self';"
    f" script-src 'sha256-{SCRIPT_HASH}'"
)
STYLE = """
html, body { margin: 0; height: 100%; font-family: sans-serif; background: #111; color: #fff }
main { height: 100vh; display: flex; flex-direction: column; overflow: hidden; text-align: center }
section { flex: 1; min-height: 0; container-type: size; overflow: hidden }
.scene { height: 100%; display: flex; align-items: center; justify-content: center }
.scene { box-sizing: border-box; padding: 0 2cqw; gap: 5cqmin }
h1 { font-size: min(22cqh, 13cqw); line-height: 1.1; margin: 0 0 1cqh }
h2 { font-size: min(12cqh, 7cqw); line-height: 1.2; margin: 0 0 1cqh }
p { font-size: min(8cqh, 4cqw); line-height: 1.25; margin: 0 0 1cqh }
svg { height: min(70cqh, 30cqw); fill: none; stroke: #fff; stroke-width: 7 }
svg { display: block; stroke-linejoin: round }
.welcome { background: #0a6b2d } .notice { background: #8a5a00 } .refuse { background: #a3151c }
.alarm { background: #fff; color: #a3151c; font-weight: bold; font-size: 4vmin; padding: .5vmin }
form { display: flex; justify-content: center; gap: 4vmin; padding: 1.5vmin }
button { font-size: 6vmin; padding: 2vmin 6vmin }
footer { font-size: 3vmin; padding: 1vmin; background: #222 }
footer span { margin: 0 2vmin; white-space: nowrap }
@media (orientation: portrait) {
  .scene { flex-direction: column }
  h1 { font-size: min(14cqh, 22cqw) } h2 { font-size: min(7cqh, 10cqw) }
  p { font-size: min(5cqh, 6cqw) } svg { height: min(34cqh, 60cqw) }
}
"""
"""Alarms, buttons and small print have their place first; the rest is as large as what is left."""


def render_page(view: View) -> str:
    """Return the whole page; without scripts it reloads itself every two seconds."""
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>安薪码闸机</title>'
        '<noscript><meta http-equiv="refresh" content="2"></noscript>'
        f"<style>{STYLE}</style>"
        f'<div id="board">{render_board(view)}</div>'
        '<template id="stopped"><main><section class="refuse"><div class="scene"><div>'
        "<h1>闸机程序已停止</h1><p>请找门卫登记</p></div></div></section></main></template>"
        f"<script>{SCRIPT}</script></html>"
    )


def render_board(view: View) -> str:
    """Return what the page shows now."""
    alarms = "".join(f'<div class="alarm">{escape(alarm)}</div>' for alarm in view.alarms)
    body = _decision(view.decision, view.direction) if view.decision else _idle(view.direction)
    facts = "".join(f"<span>{escape(fact)}</span>" for fact in facts_of(view))
    return f"<main>{alarms}{body}<footer>{facts}</footer></main>"


def facts_of(view: View) -> list[str]:
    """Return the small print: line, lists, queue, clock."""
    facts = [_line_fact(view), _list_fact(view), f"待上传 {view.waiting} 条"]
    if view.quarantined:
        facts.append(f"被拒收 {view.quarantined} 条")
    return [*facts, _clock_fact(view), _hour(view.now)]


def _decision(decision: Decision, direction: Direction) -> str:
    word = ADMITTED[direction] if decision.admitted else REFUSED
    way = OFFLINE if decision.is_offline else ONLINE
    worker = decision.worker
    name = f"<h2>{escape(worker.masked_name)}</h2>" if worker else ""
    place = (
        f"<p>{escape(' · '.join(filter(None, (worker.team, worker.trade))))}</p>" if worker else ""
    )
    return (
        f'<section class="{decision.tone}"><div class="scene"><svg viewBox="0 0 100 100">'
        f"{SHAPES[decision.tone]}</svg><div><h1>{word}</h1>"
        f"{name}{place}<p>{escape(decision.say)}</p><p>{way}</p></div></div></section>"
        f"{_question(decision)}"
    )


def _question(decision: Decision) -> str:
    """Return the guard's two buttons, while it is not known whose face it is."""
    if decision.look is None:
        return ""
    return (
        f'<form class="{decision.tone}" method="post" action="/look">'
        f'<input type="hidden" name="nonce" value="{escape(decision.look)}">'
        f'<button name="face" value="{HOLDER}">{IS_HOLDER}</button>'
        f'<button name="face" value="other">{IS_OTHER}</button></form>'
    )


def _idle(direction: Direction) -> str:
    return (
        f'<section><div class="scene"><div><h1>{IDLE[direction]}</h1><h2>请出示安薪码</h2>'
        "</div></div></section>"
    )


def _line_fact(view: View) -> str:
    since = f"（{_hour(view.line.since)} 起）" if view.line.since else ""
    return f"{'联网' if view.line.is_up else '离线'}{since}"


def _list_fact(view: View) -> str:
    if view.list_age is None or view.offline_until is None:
        return "还没有名单，不能离线核验"
    return f"名单 {age(view.list_age)}前更新，可离线到 {view.offline_until:%m-%d}"


def _clock_fact(view: View) -> str:
    if view.wall_error is None:
        return "时钟未校准"
    return f"本机时钟{'快' if view.wall_error >= 0 else '慢'} {abs(view.wall_error):.1f} 秒"


def _hour(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%H:%M")
