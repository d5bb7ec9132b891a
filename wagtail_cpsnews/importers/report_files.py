"""Report files, complete at any time.

A run that is killed has reported what it did.

Each event is written over the end of the document together with a new end, in one system call.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from django.utils import timezone

from .remarks import get_heading
from .report import Event, to_printable
from .story import Story


class ReportFileError(Exception):
    """A report that cannot be written. The text is for people."""


class ReportFile:
    """A file that holds every event of a run.

    Subclasses say what its head, events and end look like.
    """

    ending = ""

    def __init__(self, path: Path, /, **run: Any) -> None:
        self.run = run | {"started": _now()}
        self.events = 0
        self.outcomes: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.in_progress: str | None = None
        self.finished: str | None = None
        self.summary = ""
        #: What the system said when the file could not be written any more.
        self.error = ""
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError as error:
            raise ReportFileError(f"The report {path} cannot be written: {error.strerror}.") from error
        self._place = 0
        self._put(self.head())

    def begin(self, story: Story) -> None:
        """Write down which story is about to be written."""
        self.in_progress = story.origin
        self._put("")

    def write(self, event: Event) -> None:
        """Write an event."""
        self.outcomes[event.outcome] += 1
        self.codes.update(remark.code for remark in event.remarks)
        self.in_progress = None
        text = self.event(event)
        self.events += 1
        self._put(text)

    def finish(self, summary: str) -> None:
        """Write that the run has ended, and close the file."""
        self.in_progress, self.finished, self.summary = None, _now(), summary
        self._put("")
        os.close(self._descriptor)

    def _put(self, text: str) -> None:
        if self.error:
            return
        lasting, end = text.encode(errors="replace"), self.end().encode(errors="replace")
        try:
            _write_all(self._descriptor, lasting + end, self._place)
            self._place += len(lasting)
            os.ftruncate(self._descriptor, self._place + len(end))
        except OSError as error:  # the import goes on
            self.error = str(error.strerror)

    def head(self) -> str:
        """Return the beginning of the document."""
        raise NotImplementedError

    def event(self, event: Event) -> str:
        """Return one event."""
        raise NotImplementedError

    def end(self) -> str:
        """Return the end of the document as it is now."""
        raise NotImplementedError


class JsonReport(ReportFile):
    """One JSON object: ``stories``, then the counts.

    Stories come in the order in which they were written.
    """

    ending = ".json"

    def head(self) -> str:
        """Return the run, and the beginning of the list."""
        return f'{_json(self.run)[:-1]}, "stories": ['

    def event(self, event: Event) -> str:
        """Return an event as one object.

        A story's own language, page and so on are left out where there are none.
        """
        values = {
            name: value
            for name, value in vars(event).items()
            if name != "remarks" and value not in ("", None)
        }
        values["remarks"] = [vars(remark) for remark in event.remarks]
        return f"{',' if self.events else ''}\n{_json(values)}"

    def end(self) -> str:
        """Return the counts so far."""
        rest = {
            "outcomes": self.outcomes,
            "kinds": self.codes,
            "in_progress": self.in_progress,
            "finished": self.finished,
            "summary": self.summary,
        }
        return f"\n], {_json(rest)[1:]}\n"


class HtmlReport(ReportFile):
    """A page with a table of the stories, then the counts by kind of remark."""

    ending = ".html"

    def head(self) -> str:
        """Return the head of the page and of its table."""
        run = "".join(f"<dt>{_html(name)}</dt><dd>{_html(value)}</dd>" for name, value in self.run.items())
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Import of stories</title><style>'
            "body{font:1rem/1.5 sans-serif;margin:1rem}table{border-collapse:collapse}"
            "td,th{border:1px solid #767676;padding:.25rem .5rem;text-align:left;vertical-align:top}</style></head>"
            f'<body><h1>Import of stories</h1><dl>{run}</dl><p><a href="#counts">Counts</a></p><table><thead><tr>'
            "<th>Outcome</th><th>Where</th><th>Story</th><th>Remarks</th></tr></thead><tbody>\n"
        )

    def event(self, event: Event) -> str:
        """Return a row of the table."""
        remarks = "".join(
            f"<li><b>{_html(get_heading(remark.code))}</b>: {_html(remark)}</li>" for remark in event.remarks
        )
        names = " · ".join(filter(None, [event.source_name, event.source_id, event.language]))
        cells = (_html(event.outcome), _html(event.origin), f"{_html(event.title)}<br>{_html(names)}")
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        return f"<tr>{row}<td>{f'<ul>{remarks}</ul>' if remarks else ''}</td></tr>\n"

    def end(self) -> str:
        """Return the counts so far."""
        counts = "".join(f"<li>{_html(name)}: {count:,}</li>" for name, count in self.outcomes.items())
        kinds = "".join(
            f"<li>{_html(get_heading(code))}: {count:,}</li>" for code, count in self.codes.items()
        )
        state = f"Ended {self.finished}." if self.finished else "Not ended."
        if self.in_progress:
            state += f" In progress: {self.in_progress}."
        return (
            f'</tbody></table><h2 id="counts">Counts</h2><p>{_html(f"{state} {self.summary}")}</p>'
            f"<ul>{counts}</ul><h2>Remarks by kind</h2><ul>{kinds}</ul></body></html>\n"
        )


#: By the ending of its name: how a report is written.
FORMATS: dict[str, type[ReportFile]] = {format_.ending: format_ for format_ in (JsonReport, HtmlReport)}


def open_report(path: Path, imported: Path, /, **run: Any) -> ReportFile:
    """Begin a report at ``path``; ``run`` says what it is of.

    Raises:
        ReportFileError: When its name has no known ending, it cannot be written, or it would lie among the files
            that are imported.
    """
    format_ = FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise ReportFileError(f"The report {path} has to end in {' or '.join(FORMATS)}.")
    if path.resolve().is_relative_to(imported.resolve()):
        raise ReportFileError(
            f"The report {path} would lie among the files that are imported. Put it elsewhere."
        )
    return format_(path, **run)


def _write_all(descriptor: int, data: bytes, place: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, place)
        data, place = data[written:], place + written


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)


def _html(value: Any) -> str:
    return escape(to_printable(str(value)))
