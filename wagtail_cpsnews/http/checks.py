"""System checks of the settings about caches in front of the site."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from ..catalogue.jobs import is_stored_with_catalogue
from ..conf import get_settings
from .purging import is_purging, purge_caches

#: A header's name (RFC 9110, section 5.1).
_HEADER = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


@register()
def check_cache_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check ``CACHE_TAG_HEADERS``, ``PURGE_TAGS`` and ``VARNISH_URLS``.

    They can be used as they are.
    """
    settings = get_settings()
    messages: list[CheckMessage] = []
    headers, urls = settings.CACHE_TAG_HEADERS, settings.VARNISH_URLS
    if not _is_list(headers) or not all(
        isinstance(name, str) and _HEADER.fullmatch(name) for name in headers
    ):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['CACHE_TAG_HEADERS'] must be a list of header names.",
                hint="For example ['xkey'] for Varnish, ['Cache-Tag'] or ['Surrogate-Key'].",
                id="cpsnews.E065",
            )
        )
    if problem := _problem_of_hook(settings.PURGE_TAGS):
        messages.append(
            Error(
                f"WAGTAIL_CPSNEWS['PURGE_TAGS']: {problem}",
                hint="Give the dotted path of a function that takes a list of tags, such as 'wagtail_cpsnews.http.varnish.purge'.",
                id="cpsnews.E066",
            )
        )
    if not _is_list(urls) or not all(
        isinstance(url, str) and url.startswith(("http://", "https://")) for url in urls
    ):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['VARNISH_URLS'] must be a list of addresses.",
                hint="For example ['http://127.0.0.1:6081/'].",
                id="cpsnews.E067",
            )
        )
    elif settings.PURGE_TAGS == "wagtail_cpsnews.http.varnish.purge" and not urls:
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['PURGE_TAGS'] purges Varnish, but no server is named.",
                hint="Set 'VARNISH_URLS', for example to ['http://127.0.0.1:6081/'].",
                id="cpsnews.E067",
            )
        )
    return messages


@register()
def check_task_backend(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Purges are enqueued where none is lost, and where one can follow later."""
    if django_settings.DEBUG or not is_purging() or is_stored_with_catalogue(purge_caches.get_backend()):
        return []
    return [
        Warning(
            "Purges of caches are not stored in the database.",
            hint=(
                "With another backend in TASKS than a database's, a purge can be lost with its process, or come before "
                "another process knows of the change. Use django-tasks-db and run 'manage.py db_worker'."
            ),
            id="cpsnews.W060",
        )
    ]


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _problem_of_hook(path: Any) -> str:
    """Return what is wrong with the path of a hook; "" for nothing.

    It has to lead to a function that takes one argument.
    """
    if path == "":
        return ""
    if not isinstance(path, str):
        return f"{path!r} is not a dotted path."
    try:
        hook = import_string(path)
    except ImportError as error:
        return f"{error}."
    try:
        inspect.signature(hook).bind([])
    except (TypeError, ValueError):
        return f"{path} can’t be called with one argument."
    return ""
