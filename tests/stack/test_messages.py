import json
from pathlib import Path

from stack.messages import MessageFeed


def _line(body: str) -> str:
    return json.dumps({"reference": "r", "phone": "+8619100000001", "body": body, "at": "…"}) + "\n"


def test_only_messages_written_from_now_on_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "sms.jsonl"
    file.write_text(_line("before"))
    feed = MessageFeed(file)

    with file.open("a") as sent:
        sent.write(_line("验证码 123456"))

    assert feed.read_new() == ["短信 → +8619100000001：验证码 123456"]
    assert feed.read_new() == []


def test_a_line_still_being_written_waits(tmp_path: Path) -> None:
    file = tmp_path / "sms.jsonl"
    feed = MessageFeed(file)
    whole = _line("hello")

    file.write_text(whole[:10])
    assert feed.read_new() == []
    file.write_text(whole)

    assert feed.read_new() == ["短信 → +8619100000001：hello"]


def test_no_file_yet_means_no_messages(tmp_path: Path) -> None:
    assert MessageFeed(tmp_path / "sms.jsonl").read_new() == []
