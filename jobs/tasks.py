"""Every job: one thin function that opens a transaction or calls a service that does."""

from datetime import date, datetime
from uuid import UUID

from attendance import conflict_items
from attendance.due_folds import FOLD_DUE, fold_all_due
from attendance.errors import StorageUnavailableError
from attendance.partitions import ensure_partitions
from attendance.retention import detach_expired_months
from attendance.site_rules import mark_outdated
from attendance.uface_pull import PULL_RECORDS, plan_pulls, pull_records
from attendance.unsure_days import ask_chunk
from attendance.used_steps import forget_steps
from cases import agreement_days, files, grouping, ladder, shield
from core.clock import local_date, now
from core.keyring import load_keyring
from core.settings import load_settings
from db import outbox
from db.outbox import Payload
from devices import health
from devices.inbox import drop_old_messages
from devices.remote_checks import ANSWER_REMOTE_CHECK, answer_remote_check
from devices.vendors.hikvision import make_verdict
from evidence import log
from evidence.blobs import FolderBlobs
from jobs.app import (
    ASK_ABOUT_DAYS,
    CALL_HIGHER,
    CLIMB_CLOCKS,
    DETACH_MONTHS,
    DROP_STAGED_FILES,
    DROP_TERMINAL_MESSAGES,
    ENSURE_PARTITIONS,
    FOLLOW_UP_CASES,
    FOLLOW_UP_PAYSLIPS,
    FORGET_FINISHED,
    FORGET_STEPS,
    PLAN_PULLS,
    RECHECK_STATUSES,
    REFOLD_OUTDATED,
    REFRESH_STATUSES,
    SEAL_EVIDENCE,
    TAKE_UP_CONFLICTS,
    WATCH_DEVICES,
    WATCH_RETALIATION,
    WATCH_WAGE_ACCOUNTS,
    app,
    resources,
)
from notifications.delivery.sending import deliver
from notifications.service import DELIVER
from notifications.webhooks import delivery as webhooks
from notifications.webhooks.service import CALL_WEBHOOK
from payroll import accounts
from payroll.disputes import tell_overdue_chunk
from payroll.reminders import remind_chunk
from payroll.result_news import TELL_RESULT, tell_bank_result
from payroll.status_projection import recheck_chunk, refresh_marked_chunk

PARTITION_TRIES = 12
"""With growing pauses of 1 s to 10 min: until dawn."""
CHUNKS_PER_JOB = 200
"""Of wage statuses; well within the time a job may take."""


@app.task(name=DELIVER)
def deliver_notifications(*, messages: list[Payload]) -> None:
    """Send text messages, and end the hand-overs of those with nothing left to do."""
    own = resources()
    hand_overs = {
        UUID(message["notification_id"]): UUID(message["message_id"]) for message in messages
    }
    deliver(own.database, own.dispatch, hand_overs)


@app.task(name=CALL_WEBHOOK)
def call_webhook(*, message_id: str, delivery_id: str) -> None:
    """Tell another system of one event."""
    own = resources()
    webhooks.deliver(
        own.database,
        own.webhooks,
        delivery_id=UUID(delivery_id),
        message_id=UUID(message_id),
    )


@app.task(name=TELL_RESULT)
def tell_workers_bank_result(*, message_id: str, batch_id: str) -> None:
    """Tell workers what a bank said of their wages."""
    with resources().database.transaction() as session:
        tell_bank_result(session, batch_id=UUID(batch_id))
        outbox.complete(session, UUID(message_id))


@app.task(name=FOLD_DUE)
def fold_due_check_ins(*, message_id: str | None = None) -> None:
    """Fold the days that gates have let people in on since the last time."""
    database = resources().database
    fold_all_due(database)
    if message_id is not None:
        with database.transaction() as session:
            outbox.complete(session, UUID(message_id))


@app.task(name=FORGET_FINISHED)
def forget_finished_jobs() -> None:
    """Delete jobs that were finished a week ago, some thousand a transaction."""
    at = now()
    may_be_more = True
    while may_be_more:
        with resources().database.transaction() as session:
            may_be_more = outbox.forget_finished(session, at=at)


@app.task(name=ASK_ABOUT_DAYS)
def ask_about_days() -> None:
    """Ask workers about the days that lack an exit or an entry, each once."""
    at = now()
    after: tuple[date, UUID] | None = None
    while True:
        with resources().database.transaction() as session:
            after = ask_chunk(session, after=after, at=at)
        if after is None:
            break


@app.task(name=REFOLD_OUTDATED)
def refold_outdated_days() -> None:
    """Fold unlocked days again that an earlier version of the fold has made."""
    database = resources().database
    with database.transaction() as session:
        mark_outdated(session)
    fold_all_due(database)


@app.task(name=FORGET_STEPS)
def forget_used_steps() -> None:
    """Remove the steps of live codes that are long stale."""
    with resources().database.transaction() as session:
        forget_steps(session, at=now())


@app.task(
    name=ENSURE_PARTITIONS,
    autoretry_for=(StorageUnavailableError,),
    max_retries=PARTITION_TRIES,
    retry_backoff=True,
)
def ensure_check_in_partitions() -> None:
    """Create the partitions that the check-ins of this month and the next ones go to.

    Gives way to whoever is recording, and comes again.
    """
    with resources().database.transaction() as session:
        ensure_partitions(session, today=local_date(now()))


@app.task(name=DROP_STAGED_FILES)
def drop_staged_files() -> None:
    """Forget uploads for complaints that were never filed, their files too."""
    own, at, may_be_more = resources(), now(), True
    blobs = FolderBlobs(load_settings().blobs_dir, own.keyring.fields)
    while may_be_more:
        with own.database.transaction() as session:
            may_be_more = files.drop_staged_chunk(session, blobs, at=at)


@app.task(name=DETACH_MONTHS)
def detach_check_in_months() -> None:
    """Detach months of check-ins whose projects are over and paid for three years (条例 §28)."""
    with resources().database.transaction() as session:
        detach_expired_months(session, today=local_date(now()))


@app.task(name=DROP_TERMINAL_MESSAGES)
def drop_terminal_messages() -> None:
    """Delete what terminals sent more than 7 days ago."""
    with resources().database.transaction() as session:
        drop_old_messages(session, at=now())


@app.task(name=ANSWER_REMOTE_CHECK)
def answer_waiting_terminal(
    *, message_id: str, device_id: str, reference: str, opens: str, say: str, asked_at: str
) -> None:
    """Call a terminal back that asked whether to open."""
    own = resources()
    answer_remote_check(
        own.database,
        own.terminals,
        message_id=UUID(message_id),
        device_id=UUID(device_id),
        verdict=make_verdict(reference, opens=opens == "yes", say=say),
        asked_at=datetime.fromisoformat(asked_at),
    )


@app.task(name=PLAN_PULLS)
def plan_terminal_pulls() -> None:
    """Have terminals asked that post each crossing only once."""
    with resources().database.transaction() as session:
        plan_pulls(session, at=now())


@app.task(name=PULL_RECORDS)
def pull_terminal_records(*, message_id: str, device_id: str) -> None:
    """Ask one terminal what it recorded."""
    own = resources()
    pull_records(
        own.database,
        own.valkey,
        own.keyring,
        own.terminals,
        device_id=UUID(device_id),
        message_id=UUID(message_id),
        at=now(),
    )


@app.task(name=SEAL_EVIDENCE)
def seal_evidence() -> None:
    """Seal the evidence log of the day."""
    keyring = load_keyring(load_settings().keys_file)
    with resources().database.transaction() as session:
        log.seal(session, keyring, at=now())


@app.task(name=WATCH_DEVICES)
def watch_devices() -> None:
    """Tell managers of devices that are silent, off time, out of date or stuck."""
    with resources().database.transaction() as session:
        health.watch_devices(session, at=now())


@app.task(name=WATCH_WAGE_ACCOUNTS)
def watch_wage_accounts() -> None:
    """Tell managers and inspectors of wage accounts that do not hold what is due."""
    with resources().database.transaction() as session:
        accounts.watch_wage_accounts(session, at=now())


@app.task(name=TAKE_UP_CONFLICTS)
def take_up_conflicts() -> None:
    """Give new conflicts at gates their owners, and tell the workers they concern."""
    with resources().database.transaction() as session:
        conflict_items.take_up_conflicts(session)


@app.task(name=FOLLOW_UP_PAYSLIPS)
def follow_up_payslips() -> None:
    """Remind the silent and tell who got no reply, some thousand payslips a transaction."""
    at = now()
    for follow_up in (remind_chunk, tell_overdue_chunk):
        after: UUID | None = None
        while True:
            with resources().database.transaction() as session:
                after = follow_up(session, after=after, at=at)
            if after is None:
                break


@app.task(name=REFRESH_STATUSES)
def refresh_wage_statuses() -> None:
    """Work out the status of everybody whose facts have changed, if no reader has done so."""
    is_done = False
    while not is_done:
        with resources().database.transaction() as session:
            is_done = not refresh_marked_chunk(session, at=now())


@app.task(name=RECHECK_STATUSES)
def recheck_wage_statuses(*, message_id: str | None = None, after: str | None = None) -> None:
    """Work out every status anew, which must lead to what events have led to.

    So many people a job, then the next job goes on: none may take long.
    """
    at, place = now(), None if after is None else UUID(after)
    for _ in range(CHUNKS_PER_JOB):
        with resources().database.transaction() as session:
            place = recheck_chunk(session, after=place, at=at)
        if place is None:
            break
    with resources().database.transaction() as session:
        if place is not None:
            key = f"{RECHECK_STATUSES}:{local_date(at)}:{place}"
            outbox.enqueue(session, RECHECK_STATUSES, dedupe_key=key, after=str(place))
        if message_id is not None:
            outbox.complete(session, UUID(message_id))


@app.task(name=CLIMB_CLOCKS)
def climb_case_clocks() -> None:
    """Tell of periods that near or pass their end, a city a transaction."""
    at = now()
    database = resources().database
    after: UUID | None = None
    while True:
        with database.transaction() as session:
            after = ladder.recount_chunk(session, after=after)
        if after is None:
            break
    with database.transaction() as session:
        cities = ladder.list_cities(session)
    for city_code in cities:
        with database.transaction() as session:
            ladder.climb_city(session, city_code=city_code, at=at)


@app.task(name=FOLLOW_UP_CASES)
def follow_up_cases() -> None:
    """Ask complainants whether the money came: past an agreed day, and weeks after closing."""
    at, has_more = now(), True
    while has_more:
        with resources().database.transaction() as session:
            has_more = ladder.follow_up_chunk(session, at=at)
    after: UUID | None = None
    while True:
        with resources().database.transaction() as session:
            after = agreement_days.ask_chunk(session, after=after, at=at)
        if after is None:
            break


@app.task(name=CALL_HIGHER)
def pass_on_alerts() -> None:
    """Call the division above about mass events that nobody acknowledged."""
    with resources().database.transaction() as session:
        grouping.pass_on(session, at=now())


@app.task(name=WATCH_RETALIATION)
def watch_retaliation() -> None:
    """Look for revenge on people who complained, some hundred cases a transaction."""
    at = now()
    after: UUID | None = None
    while True:
        with resources().database.transaction() as session:
            after = shield.watch_chunk(session, after=after, at=at)
        if after is None:
            break
