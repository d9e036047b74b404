"""Asking the server about one scan, with a budget the worker at the gate does not notice."""

import logging
import queue
import threading

from gate.link.client import Client, ContactError
from gate.link.line import Line
from gate.wire import Answer, WireError, parse_answer

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 0.3
"""From scan to answer; then the gate decides alone."""
GIVE_UP_SECONDS = 2.0
"""How long a late answer may keep the connection busy."""
UNDECIDED = range(400, 600)
"""Our server, quick but without a decision (overloaded, or it does not know us): ask again next."""


class Question:
    """One question under way; the answer may come too late to matter."""

    def __init__(self, body: dict[str, object]) -> None:
        self.body = body
        self._answered = threading.Event()
        self._answer: Answer | None = None

    def resolve(self, answer: Answer | None) -> None:
        """Hand the answer over; None: there is none."""
        self._answer = answer
        self._answered.set()

    def wait(self, seconds: float) -> Answer | None:
        """Return the answer if it comes in time."""
        return self._answer if self._answered.wait(seconds) else None


class Asker:
    """A thread with its own connection, because a name look-up cannot be given a deadline."""

    def __init__(self, client: Client, line: Line) -> None:
        self._client = client
        self._line = line
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._run, name="asker", daemon=True)

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what is under way, then end and hang up."""
        self._questions.put(None)
        self._thread.join(GIVE_UP_SECONDS)
        self._client.close()

    def ask(self, body: dict[str, object]) -> Question | None:
        """Put a question on its way; None when the line is down or still busy with an older one."""
        if not self._line.state.is_up or not self._idle.is_set():
            return None
        self._idle.clear()
        question = Question(body)
        self._questions.put(question)
        return question

    def _run(self) -> None:
        while question := self._questions.get():
            answer = self._answer(question)
            self._idle.set()  # first: whoever has the answer may ask again at once
            question.resolve(answer)

    def _answer(self, question: Question) -> Answer | None:
        try:
            response = self._client.call("POST", "/v1/gate/verify", question.body)
            if response.status in UNDECIDED:
                logger.warning("not decided: status %d", response.status)
                return None
            return parse_answer(response.body)
        except (ContactError, WireError) as error:
            logger.warning("not answered: %s", error)
            self._line.set(is_up=False)
            return None
