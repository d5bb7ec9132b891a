"""System checks of what the press desk needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Warning, register

from ..catalogue.checks import ask_database
from ..catalogue.models import Entry
from .mails import releasers
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


_RELEASERS_HINT = (
    "Give the permission “Can release a story that is held” to people who are reachable, in Settings → Groups, and "
    "their e-mail address in Settings → Users. See docs/holds.md."
)


@register()
def check_releasers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where nobody could release a story, or nobody would be told."""
    return ask_database(_check_releasers)


def _check_releasers(alias: str) -> list[CheckMessage]:
    if not Entry.objects.using(alias).filter(public=True).exists():
        return []
    found = releasers()
    address = get_user_model().get_email_field_name()
    if not found.exists():
        problem = "Nobody can release a story that is on hold."
    elif not found.exclude(**{address: ""}).exists():
        problem = "Nobody who can release a story that is on hold has an e-mail address."
    else:
        return []
    return [Warning(problem, hint=_RELEASERS_HINT, id="cpsnews.W048")]
