"""`make keys`: makes or checks a key file, adds a version of a master key, drops an old one."""

import argparse
import fcntl
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from core.clock import local_date, now
from core.keyring import (
    KIT_LIFE,
    MOST_VERSIONS,
    ROTATED,
    KeyFileError,
    Keyring,
    ends_after,
    load_keyring,
    new_key,
    read_key_file,
    write_aside,
)

LATE_UPLOADS = timedelta(days=90)
"""How long after its last code a version is kept: a gate that was in a store room still uploads."""
HELP = """\
检查密钥文件，没有就生成。安薪码的两把主密钥可以更换
(make or check a key file; two master keys rotate):

  gate    闸机验码用的主密钥 (what gates check)
  holder  证明是工人本人手机的主密钥 (what proves the worker's own phone)

--rotate 加一个新版本，8 天后的日子才用它：在那之前闸机和手机手里的密钥都照常有效，没有人会被拦在
门外。把文件复制到每台服务器即可，正在运行的程序一分钟内自己读到，不用重启。旧版本的码在新版本启用
8 天后失效；旧版本再留 90 天，用来核对闸机迟到的上传，到期后用 --drop 删除。
(The new version is used for days from the eighth on, so nothing that was handed out stops working.
Copy the file to every server; running processes read it within a minute. Drop the old version
once no gate can still upload a scan of its days: the dates are printed.)

密钥泄露时加 --at-once：新版本今天就用，联网的闸机半分钟内换好；再加 --drop 立即删除旧版本，没有网络
的手机要联网一次才能再出码。
(After a leak add --at-once: used from today, and the old version may be dropped right away. Phones
without a network then need it once.)
"""


def rotate(path: Path, *, name: str, today: date, at_once: bool) -> date:
    """Add a version of a master; return the first day whose codes are made with it.

    Raises KeyFileError while an earlier rotation is still under way, or with three versions.
    """
    with _locked(path):
        keyring, document = read_key_file(path)
        masters, starts = _of(keyring, name)
        if not at_once and any(today < start + KIT_LIFE for start in starts.values()):
            raise KeyFileError(f"{name} 上一次更换还没有完成 (the last rotation is under way)")
        if len(masters) == MOST_VERSIONS:
            raise KeyFileError(f"{name} 已有三个版本，请先删除最旧的 (drop the oldest first)")
        start = today if at_once else today + KIT_LIFE
        entry = {"key": new_key(), "from": start.isoformat()}
        document[name] = {**document[name], str(max(masters) + 1): entry}
        write_aside(path, document).replace(path)
    return start


def drop(path: Path, *, name: str, version: int, today: date, at_once: bool) -> None:
    """Remove an old version for good.

    Raises KeyFileError for an unknown or the newest version, and before `droppable_from` unless
    it must be `at_once`.
    """
    with _locked(path):
        keyring, document = read_key_file(path)
        masters, starts = _of(keyring, name)
        if version not in masters or version == max(masters):
            raise KeyFileError(f"{name} 没有旧版本 {version} (no such old version)")
        due = droppable_from(version, masters, starts)
        if today < due and not at_once:
            raise KeyFileError(f"{name} 版本 {version} 要留到 {due} (is needed until then)")
        document[name] = {
            known: entry for known, entry in document[name].items() if int(known) != version
        }
        write_aside(path, document).replace(path)


def droppable_from(version: int, masters: Mapping[int, bytes], starts: Mapping[int, date]) -> date:
    """Return the day from which nothing needs an old version any more."""
    return ends_after(version, masters, starts) + LATE_UPLOADS


def main(arguments: Sequence[str]) -> None:
    """Run `make keys`; a refusal ends with a sentence and status 1."""
    asked = _read_arguments(arguments)
    today = local_date(now())
    was_there = asked.path.exists()
    try:
        keyring = load_keyring(asked.path)
        if asked.rotate:
            rotate(asked.path, name=asked.rotate, today=today, at_once=asked.at_once)
        if asked.drop:
            name, version = asked.drop
            drop(asked.path, name=name, version=version, today=today, at_once=asked.at_once)
        keyring = load_keyring(asked.path)
    except KeyFileError as error:
        sys.exit(str(error))
    sys.stdout.write("\n".join(_report(asked.path, keyring, was_there=was_there)) + "\n")


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "make keys", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--rotate", choices=ROTATED)
    parser.add_argument("--drop", type=_read_version, metavar="gate:1")
    parser.add_argument("--at-once", action="store_true")
    return parser.parse_args(arguments)


def _read_version(text: str) -> tuple[str, int]:
    name, _, version = text.partition(":")
    if name not in ROTATED or not version.isdecimal():
        raise argparse.ArgumentTypeError("gate:1")
    return name, int(version)


def _report(path: Path, keyring: Keyring, *, was_there: bool) -> Generator[str]:
    state = (
        "已存在，可用 (already there, good)"
        if was_there
        else "已生成，请另行备份 (made; back it up)"
    )
    yield f"{path} {state}"
    for name in ROTATED:
        masters, starts = _of(keyring, name)
        for version in masters:
            since = f"{starts[version]} 起使用 (in use from)" if version in starts else ""
            until = ""
            if version != max(masters):
                until = f"{droppable_from(version, masters, starts)} 起可删除 (may be dropped from)"
            yield " ".join(part for part in (f"  {name} {version}", since, until) if part)


def _of(keyring: Keyring, name: str) -> tuple[Mapping[int, bytes], Mapping[int, date]]:
    if name == "gate":
        return keyring.gate_masters, keyring.gate_starts
    return keyring.holder_masters, keyring.holder_starts


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Let one command at a time change the file; a version added twice would lose one."""
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main(sys.argv[1:])
