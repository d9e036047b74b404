"""Bringing the journal to the server; an entry counts as taken only by its own answer."""

import json
import logging
from dataclasses import replace

from gate.keeping import is_kept_card
from gate.link.client import Client, ContactError, Response
from gate.state.entry import LOOKED, Entry, State
from gate.state.journal import Journal
from gate.wire import BATCH_SIZE, ScanResult, WireError, parse_results

logger = logging.getLogger(__name__)

OK = 200
DONE = range(200, 300)
ITEM_FAULTS = frozenset({400, 409, 410, 413, 422})
"""Statuses that say something about what was sent; any other is about the server or the line."""
ANNUL_FAULTS = ITEM_FAULTS | {404}
"""404: the server never heard of that scan."""
ITEM_FIELDS = (
    "code",
    "direction",
    "nonce",
    "scanned_at",
    "clock_bound_ms",
    "admitted",
    "reason",
    "decided_offline",
    "sequence",
    "boot_id",
    "uptime_ms",
)
LONGEST_ANSWER = 2000


class RefusedError(ContactError):
    """The server answered, but not what was asked for."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.retry_after = response.retry_after
        super().__init__(f"status {response.status}")


def upload_scans(client: Client, journal: Journal) -> bool:
    """Send the oldest waiting scans; tell whether there may be more.

    Raises ContactError when the server did not take them, JournalError when it cannot be noted.
    """
    batch = journal.pending(State.WAITING, BATCH_SIZE)
    if batch:
        _send(client, journal, batch)
    return len(batch) == BATCH_SIZE


def upload_annulments(client: Client, journal: Journal) -> None:
    """Tell the server which of its admissions the turnstile did not carry out; as above.

    When it is too late for that, the scan is uploaded as it was, and the server keeps both.
    """
    for entry in journal.pending(State.ANNUL, BATCH_SIZE):
        why = {"nonce": entry.nonce, "reason": entry.reason}
        response = client.call("POST", "/v1/gate/annul", why)
        if response.status in DONE:
            journal.settle([ScanResult(entry.nonce, is_taken=True, answer=_kept(response))])
        elif response.status in ANNUL_FAULTS:
            journal.put(replace(entry, state=State.WAITING))
        else:
            raise RefusedError(response)


def upload_looks(client: Client, journal: Journal) -> None:
    """Tell the server which faces a guard has found to match; as above.

    Too late for that, the crossing still counts, for less; it is not asked again.
    """
    for entry in journal.pending(State.LOOK, BATCH_SIZE):
        response = client.call("POST", "/v1/gate/looks", {"nonce": entry.nonce})
        if response.status not in DONE and response.status not in ANNUL_FAULTS:
            raise RefusedError(response)
        journal.settle([ScanResult(entry.nonce, is_taken=True, answer=_kept(response))])


def _send(client: Client, journal: Journal, batch: list[Entry]) -> None:
    response = client.call("POST", "/v1/gate/scans", [_to_item(entry) for entry in batch])
    if response.status == OK:
        journal.settle(_results_of(response, batch))
        journal.follow_looks(entry for entry in batch if is_kept_card(entry.code))
    elif response.status not in ITEM_FAULTS:
        raise RefusedError(response)
    elif len(batch) == 1:
        logger.error("scan %s is refused: status %d", batch[0].nonce, response.status)
        journal.settle([ScanResult(batch[0].nonce, is_taken=False, answer=_kept(response))])
    else:
        # One bad entry must not hold up the others: halve until it stands alone.
        middle = len(batch) // 2
        _send(client, journal, batch[:middle])
        _send(client, journal, batch[middle:])


def _results_of(response: Response, batch: list[Entry]) -> list[ScanResult]:
    sent = {entry.nonce for entry in batch}
    results = [result for result in parse_results(response.body) if result.nonce in sent]
    if not results:
        raise WireError("no result for any scan sent")
    return results


def _to_item(entry: Entry) -> dict[str, object]:
    item = {name: getattr(entry, name) for name in ITEM_FIELDS}
    return {**item, "looked": entry.reason == LOOKED}


def _kept(response: Response) -> str:
    answer = {"status": response.status, "body": response.body}
    return json.dumps(answer, ensure_ascii=False)[:LONGEST_ANSWER]
