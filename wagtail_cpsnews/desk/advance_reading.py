"""An advance copy's text: what the approved draft says, without any file.

Pictures and documents have addresses of their own, which anybody who knows them can open: a copy names none, so that
none outlives it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import SafeString

from ..catalogue import deferred
from ..catalogue.adapters import adapter_for
from ..catalogue.lookups import Reference
from ..catalogue.references import Ref, Resolver
from ..catalogue.rows import content_of
from ..catalogue.story_updates import label_updates

#: Elements that load something, or send something somewhere.
_TAGS = (nh3.ALLOWED_TAGS - {"img", "area", "map"}) | {
    "section",
    "figure",
    "figcaption",
    "details",
    "summary",
    "small",
}

_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"class", "id", "lang", "dir", "role", "tabindex", "aria-label", "aria-labelledby"},
    "a": {"href", "hreflang"},
    "th": {"scope", "colspan", "rowspan"},
}

#: Addresses that links in a copy may lead to.
_SCHEMES = {"http", "https", "mailto", "tel"}


class WithoutFiles(Resolver):
    """A resolver to which no picture and no document is there."""

    def for_language(self, language: str) -> Resolver:
        return WithoutFiles(self.reference, language, store=self._store)

    def _file(self, ref: Ref) -> Any:
        return None

    def mask(self, text: str, ref: Ref, *, plain: bool = False) -> str:
        """Return an author's words about a file as they are."""
        return text if ref[0] in ("document", "image") else super().mask(text, ref, plain=plain)


def read(page: Any, reference: Reference) -> dict[str, Any]:
    """Return what a copy shows of a page, as texts and HTML in the page's language.

    ``page`` is a revision's object. What the text leads to besides files is as for any reader.
    """
    model: Any = type(page)
    adapter = adapter_for(model)
    language = page.locale.language_code
    lang = reference.match_language(language) or language
    shared = WithoutFiles(reference, lang)
    reader = deferred.Reader(reference=reference, language=lang, lang=language, sites=(), shared=shared)
    with deferred.collecting() as collector, translation.override(language):
        facts = adapter.facts(page) if adapter is not None else None
        if facts is None:
            return {}
        content = content_of(page, facts, reader.resolver, collector)
        title, summary = collector.without(facts.title), collector.without(facts.summary)
        speech, letter = collector.without(facts.speech or {}), collector.without(facts.letter or {})
    filled = deferred.fill(content, reader, only_own=True)
    own = (facts.language or language).lower()
    return {
        "lang": language,
        "text_lang": own if own != language else "",
        "title": title,
        "summary": summary,
        "speech": speech,
        "letter": letter,
        "body": _harmless(filled.get("body_html", "")),
        "notes": _harmless(filled.get("notes_to_editors", "")),
        "updates": label_updates([dict(update) for update in facts.updates], reference, language, own),
    }


def _harmless(html: str) -> SafeString:
    """Return HTML that loads nothing and has no link to a file.

    A host's template may have written it.
    """
    return SafeString(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=_without_file,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )
    )


def _without_file(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and _is_file(value) else value


def _is_file(address: str) -> bool:
    """Return whether an address is that of a document or a stored file."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return True
    media = urlsplit(settings.MEDIA_URL or "")
    if media.path.strip("/") and path.startswith(media.path):
        return True
    if media.netloc and urlsplit(address).netloc == media.netloc:
        return True
    try:
        documents = re.escape(reverse("wagtaildocs_serve", args=[1, "x"]).removesuffix("1/x"))
    except NoReverseMatch:
        return False
    return re.match(rf"{documents}\d+/", path) is not None
