"""Do what is due without traffic.

Embargoes that are over, expired stories, large changes, room in the usage ledger, the stored index, proofs of absence.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections, connections, reset_queries

from ...catalogue import counting
from ...catalogue.db import using
from ...catalogue.projection import project_batch
from ...catalogue.text.feeding import feed
from ...conf import get_settings
from ...desk.embargoes import publish_due
from ...desk.proof.rounds import work_on_due
from ...usage import ledger

logger = logging.getLogger("wagtail_cpsnews")

#: The longest pause between two attempts while the database is gone, in seconds.
LONGEST_PAUSE = 60.0

#: How often the usage ledger is tidied and the index stored, at most, in seconds.
TIDY_SECONDS = 60.0

#: For how long one turn asks for proofs of absence, in a loop and from cron, in seconds: the rest waits for the next one.
TURN, LONG_TURN = 1.0, 40.0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0.1 <= seconds <= 3600:
        raise ArgumentTypeError(f"“{text}” is not a number of seconds from 0.1 to 3600, for example 1.")
    return seconds


class Command(BaseCommand):
    help = (
        "Publishes stories whose embargo is over, takes expired stories out of the catalogue, finishes large changes, makes room in the usage ledger and stores what "
        "new workers start from, and asks for proofs of absence, without waiting for a reader. Run it from cron every minute, or keep it running with --loop. Safe while serving, and in "
        "several copies."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="Keep running until stopped (SIGTERM or Ctrl+C)."
        )
        parser.add_argument(
            "--interval",
            type=_seconds,
            default=1.0,
            metavar="SECONDS",
            help="With --loop: how long to wait when there is nothing to do (default 1).",
        )

    def handle(self, *args: Any, loop: bool, interval: float, **options: Any) -> None:
        self.stopped = threading.Event()
        self.is_once = not loop
        self.verbosity = options["verbosity"]
        self.tidied = -TIDY_SECONDS
        self.published = 0
        before = self._listen()
        try:
            if loop:
                self._loop(interval)
            else:
                self._once()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _listen(self) -> dict[Any, Any]:
        """Stop after the current batch when asked to.

        Signals reach a process's main thread only.
        """
        if threading.current_thread() is not threading.main_thread():
            return {}

        def stop(number: int, frame: Any) -> None:
            self.stopped.set()

        return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}

    def _once(self) -> None:
        try:
            batches = self._finish()
        except Error as error:
            raise CommandError(f"The database does not answer; the next run tries again. {error}") from error
        if self.published:
            self.stdout.write(
                f"{self.published} {'story' if self.published == 1 else 'stories'} published: embargo over."
            )
        self.stdout.write(f"{batches} batches written." if batches else "Nothing to do.")

    def _loop(self, interval: float) -> None:
        pause = interval
        while not self.stopped.is_set():
            try:
                batches = self._finish()
            except Error:
                pause = min(max(pause * 2, 1.0), LONGEST_PAUSE)
                logger.exception("The catalogue could not be brought up to date; tried again in %d s.", pause)
                connections[using()].close()
            else:
                pause = interval
                if batches and self.verbosity > 1:
                    self.stdout.write(f"{batches} batches written.")
            self.stopped.wait(pause)
        self.stdout.write("Stopped.")

    def _finish(self) -> int:
        """Do batch after batch until nothing is left.

        Returns how many have written something.
        """
        close_old_connections()
        reset_queries()  # with DEBUG, Django keeps each of them
        self.published = publish_due()
        written = 0
        while not self.stopped.is_set():
            batch = project_batch()
            written += batch.changed
            if not batch.more:
                break
            self.stopped.wait(batch.pause)  # others get the lock between two batches
        self._tidy()
        self._prove(LONG_TURN if self.is_once else TURN)
        return written

    def _prove(self, seconds: float) -> None:
        """Go on with proofs of absence that no job has gone on with."""
        try:
            work_on_due(seconds)
        except Error:
            raise
        except Exception:  # a host's adapter or page, say
            logger.exception("A proof of absence failed; tried again at the next turn.")

    def _tidy(self) -> None:
        """Tidy the usage ledger and store the index, once a minute.

        Forget old uses on other sites and keep room for new ones; new workers start from the index. Also feed the
        search backend what no job has written.
        """
        now = time.monotonic()
        if now - self.tidied < TIDY_SECONDS:
            return
        self.tidied = now
        if get_settings().USAGE_DAYS:
            ledger.tidy(using(), ledger.ROWS_KEPT_FREE)
        counting.store(using())
        try:
            feed(using())
        except Exception:  # whatever a search backend's library raises
            logger.exception("The search backend could not be brought up to date; tried again in a minute.")
