"""Import stories of another system.

Run it as often as you like: only what has changed is written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...importers.fields import MAX_NAME, Fields, Unreadable
from ...importers.options import TargetError, check_placement, find_parent, page_types
from ...importers.progress import with_lines
from ...importers.report import Report, to_printable
from ...importers.report_files import FORMATS, ReportFile, ReportFileError, open_report
from ...importers.run import SOURCES, ImportStopped, Naming, run_import
from ...importers.story import SourceError, Story


class Command(BaseCommand):
    help = (
        "Imports stories. Run again, it changes only what has changed at the source; what editors deleted here stays "
        "deleted, what they unpublished stays unpublished. Exits with 1 when a story was refused or failed, or when "
        "an import that would change much was not confirmed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help=f"One of {', '.join(SOURCES)}.")
        parser.add_argument(
            "path", help="A file or a folder: GOV.UK content items (.json), or .jsonl and .jsonl.gz."
        )
        parser.add_argument(
            "--parent", default="", help="Where the stories go: a page id or a path such as /news/."
        )
        parser.add_argument("--page-type", default="", help="The page type of stories: app.Model.")
        parser.add_argument("--speech-type", default="", help="The page type of speeches: app.Model.")
        parser.add_argument(
            "--source-name",
            default="",
            help="The name of the source, the same for ever. The same id in a source of another name is another story.",
        )
        parser.add_argument(
            "--adopt",
            default="",
            metavar="NAME",
            help="The name of the source; stories in these files that were imported without a name get it.",
        )
        parser.add_argument(
            "--base-url",
            default="",
            help="The address that links without a host are read against, where the files give none.",
        )
        parser.add_argument("--yes", action="store_true", help="Don’t ask, even if much would be changed.")
        parser.add_argument("--dry-run", action="store_true", help="Write nothing; say what would be done.")
        parser.add_argument(
            "--report",
            default="",
            metavar="FILE",
            help=f"Write every remark to this file ({' or '.join(FORMATS)}) as it occurs.",
        )

    def handle(
        self,
        *args: Any,
        source: str,
        path: str,
        parent: str,
        page_type: str,
        speech_type: str,
        dry_run: bool,
        **options: Any,
    ) -> None:
        if source not in SOURCES:
            raise CommandError(f"“{source}” is no source. There are: {', '.join(SOURCES)}.")
        naming = _naming(options["source_name"], options["adopt"])
        self.verbosity, self.yes = options["verbosity"], options["yes"]
        report_file: ReportFile | None = None
        try:
            stories, speeches = page_types(page_type, speech_type)
            below = find_parent(str(parent))
            check_placement(below, stories, speeches)
            if options["report"]:
                about = {
                    "source": source,
                    "source_name": naming.source_name,
                    "path": path,
                    "dry_run": dry_run,
                }
                report_file = open_report(Path(options["report"]), Path(path), **about)
            report = run_import(
                source,
                Path(path),
                parent=below,
                page_type=stories,
                speech_type=speeches,
                dry_run=dry_run,
                naming=naming,
                base_url=_base_url(options["base_url"].strip()),
                confirm=self._confirm,
                progress=self._progress,
                sink=report_file,
            )
        except ImportStopped as error:
            if report_file is not None:
                report_file.finish(f"Nothing was imported. {error}")
            raise CommandError(
                f"{to_printable_lines(str(error))}\nNothing was imported. If this is another source, give it a name "
                "with --source-name. If it is the same one, add --yes."
            ) from error
        except (TargetError, SourceError, ReportFileError, ImproperlyConfigured) as error:
            if report_file is not None:
                report_file.finish(f"Nothing was imported. {error}")
            raise CommandError(str(error)) from error
        if report_file is not None:
            report_file.finish(report.summary())
        self._tell(report, report_file)
        if report.errors:
            raise CommandError(f"{report.errors} of the stories could not be imported; the others were.")
        if report_file is not None and report_file.error:
            raise CommandError(f"The report could not be written to its end: {report_file.error}.")

    def _tell(self, report: Report, report_file: ReportFile | None) -> None:
        if self.verbosity == 0:
            return
        for line in report.lines():
            self.stdout.write(line)
        if report.is_shortened and report_file is None:
            self.stdout.write("Not everything is shown: --report FILE writes it all to a file.")
        self.stdout.write(report.summary())

    def _confirm(self, doubts: list[str]) -> bool:
        if self.yes:
            return True
        if not sys.stdin.isatty():
            return False
        for line in doubts:
            self.stdout.write(to_printable(line))
        return input("Is it the same source, and shall the import go on? [y/N] ").strip().lower() in (
            "y",
            "yes",
        )

    def _progress(self, stories: Sequence[Story], doing: str) -> Iterable[Story]:
        if self.verbosity == 0:
            return stories
        if self.stdout.isatty() and find_spec("rich"):
            from rich.console import Console
            from rich.progress import track

            return track(stories, description=doing, console=Console(file=self.stdout))  # type: ignore[arg-type]
        return with_lines(stories, doing, self._write_now)

    def _write_now(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _naming(source_name: str, adopt: str) -> Naming:
    source_name, adopt = source_name.strip(), adopt.strip()
    if source_name and adopt and source_name != adopt:
        raise CommandError(f"--adopt “{adopt}” and --source-name “{source_name}” are two names. Give one.")
    name = adopt or source_name
    if len(name) > MAX_NAME or to_printable(name) != name:
        raise CommandError(f"The name of a source has at most {MAX_NAME} characters that can be printed.")
    return Naming(name, adopt=bool(adopt))


def _base_url(given: str) -> str:
    try:
        return Fields({"--base-url": given}).address("--base-url", 500)
    except Unreadable as error:
        raise CommandError(f"{error}. Allowed: {error.allowed}.") from error


def to_printable_lines(text: str) -> str:
    """Return text of several lines without characters that steer a terminal."""
    return "\n".join(map(to_printable, text.split("\n")))
