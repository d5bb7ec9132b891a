"""“Working with the media” in one line.

The press office and the protocol that a page's news centre names. Every story shows it, so it is kept: until this process changes a page, and no longer than the snapshot is believed
(``LOOK_SECONDS``), which is how soon another process's change shows anywhere.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models.signals import post_delete, post_save
from wagtail.models import Locale, PageViewRestriction, Site
from wagtail.signals import post_page_move

from ..catalogue.db import using
from ..catalogue.sites import address_of, root_of
from ..catalogue.snapshots import current
from ..catalogue.state import Snapshot
from ..compat import AbstractPage
from .index_context import public_pages
from .press_panel import is_version_of, media_links

#: The pages that a news centre names, by their role in the line.
ROLES = {"protocol": "protocol_page_id", "press_office": "press_office_page_id"}

_generations = itertools.count()
_generation = next(_generations)


class _Index(NamedTuple):
    path: str
    locale_id: int
    protocol: int | None
    press_office: int | None


def media_links_of(page: Any) -> list[dict[str, Any]]:
    """Return the links of the line on a page.

    ``[{"title", "url", "language", "status"}]``, the press office first. ``status`` is the protocol's.
    """
    snapshot = current()
    kept = _kept(snapshot)
    if "indexes" not in kept:
        kept["indexes"] = _indexes()
    chosen = _chosen(page, kept["indexes"], snapshot)
    key = (page.locale_id, *chosen.values())
    if key not in kept:
        kept[key] = _links(page, chosen, snapshot)
    here = address_of(snapshot.reference.roots, page.url_path)
    return [link for link in kept[key] if link["url"] != here]


def _kept(snapshot: Snapshot) -> dict[Any, Any]:
    """Return what was read with this snapshot, since the last change of a page here."""
    stamp = snapshot.refreshed_at, _generation
    known = snapshot.reference.kept.get("media_line")
    if known is None or known[0] != stamp:
        known = stamp, {}
        snapshot.reference.kept.set("media_line", known)
    return known[1]


def _indexes() -> list[_Index]:
    found = []
    for model in apps.get_models():
        if issubclass(model, AbstractPage) and all(hasattr(model, name) for name in ROLES.values()):
            rows = model._default_manager.using(using()).filter(live=True).order_by("path")
            found += [_Index(*row) for row in rows.values_list("url_path", "locale_id", *ROLES.values())]
    return found


def _chosen(page: Any, indexes: list[_Index], snapshot: Snapshot) -> dict[str, int | None]:
    """Return the pages that the nearest news centre names, by role.

    One above the page, else one in its language, else another one of its site.
    """
    roots = snapshot.reference.roots
    root = root_of(roots, page.url_path)
    site = {one.path for one in roots if root is not None and one.site_id == root.site_id}
    near = [index for index in indexes if (own := root_of(roots, index.path)) and own.path in site]
    near.sort(
        key=lambda index: (
            -len(index.path) if page.url_path.startswith(index.path) else 0,
            index.locale_id != page.locale_id,
        )
    )
    return {role: next((pk for one in near if (pk := getattr(one, role))), None) for role in ROLES}


def _links(page: Any, chosen: dict[str, int | None], snapshot: Snapshot) -> list[dict[str, Any]]:
    roles = {role: is_version_of(pk) for role, pk in chosen.items() if pk}
    found = public_pages([], roles, set(chosen.values()), page.locale_id, snapshot.reference)
    links = media_links(found, page.locale.language_code)
    return [link for role in ("press_office", "protocol") if (link := links[role])]


def _forget(sender: Any, **kwargs: Any) -> None:
    if issubclass(sender, (AbstractPage, PageViewRestriction, Site, Locale)):
        global _generation
        _generation = next(_generations)


def connect() -> None:
    """Forget the line in this process as soon as a page, or who may read it, changes."""
    for signal in (post_save, post_delete, post_page_move):
        signal.connect(_forget, dispatch_uid="cpsnews.media_line")
