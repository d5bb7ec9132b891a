"""``make demo``: sets the example up on its first start, then serves it and a partner's site on the next port."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from demo import fill, partner


class Command(BaseCommand):
    help = (
        "Sets up and serves the example site. PORT chooses the port; the partner's site is on the next one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="Set up only.")

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has known passwords: it only runs with DEBUG on.")
        if not self._is_migrated() or not fill.is_filled():
            self._set_up()
        fill.set_port(settings.PORT)
        if no_serve:
            return
        origin = f"http://localhost:{settings.PORT}"
        partner.serve(settings.PORT + 1, origin)
        self.stdout.write(
            f"\n  Newsroom        {origin}/news/\n"
            f"  Editor          {origin}/admin/   (editor / editor, or admin / admin)\n"
            f"  API             {origin}/newsroom/api/v1/docs/\n"
            f"  Somebody else's {origin.replace(str(settings.PORT), str(settings.PORT + 1))}/\n"
        )
        call_command("runserver", str(settings.PORT), use_reloader=False, verbosity=0)

    def _set_up(self) -> None:
        with fill.drawing() as finish:
            self.stdout.write("Making the database …")
            call_command("migrate", verbosity=0)
            if not fill.is_filled():
                self.stdout.write("Filling it with invented stories …")
                fill.fill(settings.PORT, finish())

    def _is_migrated(self) -> bool:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
