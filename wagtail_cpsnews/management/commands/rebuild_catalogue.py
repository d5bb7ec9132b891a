"""Builds the catalogue from the pages: once after installing, and whenever adapters change."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...catalogue.maintenance import rebuild


class Command(BaseCommand):
    help = "Looks at every story and brings the catalogue up to date. Ids, tombstones and numbers survive. Safe while serving."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--restored",
            action="store_true",
            help="The database was put back from a backup: whoever follows the list is told to start again.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = self._progress if options["verbosity"] > 1 else None
        report = rebuild(progress, restored=options["restored"])
        self.stdout.write(
            f"{report.public} public stories; {report.changed} entries written, {report.gone} taken out."
        )
        for taxonomy, text in sorted(report.unknown_terms):
            self.stderr.write(
                self.style.WARNING(
                    f"Stories name the {taxonomy} “{text}”, which does not exist. Add it (or an alias), then run this again."
                )
            )

        if report.failed:
            raise CommandError(
                f"{report.failed} stories failed in their adapter and are not shown; the log says why."
            )

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"  {done} of {total} stories")
