"""A list's HTML, kept in memory while catalogue and question stay the same.

What is kept depends on nothing but its key: it is rendered by the package's own templates alone, without
the rest of the page's context. A list is rendered each time where the host has a template of its own for any part of
it, in previews, where something about the address is explained, and where any of its stories is not kept either (see
``catalogue.kept_items``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.urls import get_urlconf
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from .. import __version__
from ..catalogue.highlights import are_kept
from ..catalogue.kept import Kept
from ..catalogue.kept_items import are_current, pictures_of
from ..conf import get_settings
from ..http.listing import Listing
from ..images.renditions import address_period

#: Lists that a process keeps, of some 30 kB each.
_lists = Kept(100)

#: What the template of a list includes.
PARTS = tuple(
    f"wagtail_cpsnews/{name}.html"
    for name in (
        "filters",
        "filter_groups",
        "search",
        "found",
        "problems",
        "problem_link",
        "chips",
        "card",
        "latest_updates",
        "pagination",
        "no_results",
        "follow",
        "suggestion",
    )
)


def render_list(name: str, context: Context) -> SafeString:
    """Return the list in ``context`` by the template ``name``.

    It is kept where it can be.
    """
    engine: Engine = context.template.engine  # type: ignore[union-attr]
    template = engine.get_template(name)
    key = _key(name, context)
    if key is None or not all(map(_is_own, (template, *map(engine.get_template, PARTS)))):
        return template.render(context)
    known = _lists.get(key)
    if known is not None and are_current(known[1]):
        return SafeString(known[0])
    listing: Listing = context["listing"]
    own = Context({name: context.get(name) for name in ("listing", "list_title", "request", "newsroom")})
    with own.bind_template(context.template):  # type: ignore[arg-type]
        html = template.render(own)
    pictures = pictures_of(listing.results.including(listing.lead))  # type: ignore[union-attr]
    # What has been looked for in texts that point to something is looked for each time.
    if pictures is not None and (not listing.marks_words or are_kept(listing.results)):  # type: ignore[arg-type]
        _lists.set(key, (str(html), pictures))
    return html


def _key(name: str, context: Context) -> Any:
    """Return all that the list's HTML depends on, or ``None``.

    ``None`` where it is not kept.
    """
    listing, request = context.get("listing"), context.get("request")
    if type(listing) is not Listing or request is None or getattr(request, "is_preview", False):
        return None
    if listing.results is None or listing.problems or listing.dates or "cards" in vars(listing):
        return None  # cards that have been looked at may have been changed
    snapshot = listing.results.snapshot
    if snapshot.is_due or address_period() is not None:
        return None
    return (
        name,
        (snapshot.epoch, snapshot.sequence, snapshot.token, snapshot.next_change),
        (listing.query, listing.default, listing.start, listing.path, listing.locked, listing.best_first),
        (listing.lead, listing.former_names),
        str(context.get("list_title", "")),
        timezone.localdate(),  # the front says "Today"
        (request.scheme, request.get_host(), request.META.get("SCRIPT_NAME"), get_urlconf()),
        (translation.get_language(), get_settings().fingerprint, __version__),
    )


def _is_own(template: Template) -> bool:
    return _is_in_package(template.origin.name)


@cache
def _is_in_package(name: str) -> bool:
    return Path(name).is_relative_to(Path(__file__).resolve().parent.parent / "templates")
