"""What public templates get.

The settings, and for a story its labelled terms, updates and language versions.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from wagtail.fields import RichTextField

from ..catalogue.contacts import contact_lines
from ..catalogue.desk import find_desk
from ..catalogue.lookups import Reference
from ..catalogue.public_values import public_page
from ..catalogue.query import Query
from ..catalogue.references import Resolver
from ..catalogue.serializers import url_of
from ..catalogue.sites import address_of
from ..catalogue.snapshots import Snapshot, current
from ..catalogue.story_updates import label_updates
from ..catalogue.visibility import visible_pages
from ..characters import clean, clean_line, has_hidden_directions, is_clean
from ..conf import get_settings
from ..http.tag_rows import tag_rows
from ..languages import language_name, own_name
from ..outputs import get_output
from ..registry import PLURALS
from .contacts import beside_desk, contacts_of_page
from .corrections_link import formats_url, mistake_url
from .filing import Filed, story_facts, term_fields
from .index_pages import index_page, path_of


def public_context() -> dict[str, Any]:
    """Return ``newsroom`` (the settings) and ``base_template``.

    The package's public templates need them.
    """
    return {"newsroom": get_settings(), "base_template": get_settings().BASE_TEMPLATE}


def public_context_of(
    page: Any,
    request: HttpRequest,
    context: dict[str, Any],
    reference: Reference | None = None,
    language: str = "",
) -> dict[str, Any]:
    """Return a page's template context with the page as readers may see it.

    A preview shows everything.

    reference, language: what the page is read with and its language, where they are known already.
    The page remembers what decided, for ``expiry_of()``.
    """
    if getattr(request, "is_preview", False):
        return context
    page._cpsnews_references = Resolver(
        reference or current().reference, language or page.locale.language_code
    )
    shown = public_page(page, page._cpsnews_references)
    return {**context, **{name: shown for name in ("page", "self") if context.get(name) is page}}


def expiry_of(page: Any) -> datetime.datetime | None:
    """Return when a served page, or something that it points to, expires."""
    references = getattr(page, "_cpsnews_references", None)
    times = (page.expire_at, references.expires_at if references is not None else None)
    return min(filter(None, times), default=None)


def id_of(page: Any) -> Any:
    """Return the public id of a story whose page has been served.

    ``None`` where it is not in the catalogue.
    """
    return getattr(page, "_cpsnews_story", None)


def in_language(language: str, response: Any) -> Any:
    """Render a page in its own language, whatever the request's.

    Not every host has Django's LocaleMiddleware.

    Characters that are not text are replaced: they come from writes that no form has checked.
    """
    if hasattr(response, "render"):
        with translation.override(language):
            try:
                response.render()
            except UnicodeEncodeError:  # half a character, which UTF-8 cannot write
                response.content = clean(response.rendered_content)
        html = response.content.decode(response.charset)
        if not is_clean(html):
            response.content = clean(html)
    return response


def clean_lines(page: Any) -> None:
    """Remove hidden changes of direction from the plain text of ``page``.

    ``page`` is this request's copy, which is never saved.
    """
    for field in page._meta.concrete_fields:
        value = getattr(page, field.attname)
        if isinstance(value, str) and not isinstance(field, RichTextField) and has_hidden_directions(value):
            setattr(page, field.attname, clean_line(value))


def versions_of_page(page: Any, lang: str) -> list[dict[str, str]]:
    """Return the other public language versions of a page that is no story.

    Names are in ``lang``.
    """
    if not page.pk:
        return []
    roots = current().reference.roots
    same = Q(translation_key=page.translation_key) & ~Q(pk=page.pk)
    pages = visible_pages(same, roots).filter(alias_of=None).select_related("locale")
    with translation.override(lang):
        return [
            {"language": code, "name": language_name(code), "own_name": own_name(code), "url": address}
            for other in pages.order_by("locale__language_code")
            if (address := address_of(roots, other.url_path))
            for code in [other.locale.language_code]
        ]


def story_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Return what a story's template gets, in the page's language.

    ``kind``, ``tags``, ``filed_under``, ``authors``, ``updates``, ``updated``, ``versions``, ``desk``,
    ``contacts``, ``list_url``, ``feed_url``, ``feed_type``, ``address``, ``mistake_url``, ``formats_url``,
    ``licence``.
    """
    snapshot, settings = current(), get_settings()
    reference = snapshot.reference
    lang = page.locale.language_code
    list_url = _list_url(page, request, snapshot)
    known = story_facts(page, snapshot)
    page._cpsnews_story = known.pk
    address = page.get_full_url(request) or ""
    model: Any = type(page)
    fields = term_fields(model)
    tags = [
        _label(term, name, reference, lang, list_url)
        for name, plural in PLURALS.items()
        if settings.is_on(name) and plural in fields
        for term in known.filed[plural]
    ]
    with translation.override(lang):
        filed_under = tag_rows(tag for tag in tags if tag is not None)
    asked = contacts_of_page(page, reference, known.filed)
    desk = find_desk(reference, lang, asked) if asked else None
    lines = contact_lines(asked, reference, lang)
    return {
        **public_context(),
        "kind": _kind_label(page, reference, lang, list_url) if settings.is_on("kind") else None,
        "tags": tags,
        "filed_under": filed_under,
        "updates": label_updates(page.get_updates(), reference, lang, page.language_code),
        "updated": page.get_updated(),
        "authors": authors_of(known.extra),
        "versions": _versions(known.versions, reference),
        "desk": desk,
        "contacts": beside_desk(lines, desk),
        "all_contacts": lines,
        "list_url": list_url,
        "feed_url": _feed_url(lang, reference),
        "feed_type": get_output("atom").media_type,
        "address": address,
        "mistake_url": mistake_url(page.title, address, lang),
        "formats_url": formats_url(page.title, address, lang),
        "licence": settings.licence(lang),
    }


def _kind_label(page: Any, reference: Reference, lang: str, list_url: str) -> dict[str, str] | None:
    """Return the label of a story's news type.

    The database is asked for it only where memory has none.
    """
    if page.kind_id is None:
        return None
    info = reference.taxonomies["kind"].by_pk(page.kind_id)
    known = Filed(info.key, info.slug, info.label(lang)) if info else page.kind
    return _label(known, "kind", reference, lang, list_url)


def _label(term: Any, taxonomy: str, reference: Reference, lang: str, list_url: str) -> dict[str, str] | None:
    if term is None:
        return None
    info = reference.taxonomies[taxonomy].follow(str(term.translation_key))
    slug, label = (info.slug, info.label(lang)) if info else (term.slug, term.name)
    language = info.label_language(lang) if info else ""
    url = f"{list_url}?{Query.under(taxonomy, slug).urlencode()}" if list_url else ""
    return {"slug": slug, "label": label, "language": language, "url": url, "taxonomy": taxonomy}


def _list_url(page: Any, request: HttpRequest, snapshot: Snapshot) -> str:
    """Return the address of the list that the story belongs to.

    The index that it lies under, the site's index page, or the newsroom's own list.
    """
    parent = page.get_parent()
    if parent is not None and getattr(parent.specific_class, "is_news_index", False):
        return parent.get_url(request) or ""
    if (index := index_page(request, snapshot, page.locale.language_code)) is not None:
        return path_of(index, snapshot.reference)
    try:
        return reverse("cpsnews:list")
    except NoReverseMatch:
        return ""


def _feed_url(language: str, reference: Reference) -> str:
    """Return the feed of the whole newsroom in the story's language."""
    try:
        url = reverse(get_output("atom").url_name)
    except NoReverseMatch:
        return ""
    return url if language == reference.default_language else f"{url}?{urlencode({'language': language})}"


def authors_of(data: dict[str, Any] | None) -> list[str]:
    """Return the names of a story's authors from its values in the API.

    An adapter may give ``authors`` another shape.
    """
    names = (data or {}).get("authors")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _versions(versions: list[dict[str, str]], reference: Reference) -> list[dict[str, str]]:
    """Return the story's other public language versions."""
    return [
        {
            "language": version["language"],
            "name": language_name(version["language"]),
            "own_name": own_name(version["language"]),
            "url": url_of(version["path"], version["address"], reference),
        }
        for version in versions
    ]
