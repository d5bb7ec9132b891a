"""Compares the catalogue with the pages: finds what no signal told (raw SQL, loaddata, a restored database)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...catalogue.maintenance import check


class Command(BaseCommand):
    help = "Reports every difference between pages and catalogue; exits with 1 when there is one. Safe while serving."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Put the differences right.")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        report = check(repair=repair)
        for difference in report.differences:
            self.stdout.write(str(difference))
        if report.pending:
            self.stdout.write(f"{report.pending} stories will be brought up to date by changes that wait.")
        if report.unrepaired:
            raise CommandError(
                f"{len(report.unrepaired)} of {len(report.differences)} differences are still there: pictures that "
                "can't be made are tried again later. The log says why."
            )
        if not report.differences:
            self.stdout.write(f"{report.public} public stories, all as the catalogue has them.")
        elif repair:
            self.stdout.write(f"{len(report.differences)} differences put right.")
        else:
            raise CommandError(
                f"{len(report.differences)} differences. Run again with --repair to put them right."
            )
