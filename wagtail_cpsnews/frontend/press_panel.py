"""The news centre's panel "Working with the media".

The protocol with its status, the press office, a few words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef
from django.utils import translation

from ..catalogue.contacts import contacts_of_story
from ..catalogue.desk import find_desk
from ..catalogue.lookups import Reference
from ..catalogue.visibility import why_not_current
from ..compat import get_page_model
from ..registry import PLURALS
from ..stories.protocol import MediaProtocolMixin


@dataclass(frozen=True)
class Found:
    """A page that everybody may read, with what a link to it needs.

    ``roles``: what it was looked for as.
    """

    pk: int
    url: str
    title: str
    language: str
    content_type_id: int
    locale_id: int
    is_alias: bool = False
    roles: tuple[str, ...] = ()
    is_chosen: bool = False
    is_in_our_language: bool = False


def is_version_of(pk: int) -> Exists:
    """Return the condition on pages: this page, or it in another language.

    The page is named by its key.
    """
    chosen = get_page_model()._default_manager.filter(pk=pk, translation_key=OuterRef("translation_key"))
    return Exists(chosen.order_by())


def media_panel(page: Any, found: Iterable[Found], lang: str) -> dict[str, Any] | None:
    """Return what the panel shows, or ``None`` for an empty panel.

    Nothing of an empty one is filled in or public.

    ``{"text", "protocol": {"title", "url", "language", "status"}, "press_office": {"title", "url", "language"}}``.
    """
    panel = {"text": page.media_text, **media_links(found, lang)}
    return panel if any(panel.values()) else None


def media_links(found: Iterable[Found], lang: str) -> dict[str, Any]:
    """Return the links to the protocol and the press office.

    ``None`` for one that is not public.

    ``{"protocol": {"title", "url", "language", "status"}, "press_office": {"title", "url", "language"}}``.
    """
    # An address is "" below no site; an alias is never the page itself.
    pages = [one for one in found if one.url and not one.is_alias]
    return {
        "protocol": _protocol(_best(pages, "protocol"), lang),
        "press_office": _press_office(_best(pages, "press_office")),
    }


def desk_of_index(page: Any, reference: Reference, lang: str) -> dict[str, Any] | None:
    """Return who answers journalists now, for an index page.

    Of a list that is fixed to terms, the contacts for these answer first.
    """
    terms = {PLURALS[name]: keys for name, keys in page.preset.items() if name in PLURALS}
    contacts = contacts_of_story(reference, (), terms) if terms else None
    return find_desk(reference, lang, contacts or None)


def _best(pages: list[Found], role: str) -> Found | None:
    """Return the version in the index page's language, or another one.

    If there is none, the version that was chosen, or any.
    """
    found = [one for one in pages if role in one.roles]
    found.sort(key=lambda one: (not one.is_in_our_language, not one.is_chosen, one.language))
    return next(iter(found), None)


def _protocol(found: Found | None, lang: str) -> dict[str, str] | None:
    page = _specific(found)
    if found is None or not isinstance(page, MediaProtocolMixin) or why_not_current(page):
        return None
    with translation.override(lang):
        return {**_link(found), "status": page.get_history().status_display}


def _press_office(found: Found | None) -> dict[str, str] | None:
    return _link(found) if found is not None else None


def _link(found: Found) -> dict[str, str]:
    return {"title": found.title, "url": found.url, "language": found.language}


def _specific(found: Found | None) -> Any:
    """Return the page as what it is, by one query."""
    if found is None:
        return None
    model = ContentType.objects.get_for_id(found.content_type_id).model_class() or get_page_model()
    return model._default_manager.filter(pk=found.pk).first()
