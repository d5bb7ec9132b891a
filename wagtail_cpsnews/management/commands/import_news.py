"""Imports stories of another system: as often as you like, only what has changed is written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...importers.run import SOURCES, run_import
from ...importers.story import SourceError, Story
from ...importers.targets import TargetError, check_placement, find_parent, page_types


class Command(BaseCommand):
    help = (
        "Imports stories. Run again, it changes only what has changed at the source; what editors deleted here stays "
        "deleted, what they unpublished stays unpublished. Exits with 1 when a story was refused or failed."
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
        parser.add_argument("--dry-run", action="store_true", help="Write nothing; say what would be done.")

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
        try:
            stories, speeches = page_types(page_type, speech_type)
            below = find_parent(str(parent))
            check_placement(below, stories, speeches)
            report = run_import(
                source,
                Path(path),
                parent=below,
                page_type=stories,
                speech_type=speeches,
                dry_run=dry_run,
                progress=self._with_bar if options["verbosity"] > 0 and self.stdout.isatty() else iter,
            )
        except (TargetError, SourceError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            for line in report.lines():
                self.stdout.write(line)
            self.stdout.write(report.summary())
        if report.errors:
            raise CommandError(f"{report.errors} of the stories could not be imported; the others were.")

    def _with_bar(self, stories: list[Story]) -> Iterable[Story]:
        from rich.console import Console
        from rich.progress import track

        return track(stories, description="Importing", console=Console(file=self.stdout))  # type: ignore[arg-type]
