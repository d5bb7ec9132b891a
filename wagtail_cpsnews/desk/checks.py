"""System checks of what the press desk needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from .withdrawal_jobs import mail_about_withdrawal

#: Task backends that store nothing: jobs are done in the request, or not at all.
_WITHOUT_STORE = {"ImmediateBackend", "DummyBackend"}


@register()
def check_jobs_are_stored(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that what follows a withdrawal is not lost with its process."""
    backend = type(mail_about_withdrawal.get_backend())
    if settings.DEBUG or not any(base.__name__ in _WITHOUT_STORE for base in backend.__mro__):
        return []
    return [
        Warning(
            "What follows a hold or a withdrawal (purges, mail, files) is done in the request of the person who decides.",
            hint=(
                f"TASKS uses {backend.__name__}: a job that fails, or whose process ends, is lost. Use django-tasks-db "
                "and run 'manage.py db_worker', or another backend that stores jobs. See docs/scaling.md."
            ),
            id="cpsnews.W050",
        )
    ]
