"""Removes metadata from renditions that were made before the package did so."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...images.cleaning import clean_renditions


class Command(BaseCommand):
    help = (
        "Removes EXIF, GPS, XMP and IPTC from the files of renditions that are there, once after an upgrade. "
        "Run it as often as you like: files without metadata are left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be done, and change nothing."
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        report = clean_renditions(dry_run=dry_run)
        done = "carry metadata" if dry_run else "have lost their metadata"
        self.stdout.write(
            f"{report.seen} renditions: {report.cleaned} {done}, {report.missing} have no file."
        )
        for name, reason in report.failed:
            self.stderr.write(f"{name}: {reason}")
        if report.failed:
            raise CommandError(
                f"{len(report.failed)} renditions could not be cleaned. Run the command again."
            )
