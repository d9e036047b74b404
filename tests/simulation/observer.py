"""The perfect observer: saw every passage with a true clock, and says what must be on record."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from attendance.annulments import ANNULLED_WITHIN
from attendance.day_rules import RuleBook
from attendance.folding import Crossing, FoldedDay, fold
from core.enums import Direction, Grade, ScanReason
from db.base import new_id
from tests.simulation.machine import Passage
from tests.simulation.server import Hearing
from tests.simulation.site import Shown

FRESH = timedelta(seconds=90)
"""No code is shown at an age between what is surely fresh and what is surely stale."""
COUNTED = (ScanReason.OK, ScanReason.NO_CONTRACT)


@dataclass(frozen=True)
class Sighting:
    """Somebody held something to the reader of a gate, and this is what happened."""

    at: datetime
    gate: str
    direction: Direction
    shown: Shown
    passage: Passage
    boot_id: str
    is_clock_good: bool
    """The gate had heard the time since it was switched on."""


@dataclass(frozen=True)
class Verdict:
    """What is true of an opening, and when it counts for."""

    reason: ScanReason
    at: datetime


class Observer:
    """Judges the openings in the order in which the server heard of them.

    Which of two uses of one code counts is the only thing that depends on that order: the other
    one is the conflict.
    """

    def __init__(self, sightings: Sequence[Sighting], hearings: Sequence[Hearing]) -> None:
        self.sightings = {each.passage.nonce: each for each in sightings if each.passage.nonce}
        self.nameless = [each for each in sightings if not each.passage.nonce]
        self._first_heard: dict[str, Hearing] = {}
        self._told: dict[str, Hearing] = {}
        self._denied: dict[str, Hearing] = {}
        for hearing in hearings:
            self._first_heard.setdefault(hearing.nonce, hearing)
            if hearing.decided is None and not hearing.is_annulment:
                self._told.setdefault(hearing.nonce, hearing)
            if hearing.is_annulment:
                self._denied.setdefault(hearing.nonce, hearing)
        self.verdicts = self._judge_openings()

    @property
    def conflicts(self) -> dict[str, ScanReason]:
        """Return the openings that were not right, and those that a gate denied too late."""
        return {
            nonce: verdict.reason
            for nonce, verdict in self.verdicts.items()
            if verdict.reason is not ScanReason.OK or self._is_denied(nonce)
        }

    @property
    def counted(self) -> dict[str, Verdict]:
        """Return the openings that are work."""
        return {n: verdict for n, verdict in self.verdicts.items() if verdict.reason in COUNTED}

    @property
    def contradicted(self) -> set[str]:
        """Return where the server had decided one thing, unheard, and the gate did another."""
        return {
            nonce
            for nonce, hearing in self._first_heard.items()
            if hearing.decided is not None
            and nonce in self._told
            and hearing.decided is not self.sightings[nonce].passage.is_opened
        }

    def is_opened(self, nonce: str) -> bool:
        """Tell whether somebody went through."""
        return self.sightings[nonce].passage.is_opened

    def is_good(self, nonce: str) -> bool:
        """Tell whether what was shown should have opened, whatever the gate did."""
        return self._judge(self.sightings[nonce]).reason is ScanReason.OK

    def work_days(self, rules: RuleBook) -> dict[tuple[UUID, date], FoldedDay]:
        """Return each worker's days."""
        crossings: dict[UUID, list[Crossing]] = defaultdict(list)
        for nonce, verdict in self.counted.items():
            sighting = self.sightings[nonce]
            worker = sighting.shown.worker
            assert worker is not None
            assert worker.worker_id is not None
            crossing = Crossing(new_id(), sighting.direction, verdict.at, Grade.A)
            crossings[worker.worker_id].append(crossing)
        return {
            (worker_id, day.work_date): day
            for worker_id, theirs in crossings.items()
            for day in fold(theirs, rules)
        }

    def _judge_openings(self) -> dict[str, Verdict]:
        used: set[tuple[bytes, int]] = set()
        verdicts = {}
        for nonce in self._first_heard:
            sighting = self.sightings.get(nonce)
            if sighting is None or not self._is_passed(sighting):
                continue
            verdict = self._judge(sighting)
            use = sighting.shown.use
            if verdict.reason in COUNTED and use is not None:
                if use in used:
                    verdict = Verdict(ScanReason.ALREADY_USED, verdict.at)
                used.add(use)
            verdicts[nonce] = verdict
        return verdicts

    def _judge(self, sighting: Sighting) -> Verdict:
        shown, direction = sighting.shown, sighting.direction
        if shown.fault in (
            ScanReason.MALFORMED_CODE,
            ScanReason.UNKNOWN_WORKER,
            ScanReason.BAD_GATE_TAG,
        ):
            return Verdict(shown.fault, sighting.at)
        age = sighting.at - shown.made_at
        if abs(age) > FRESH:
            if self._is_timed(sighting):
                stale = ScanReason.EXPIRED_CODE if age > FRESH else ScanReason.FUTURE_CODE
                return Verdict(stale, sighting.at)
            if shown.is_phones_own:
                return Verdict(shown.standing(shown.made_at, direction), shown.made_at)
        return Verdict(shown.standing(sighting.at, direction), sighting.at)

    def _is_passed(self, sighting: Sighting) -> bool:
        """Whether the gate opened; also if the server said so, and nobody denied it in time."""
        passage = sighting.passage
        assert passage.nonce is not None
        if passage.is_opened or not self._first_heard[passage.nonce].decided:
            return passage.is_opened
        denial = self._denied.get(passage.nonce) or self._told.get(passage.nonce)
        let_in_at = self._first_heard[passage.nonce].at
        return denial is None or denial.at - let_in_at > ANNULLED_WITHIN

    def _is_denied(self, nonce: str) -> bool:
        """Whether an opening that counts did not happen, by the gate's own later report."""
        return nonce in self._told and not self.sightings[nonce].passage.is_opened

    def _is_timed(self, sighting: Sighting) -> bool:
        """Whether any clock but the phone's own tells when it was."""
        assert sighting.passage.nonce is not None
        first = self._first_heard[sighting.passage.nonce]
        return sighting.is_clock_good or first.boot_id == sighting.boot_id
