"""``make audit``: does every row still say what the evidence log says it said?"""

import sys

from cases import witnesses as of_cases
from core.keyring import load_keyring
from core.settings import load_settings
from db.session import Database
from evidence import audit
from evidence.receipts import jwks
from payroll import witnesses as of_wages

FAULTS = {
    "altered": "被改动 (altered)",
    "missing": "被删除 (missing)",
    "unrecorded": "没有存证 (was never recorded)",
    "entry altered": "存证被改动 (its evidence was altered)",
    "seal broken": "封存不成立 (seal does not hold)",
}


def main() -> int:
    """Print every finding; 0 when there is none."""
    settings = load_settings()
    keyring = load_keyring(settings.keys_file)
    database = Database(settings.database_url, keyring.fields, pool_size=1)
    with database.transaction() as session:
        findings = [
            *audit.check_log(session, jwks(keyring)),
            *audit.check_rows(session, of_wages.WITNESSES | of_cases.WITNESSES),
        ]
    for finding in findings:
        sys.stdout.write(f"{finding.kind} {finding.subject} {FAULTS[finding.fault]}\n")
    count = len(findings)
    summary = f"发现 {count} 处不符 ({count} found)" if count else "全部相符 (all as recorded)"
    sys.stdout.write(f"{summary}\n")
    database.close()
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
