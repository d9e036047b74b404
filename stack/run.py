"""`make run`: everything on this machine until Ctrl-C, with the text messages on the screen."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep
from types import FrameType

from dotenv import dotenv_values

from demo.welcome import describe, has_demo
from stack.children import ROOT, StackError
from stack.instance import Instance, running_instance
from stack.messages import MessageFeed

DEFAULT_PORT = 8000
WATCH_SECONDS = 0.2


def main(var: Path = ROOT / "var") -> None:
    """Run until told to stop; a part that ends by itself ends everything."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _interrupt)
    try:
        _serve(var)
    except KeyboardInterrupt:
        _say(f"已停止，数据都在 {var.name}/ 里。(stopped; everything is kept in {var.name}/)")
    except StackError as error:
        sys.exit(f"\n{error}")


def _serve(var: Path) -> None:
    started = monotonic()
    given = {**dotenv_values(ROOT / ".env"), **os.environ}
    with running_instance(
        var,
        port=_port(given),
        given={name: value for name, value in given.items() if value is not None},
        say=lambda step: _say(f"[{monotonic() - started:4.1f} s] {step} …"),
    ) as instance:
        _welcome(instance, monotonic() - started)
        try:
            _watch(instance)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not cut this short
            _say("\n正在停止 … (stopping)")


def _port(given: Mapping[str, str | None]) -> int:
    text = given.get("PORT") or str(DEFAULT_PORT)
    if not text.isdigit():
        raise StackError(f"PORT 应为数字，例如 PORT=8001，而不是 {text!r}。(PORT must be a number)")
    return int(text)


def _welcome(instance: Instance, seconds: float) -> None:
    sign_in_help = f"{describe()}\n\n" if has_demo(instance.database_url) else ""
    # In one piece: whoever reads "ready" may press Ctrl-C at once.
    _say(
        f"\n安薪码已就绪，用时 {seconds:.1f} 秒 (ready)：{instance.base_url}\n\n{sign_in_help}"
        f"日志在 {instance.var.name}/log/；按 Ctrl-C 停止。(logs are there; Ctrl-C stops)\n"
        "短信会显示在这里。(text messages appear here)\n"
    )


def _watch(instance: Instance) -> None:
    messages = MessageFeed(instance.sms_file)
    while True:
        instance.check()
        for line in messages.read_new():
            _say(line)
        sleep(WATCH_SECONDS)


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(_sign: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
