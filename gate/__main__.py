"""The command line: `python -m gate pair|run|status|retry`."""

import argparse
import fcntl
import logging
import os
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from core.enums import Direction
from gate.alarms import Alarms
from gate.assembly import assemble
from gate.clock import read_boot_id, system_clock
from gate.link.client import AddressError
from gate.link.pair import PairingRefusedError, pair, read_pairing_code
from gate.ports.readers import ReaderError, open_reader
from gate.ports.relays import RelayDescriptionError, RelayError, open_relay
from gate.report import report
from gate.screen.server import PageAddressError, serving
from gate.state import files, lists, pairing, refusal
from gate.state.journal import Journal, JournalError
from gate.state.known import Known
from gate.state.pairing import NotPairedError

logger = logging.getLogger(__name__)

STATE = Path("var/gate")
PAGE_PORT = "8780"
LOCK = "run.lock"
FAILED = 1
THREAD_FAILED = 70
"""EX_SOFTWARE of sysexits.h; the service manager starts the program again."""
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class AlreadyRunningError(Exception):
    """Another process runs this gate; two would give the same numbers to different scans."""


REFUSALS = (
    AddressError,
    AlreadyRunningError,
    JournalError,
    NotPairedError,
    PageAddressError,
    PairingRefusedError,
    ReaderError,
    RelayDescriptionError,
    RelayError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; a refusal is one sentence, not a trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that has no Chinese stops nothing
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=LOG_FORMAT)
    try:
        code: int = options.command(options)
    except REFUSALS as refusal:
        sys.stderr.write(f"{refusal}\n")
        return FAILED
    return code


def _pair(options: argparse.Namespace) -> int:
    code = options.code
    if code is None:
        sys.stdout.write("请把管理页面上的配对二维码对准扫码器 (show the pairing QR code)\n")
        code = read_pairing_code(open_reader(options.reader, Alarms()).codes())
    paired = pair(options.server, code)
    directory = files.own_directory(options.state)
    pairing.save(paired, directory)
    refusal.clear(directory)
    # The cursor is another server's, or of before; ask from the beginning.
    lists.save(lists.without_position(lists.load(directory)), directory)
    sys.stdout.write(f"已配对：{paired.server}\n")
    return 0


def _run(options: argparse.Namespace) -> int:
    paired = pairing.load(options.state)
    directory = files.own_directory(options.state)
    with _only_one(directory):
        _end_in_order_on_signals()
        threading.excepthook = _end_at_once
        alarms = Alarms()
        reader = open_reader(options.reader, alarms)
        relay = open_relay(options.relay)
        gate = assemble(
            pairing=paired,
            directory=directory,
            direction=Direction(options.direction),
            relay=relay,
            make_clock=system_clock,
            boot_id=read_boot_id(),
            alarms=alarms,
            announce=_announce,
        )
        gate.start()
        try:
            with serving(gate.board, options.page):
                for code in reader.codes():
                    gate.turnstile.handle(code)
        finally:
            gate.stop()
            relay.close()
    return 0


def _status(options: argparse.Namespace) -> int:
    known = Known(options.state, Alarms())
    found = report(options.state, system_clock(known.anchor), known)
    sys.stdout.write("\n".join([*found.lines, ""]))
    return 0 if found.is_ready else FAILED


def _retry(options: argparse.Namespace) -> int:
    pairing.load(options.state)
    journal = Journal(options.state, Alarms())
    number = journal.release_quarantined()
    journal.close()
    sys.stdout.write(f"{number} 条被拒收的记录将再次上传\n")
    return 0


@contextmanager
def _only_one(directory: Path) -> Generator[None]:
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, files.OWNER_ONLY)
    try:
        _lock(descriptor, directory)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, directory: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AlreadyRunningError(
            f"这台闸机已在运行：{directory} (this gate is already running)"
        ) from error


def _end_in_order_on_signals() -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))


def _end_at_once(failure: threading.ExceptHookArgs) -> None:
    """A gate with half its threads looks alive and is not; started anew, it loses nothing."""
    logger.critical("thread failed", exc_info=failure.exc_value)
    os._exit(THREAD_FAILED)


def _announce(text: str) -> None:
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gate", description="安薪码闸机程序 (the program at a turnstile)"
    )
    parser.add_argument("--state", type=Path, default=STATE, help="where this gate keeps its files")
    commands = parser.add_subparsers(required=True)

    pairing_command = commands.add_parser("pair", help="give this gate its token")
    pairing_command.add_argument("server", help="https://…, or unix:<path> of a local proxy")
    pairing_command.add_argument(
        "code", nargs="?", help="the pairing code, good for 15 minutes; else read as a QR code"
    )
    pairing_command.add_argument("--reader", default="stdin", help="as for run")
    pairing_command.set_defaults(command=_pair)

    run_command = commands.add_parser("run", help="read codes and open the turnstile")
    run_command.add_argument("--direction", choices=[*Direction], required=True)
    run_command.add_argument(
        "--reader", default="stdin", help="stdin, serial:<device>[@<baud>], keyboard:<device>"
    )
    run_command.add_argument(
        "--relay", default="dry-run", help="dry-run, gpio:<chip>:<line>, http://<relay>/<path>"
    )
    run_command.add_argument("--page", default=PAGE_PORT, help="loopback port of the status page")
    run_command.set_defaults(command=_run)

    status_command = commands.add_parser("status", help="exit code 1 if it cannot work offline")
    status_command.set_defaults(command=_status)
    retry_command = commands.add_parser("retry", help="upload again what the server refused")
    retry_command.set_defaults(command=_retry)
    return parser


if __name__ == "__main__":
    sys.exit(main())
