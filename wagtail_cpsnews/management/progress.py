"""How far a command has come, as one line on its error stream."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import CommandError
from django.core.management.base import CommandParser, OutputWrapper

from ..catalogue.maintenance import Progress, start_again

#: Takes the cursor to the beginning of its line and clears it (ECMA-48, EL).
CLEAR = "\r\x1b[K"


class ProgressLine:
    """Writes stories done, stories a second and time left.

    Over the last line on a terminal, elsewhere a line now and then.

    Args:
        stream: The command's error stream.
        verbosity: Of the command; with 0 nothing is written.
    """

    #: The least time between two lines, in seconds: on a terminal, and in a log.
    ON_TERMINAL, IN_LOG = 0.2, 10.0

    def __init__(self, stream: OutputWrapper, verbosity: int) -> None:
        self._stream = stream if verbosity > 0 else None
        self._began = self._written = time.monotonic()
        self.last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Take over how far the command has come."""
        first, self.last = self.last is None, progress
        if self._stream is None:
            return
        now = time.monotonic()
        if first:
            self._began = now
            if progress.resumed_at:
                self._stream.write(
                    f"Going on after {progress.resumed_at:,} of {progress.total:,} stories, where the last run "
                    "stopped. --restart begins with the first story.",
                    str,
                )
            return
        is_terminal = self._stream.isatty()
        if now - self._written >= (self.ON_TERMINAL if is_terminal else self.IN_LOG):
            self._written = now
            line = describe(progress, now - self._began)
            if is_terminal:
                self._stream.write(f"{CLEAR}{line}", str, ending="")
                self._stream.flush()
            else:
                self._stream.write(line)

    def end(self) -> None:
        """Make room for what the command writes next."""
        if self._stream is not None and self._stream.isatty():
            self._stream.write(CLEAR, str, ending="")


def describe(progress: Progress, seconds: float) -> str:
    """Return a line such as “1,200 of 9,460 stories, 150 a second, 55 seconds left”."""
    line = f"{progress.done:,} of {progress.total:,} stories"
    done = progress.done - progress.resumed_at
    if done <= 0 or seconds <= 0:
        return line
    left = round((progress.total - progress.done) * seconds / done)
    duration = f"{left} seconds" if left < 120 else f"{round(left / 60)} minutes"
    return f"{line}, {round(done / seconds):,} a second, {duration} left"


class Interruptible:
    """A command that looks at every story and can be interrupted.

    It tells how far it has come, and a later run continues.
    """

    stderr: OutputWrapper

    def add_restart(self, parser: CommandParser) -> None:
        """Add the option to begin again after an interruption."""
        parser.add_argument(
            "--restart",
            action="store_true",
            help="Begin with the first story, even if the last run was interrupted and could be gone on with.",
        )

    def run_resumable(self, name: str, task: Any, verbosity: int, *, restart: bool) -> Any:
        """Return what ``task`` returns.

        Args:
            name: Of the task's walk through all stories.
            task: Called with a handler of its progress.
            restart: Whether to forget a run that was interrupted.

        Raises:
            CommandError: the run was interrupted from the keyboard.
        """
        if restart:
            start_again(name)
        line = ProgressLine(self.stderr, verbosity)
        try:
            return task(line, resumable=True)
        except KeyboardInterrupt:
            line.end()
            done = f"after {line.last.done:,} of {line.last.total:,} stories" if line.last else "at once"
            raise CommandError(
                f"Stopped {done}. The next run goes on from there; --restart begins with the first story.",
                returncode=130,
            ) from None
        finally:
            line.end()
