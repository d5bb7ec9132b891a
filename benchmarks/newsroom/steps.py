"""Steps that need Django, each a process of its own.

``python -m benchmarks.newsroom.steps STEP``
"""

from __future__ import annotations

import sys

import django


def migrate() -> None:
    """Make all tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(count: str) -> None:
    """Write the stories into the database of the site."""
    from django.conf import settings

    if settings.SITE == "ours":
        from .fill_ours import fill
    else:
        from .fill_peers import fill
    fill(int(count))


def fill_sqlite() -> None:
    """Copy the stories into an SQLite file."""
    from .fill_sqlite import fill

    fill()


def publish(rounds: str, output: str) -> None:
    """Measure publishing with and without the catalogue."""
    from .publishing import measure

    measure(int(rounds), output)


STEPS = {step.__name__: step for step in (migrate, fill, fill_sqlite, publish)}

if __name__ == "__main__":
    django.setup()
    STEPS[sys.argv[1]](*sys.argv[2:])
