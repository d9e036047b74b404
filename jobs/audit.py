"""``make audit``: does every row still say what the evidence log says it said?"""

import sys

from sqlmodel import Session

from cases import witnesses as of_cases
from core.keyring import Keyring, load_keyring
from core.settings import load_settings
from db.session import Database
from evidence import audit
from evidence.audit import Fault, Finding
from evidence.receipts import jwks
from payroll import witnesses as of_wages
from payroll.wage_checks import check_wages

FAULTS: dict[Fault, str] = {
    "altered": "被改动 (altered)",
    "unreadable": "密文打不开 (a sealed field cannot be opened)",
    "missing": "被删除 (missing)",
    "unrecorded": "没有存证 (was never recorded)",
    "entry altered": "存证被改动 (its evidence was altered)",
    "entry forged": "存证不是本系统写的 (its evidence was forged)",
    "node altered": "存证树被改动 (the evidence tree was altered)",
    "seal broken": "封存不成立 (seal does not hold)",
    "not the worker's answer": "和本人的答复不符 (not what its worker answered)",
    "receipt not genuine": "回执是假的 (its receipt is not genuine)",
    "not the last version": "有效的不是最后一版 (not the last version counts)",
    "not released by two": "没有两个人放行 (two people did not release it)",
}


def main() -> int:
    """Print every finding; 0 when there is none."""
    settings = load_settings()
    keyring = load_keyring(settings.keys_file)
    database = Database(settings.database_url, keyring.fields, pool_size=1)
    with database.transaction() as session:
        # Otherwise what the product writes meanwhile would look like something missing.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        findings = examine(session, keyring)
    for finding in findings:
        sys.stdout.write(f"{finding.kind} {finding.subject} {FAULTS[finding.fault]}\n")
    count = len(findings)
    summary = f"发现 {count} 处不符 ({count} found)" if count else "全部相符 (all as recorded)"
    sys.stdout.write(f"{summary}\n")
    database.close()
    return 1 if findings else 0


def examine(session: Session, keyring: Keyring) -> list[Finding]:
    """Return everything that does not hold: in the log, in each row, and between rows."""
    key_set = jwks(keyring)
    return [
        *audit.check_log(session, key_set),
        *audit.check_rows(session, of_wages.WITNESSES | of_cases.WITNESSES),
        *check_wages(session, key_set),
    ]


if __name__ == "__main__":
    sys.exit(main())
