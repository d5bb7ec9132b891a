"""Build the catalogue from the pages.

Run it once after installing, and whenever adapters change.
"""

from __future__ import annotations

import functools
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...catalogue.maintenance import REBUILD, rebuild
from ..progress import Interruptible


class Command(Interruptible, BaseCommand):
    help = (
        "Looks at every story and brings the catalogue up to date. Ids, tombstones and numbers survive. Safe while "
        "serving. Goes on where an interrupted run stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--restored",
            action="store_true",
            help="The database was put back from a backup: whoever follows the list is told to start again.",
        )
        self.add_restart(parser)

    def handle(self, *args: Any, restored: bool, restart: bool, verbosity: int, **options: Any) -> None:
        task = functools.partial(rebuild, restored=restored)
        report = self.run_resumable(REBUILD, task, verbosity, restart=restart)
        self.stdout.write(
            f"{report.public} public stories; {report.changed} entries written, {report.gone} taken out."
        )
        for taxonomy, text in sorted(report.unknown_terms):
            self.stderr.write(
                self.style.WARNING(
                    f"Stories name the {taxonomy} “{text}”, which does not exist. Add it (or an alias), then run this again."
                )
            )

        for difference in report.differences:
            self.stderr.write(self.style.WARNING(f"{difference}; the database answers searches."))
        if report.failed:
            raise CommandError(
                f"{report.failed} stories failed in their adapter and are not shown; the log says why."
            )
