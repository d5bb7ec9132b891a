"""System checks that ask the database.

They run in a plain ``check``, and say nothing where it cannot be asked.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import connections, transaction
from wagtail.models import Site

from ..conf import get_settings
from . import text
from .db import using
from .installed import entries_without_class
from .models import ROW_FORMAT, Entry, State
from .rules import rule_codes

#: Wagtail's default site before anybody has changed it.
_DEFAULT_HOST, _DEFAULT_PORT = "localhost", 80


@register()
def check_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Compare what is stored with the code that is installed."""
    messages: list[CheckMessage] = []
    for ask in (
        _check_default_site,
        _check_row_format,
        _check_text_index,
        _check_search_backend,
        _check_rules,
        _check_page_types,
    ):
        messages += ask_database(ask)
    return messages


def ask_database(check: Callable[[str], list[CheckMessage]]) -> list[CheckMessage]:
    """Return what a check finds, or nothing where no database answers.

    There is nothing to find before ``migrate`` either.

    Commands that build an image or write a migration run checks too: a check must not stop them, whatever the
    database's driver, a router or a test runner raises.
    """
    try:
        alias = using()
        if not _exists(alias):
            return []
        with transaction.atomic(using=alias):
            return check(alias)
    except Exception:
        return []


def _exists(alias: str) -> bool:
    """Return whether there is a database to ask: SQLite would make an empty file."""
    connection = connections[alias]
    name = str(connection.settings_dict["NAME"])
    is_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()  # type: ignore[attr-defined]
    return not is_file or name.startswith("file:") or Path(name).exists()


def _check_default_site(alias: str) -> list[CheckMessage]:
    site = Site.objects.using(alias).filter(is_default_site=True).first()
    if site is None or not Entry.objects.using(alias).filter(public=True).exists():
        return []
    if get_settings().story_base_url(site.hostname):
        return []
    is_default_host = site.hostname == _DEFAULT_HOST and (site.port == _DEFAULT_PORT or not settings.DEBUG)
    if not is_default_host and not (site.port == _DEFAULT_PORT and _is_https()):
        return []
    return [
        Warning(
            f"Other sites, feeds and the API are given addresses that begin with {site.root_url}/.",
            hint="Set host name and port of the default site in the admin, under Settings → Sites (443 for https).",
            id="cpsnews.W040",
        )
    ]


def _is_https() -> bool:
    """Return whether the project says that it is served over https."""
    admin = str(getattr(settings, "WAGTAILADMIN_BASE_URL", "") or "")
    return bool(settings.SECURE_SSL_REDIRECT) or admin.startswith("https://")


def _check_row_format(alias: str) -> list[CheckMessage]:
    stored = State.objects.using(alias).filter(pk=1).values_list("row_format", flat=True).first()
    if stored is None or stored == ROW_FORMAT or not Entry.objects.using(alias).filter(public=True).exists():
        return []
    return [
        Warning(
            f"The catalogue is stored in format {stored}, and this version writes format {ROW_FORMAT}.",
            hint="Run manage.py rebuild_catalogue. Until then the stored stories go on being served.",
            id="cpsnews.W041",
        )
    ]


def _check_text_index(alias: str) -> list[CheckMessage]:
    if not text.database_engine(alias).is_outdated():
        return []
    return [
        Warning(
            "The text index was written by another version of this package or of snowballstemmer.",
            hint="Run manage.py rebuild_catalogue. Until then searches may miss other forms of a word.",
            id="cpsnews.W044",
        )
    ]


def _check_search_backend(alias: str) -> list[CheckMessage]:
    name = get_settings().SEARCH_BACKEND
    if not name or State.objects.using(alias).filter(pk=1, search_backend=name).exists():
        return []
    return [
        Warning(
            f"The search backend {name!r} has not been filled with stories.",
            hint="Run manage.py rebuild_catalogue. Until then the database answers searches.",
            id="cpsnews.W047",
        )
    ]


def _check_rules(alias: str) -> list[CheckMessage]:
    stored = State.objects.using(alias).filter(pk=1).values_list("rules", flat=True).first()
    rules = " ".join(rule_codes())
    if stored is None or stored == rules or not Entry.objects.using(alias).filter(public=True).exists():
        return []
    return [
        Warning(
            f"Stories were last decided about by these rules: {stored or 'none'}. The site has now: {rules or 'none'}.",
            hint="Run manage.py rebuild_catalogue. Until then no page links to a story that was not decided about.",
            id="cpsnews.W043",
        )
    ]


def _check_page_types(alias: str) -> list[CheckMessage]:
    found = entries_without_class(alias).order_by().values_list("page_type", flat=True).distinct()
    return [
        Warning(
            f"The catalogue has stories of {label or 'an unnamed page class'}, which is not installed or has no adapter.",
            hint=(
                "They are taken out of every list when the site next reads the catalogue. To keep them, install the "
                "class or register an adapter, and run manage.py rebuild_catalogue."
            ),
            id="cpsnews.W042",
        )
        for label in found
    ]
