"""``make demo``: set the example up on its first start, then serve it.

A partner's site is served on the next port.
"""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from demo import fill, partner, ports


class Command(BaseCommand):
    help = (
        "Sets up and serves the example site. PORT chooses the port; the partner's site is on the next one."
    )

    requires_system_checks = []  # a port that is taken is told at once; `runserver` checks

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Set up only.")

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has known passwords: it only runs with DEBUG on.")
        if not no_serve and (problem := ports.find_problem(settings.PORT)):
            raise CommandError(problem)
        if not self._is_migrated() or not fill.is_filled():
            self._set_up()
        fill.renew_people()
        fill.set_port(settings.PORT)
        if no_serve:
            return
        origin = f"http://localhost:{settings.PORT}"
        try:
            partner.serve(settings.PORT + 1, origin)
        except OSError as error:  # taken while the example was being filled
            raise CommandError(f"Port {settings.PORT + 1} cannot be used: {error.strerror}.") from error
        self.stdout.write(
            f"\n  Start here: {origin}{reverse('start')}\n\n"
            f"  What to try, and a login for each role. Stop it with Ctrl+C.\n"
        )
        call_command("runserver", str(settings.PORT), use_reloader=False, verbosity=0)

    def _set_up(self) -> None:
        with fill.drawing() as finish:
            self.stdout.write("Making the database …")
            call_command("migrate", verbosity=0)
            if not fill.is_filled():
                self.stdout.write("Filling it with invented stories …")
                fill.fill(settings.PORT, finish())
        # A slow machine leaves part of the catalogue to the next readers, who would see a shorter list.
        call_command("newsroom_clock", verbosity=0)

    def _is_migrated(self) -> bool:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
