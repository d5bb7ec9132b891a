"""What a stop takes off, and which sites have shown it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..catalogue.db import using
from ..catalogue.models import Entry
from ..catalogue.stops import pages_of
from ..compat import get_page_model
from ..usage.models import EmbedUse
from ..usage.recording import story_key

#: Sites that are named on a screen; the report has them all.
MAX_SITES = 50


@dataclass(frozen=True)
class Scope:
    """The pages of a story and the sites that have shown it.

    versions: its pages, one a language. aliases: further addresses. sites: hosts that showed the story itself, by the
    usage ledger, the latest first. lists: how many sites show lists, in which it may have been.
    """

    versions: tuple[Any, ...]
    aliases: tuple[Any, ...]
    sites: tuple[str, ...]
    lists: int
    entries: tuple[Any, ...]

    @property
    def has_more_sites(self) -> bool:
        """Whether there are more sites than are named."""
        return len(self.sites) > MAX_SITES

    @property
    def named_sites(self) -> tuple[str, ...]:
        """The sites that a screen names."""
        return self.sites[:MAX_SITES]


def scope_of(key: Any) -> Scope:
    """Return the scope of the story with a translation key."""
    pages = get_page_model()._base_manager.using(using()).filter(pk__in=pages_of(key).values("pk"))
    found = list(pages.select_related("locale").order_by("pk"))
    entries = list(
        Entry.objects.using(using())
        .filter(page_pk__in=[page.pk for page in found])
        .values_list("pk", flat=True)
    )
    return Scope(
        versions=tuple(page for page in found if page.alias_of_id is None),
        aliases=tuple(page for page in found if page.alias_of_id is not None),
        sites=_sites(entries),
        lists=EmbedUse.objects.filter(what__startswith="list:")
        .exclude(host="")
        .values("host")
        .distinct()
        .count(),
        entries=tuple(entries),
    )


def _sites(entries: Iterable[Any]) -> tuple[str, ...]:
    uses = EmbedUse.objects.filter(what__in=[story_key(pk) for pk in entries]).exclude(host="")
    return tuple(dict.fromkeys(uses.order_by("-last_seen", "host").values_list("host", flat=True)))
