"""System checks of the setting ``SEARCH_BACKEND``."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register

from ...conf import get_settings
from .feeding import feed_search_backend
from .outside import get_backend


@register()
def check_search_backend(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that ``SEARCH_BACKEND`` names a backend that can be fed."""
    name = get_settings().SEARCH_BACKEND
    if name == "":
        return []
    known = getattr(django_settings, "WAGTAILSEARCH_BACKENDS", {})
    if not isinstance(name, str) or name not in known:
        return [
            Error(
                f"WAGTAIL_CPSNEWS['SEARCH_BACKEND'] is {name!r}, which is no entry in WAGTAILSEARCH_BACKENDS.",
                hint=f"Name one of {', '.join(sorted(known)) or 'none'}, or leave it out to search the database.",
                id="cpsnews.E068",
            )
        ]
    try:
        get_backend(name)
    except Exception as error:  # whatever a backend's library raises
        return [
            Error(
                f"The search backend {name!r} can’t be used: {error}.",
                hint="Install its client library, and look at its options in WAGTAILSEARCH_BACKENDS.",
                id="cpsnews.E069",
            )
        ]
    is_immediate = "Immediate" in type(feed_search_backend.get_backend()).__name__
    if django_settings.DEBUG or not is_immediate:
        return []
    return [
        Warning(
            "The search backend is fed within the requests of editors, who wait for it.",
            hint="Set TASKS to a backend that runs jobs apart, such as django-tasks-db with 'manage.py db_worker'.",
            id="cpsnews.W046",
        )
    ]
