"""One scan from the reader to the open turnstile: decide, write down, open, show."""

import json
import logging
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from core.enums import Direction, ScanReason, Tone
from gate.alarms import Alarm, Alarms
from gate.bounce import BounceFilter
from gate.clock import GateClock, Reading
from gate.decide import Decision, Ruling, crossing_of, decide, is_card, window_of
from gate.keeping import to_keepable
from gate.link.asking import BUDGET_SECONDS, Asker
from gate.ports.relays import Relay, RelayError
from gate.screen.board import Board
from gate.state.entry import NOT_OPENED, Entry, State
from gate.state.journal import Journal, JournalError
from gate.state.known import Known
from gate.texts import NOT_OPENED_SAY, offline_decision
from gate.used import UsedCrossings
from gate.wire import Answer, format_instant, verify_request

logger = logging.getLogger(__name__)

NONCE_BYTES = 16
REMEMBERED = 20_000
"""Admissions read back at the start; more than a gate passes while a code can be fresh."""


class Turnstile:
    """What happens at one gate in one direction."""

    def __init__(
        self,
        *,
        direction: Direction,
        clock: GateClock,
        known: Known,
        journal: Journal,
        asker: Asker,
        relay: Relay,
        board: Board,
        alarms: Alarms,
    ) -> None:
        self._direction = direction
        self._clock = clock
        self._known = known
        self._journal = journal
        self._asker = asker
        self._relay = relay
        self._board = board
        self._alarms = alarms
        self._bounce = BounceFilter()
        self._used = UsedCrossings()

    def remember(self) -> None:
        """Read back which codes were let through before a restart."""
        first_fresh = window_of(self._clock.read()).first
        with suppress(JournalError):
            for entry in self._journal.last_admitted(REMEMBERED):
                self._note_used(entry.code, first_fresh)

    def handle(self, text: str) -> Decision | None:
        """Answer one line of the reader; None if it only repeats the last one.

        The scan is on disk before the turnstile opens, and never waits longer than the budget.
        """
        reading = self._clock.read()
        if self._bounce.is_repeat(text, reading.uptime):
            return None
        entry = self._begin(text, reading)
        ruling = decide(text, lists=self._known.lists, reading=reading, used=self._used)
        answer = self._ask(text, entry, ruling, reading)
        decision = self._decision(ruling, answer)
        decision = self._carry_out(_decided(entry, decision, answer), decision, reading)
        if decision.admitted and is_card(text):
            decision = replace(decision, look=entry.nonce)
        self._board.show(decision)
        return decision

    def _begin(self, text: str, reading: Reading) -> Entry:
        bound = reading.bound
        return Entry(
            sequence=self._journal.next_sequence(),
            nonce=secrets.token_hex(NONCE_BYTES),
            code=to_keepable(text),
            direction=self._direction,
            scanned_at=format_instant(reading.at),
            clock_bound_ms=None if bound is None else bound // timedelta(milliseconds=1),
            boot_id=self._clock.boot_id,
            uptime_ms=int(reading.uptime * 1000),
        )

    def _ask(self, text: str, entry: Entry, ruling: Ruling, reading: Reading) -> Answer | None:
        if ruling.reason == ScanReason.ALREADY_USED:
            # The server may not have heard of the first time yet, and would let it in again.
            return None
        question = self._asker.ask(
            verify_request(
                code=text,
                direction=entry.direction,
                nonce=entry.nonce,
                scanned_at=entry.scanned_at,
            )
        )
        if question is None:
            return None
        self._journal.put(entry)  # while the question travels: a power cut now loses no scan
        spent = self._clock.uptime() - reading.uptime
        return question.wait(max(0.0, BUDGET_SECONDS - spent))

    def _decision(self, ruling: Ruling, answer: Answer | None) -> Decision:
        if answer is None:
            return offline_decision(ruling, self._direction)
        return Decision(
            admitted=answer.admitted,
            reason=answer.reason,
            say=answer.say,
            tone=answer.tone,
            is_offline=False,
            worker=answer.worker,
        )

    def _carry_out(self, entry: Entry, decision: Decision, reading: Reading) -> Decision:
        with self._journal.holding(entry.nonce):
            self._journal.put(entry)
            if not decision.admitted:
                return decision
            try:
                self._relay.open()
            except RelayError as error:
                logger.error("relay: %s", error)  # noqa: TRY400 - a trace says nothing more
                self._journal.put_not_opened(entry)
                self._alarms.set(Alarm.RELAY, is_on=True)
                return replace(
                    decision,
                    admitted=False,
                    reason=NOT_OPENED,
                    say=NOT_OPENED_SAY,
                    tone=Tone.REFUSE,
                )
        self._alarms.set(Alarm.RELAY, is_on=False)
        self._note_used(entry.code, window_of(reading).first)
        return decision

    def _note_used(self, text: str, first_fresh: int) -> None:
        crossing = crossing_of(text)
        if crossing is not None:
            self._used.add(crossing, first_fresh=first_fresh)


def _decided(entry: Entry, decision: Decision, answer: Answer | None) -> Entry:
    return replace(
        entry,
        admitted=decision.admitted,
        reason=decision.reason,
        decided_offline=answer is None,
        state=State.WAITING if answer is None else State.TAKEN,
        answer=None if answer is None else json.dumps({"check_in_id": answer.check_in_id}),
    )
