"""Compare the catalogue with the pages.

Finds what no signal told (raw SQL, loaddata, a restored database).
"""

from __future__ import annotations

import functools
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...catalogue.maintenance import CHECK, REPAIR, check
from ..progress import Interruptible


class Command(Interruptible, BaseCommand):
    help = (
        "Reports every difference between pages and catalogue; exits with 1 when there is one. Safe while serving. "
        "Goes on where an interrupted run stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Put the differences right.")
        self.add_restart(parser)

    def handle(self, *args: Any, repair: bool, restart: bool, verbosity: int, **options: Any) -> None:
        task = functools.partial(check, repair=repair)
        report = self.run_resumable(REPAIR if repair else CHECK, task, verbosity, restart=restart)
        for difference in report.differences:
            self.stdout.write(str(difference))
        if report.earlier_differences:
            self.stdout.write(f"The run that was interrupted found {report.earlier_differences} more.")
        found = len(report.differences) + report.earlier_differences
        if report.pending:
            self.stdout.write(f"{report.pending} stories will be brought up to date by changes that wait.")
        if report.unrepaired:
            raise CommandError(
                f"{len(report.unrepaired)} of {found} differences are still there: pictures that "
                "can't be made are tried again later. The log says why."
            )
        if not found:
            self.stdout.write(f"{report.public} public stories, all as the catalogue has them.")
        elif repair:
            self.stdout.write(f"{found} differences corrected.")
        else:
            raise CommandError(f"{found} differences. Run again with --repair to put them right.")
