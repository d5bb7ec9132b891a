"""Delete what has been kept for long enough. See docs/data-protection.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...desk.retention import count_due, delete_due


class Command(BaseCommand):
    help = (
        "Deletes what the newsroom has kept for the days that the settings USAGE_DAYS, PROOF_DAYS and STOP_DAYS say. "
        "Run it with --dry-run first, then from cron every day. Backups keep what they have."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what is due, and delete nothing.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for period, count in count_due() if dry_run else delete_due():
            kept = f"kept for {period.days} days ({period.setting})" if period.days else "kept for ever"
            done = "would be deleted" if dry_run else "deleted"
            self.stdout.write(f"{period.what}, {kept}: {count} {done}.")
