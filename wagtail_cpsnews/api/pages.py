"""``pages/…/``: news centre, press office and media protocol for front ends.

These pages are not in the catalogue. Each answer is made from the page as it is now, and its ETag from the answer:
there is no number that could fall behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from ..catalogue.parameter_types import Parameter
from ..catalogue.parameters import Problem, label_language, shorten
from ..catalogue.public_pages import Found, PublicPage, find_page, public_pages
from ..catalogue.query import Query
from ..catalogue.sites import site_for_host
from ..characters import clean
from ..http.caching import midnight_after
from ..http.views import request_sites, split_host
from ..languages import language_name
from ..stories.index import NewsIndex
from ..stories.press_office import PressOfficeMixin
from ..stories.protocol import MediaProtocolMixin
from . import page_schema
from .base import BadRequest, NewsView
from .parameters import PATH, VERSION


class PageView(NewsView):
    """The page of one type that the request's site shows.

    A view sets ``mixin`` and overrides ``data_of()``.
    """

    accept = ("language", "lang")
    own_parameters: tuple[Parameter, ...] = (PATH,)
    mixin: type

    def more_of_the_question(self, request: HttpRequest) -> list[Any]:
        """Return the answer itself."""
        self.data: dict[str, Any] | None = None
        self.problem: Problem | None = None
        found = self._find(request)
        page = found.page.specific() if found else None
        if found is not None and page is not None:
            lang = self._lang(request, found.page.language)
            with translation.override(lang):
                self.data = clean(self._data(page, found, lang, request))
        text = json.dumps(self.data, sort_keys=True, ensure_ascii=False)
        return [*super().more_of_the_question(request), text]

    def _find(self, request: HttpRequest) -> Found | None:
        reference = self.snapshot.reference
        assert self.parsed is not None
        return find_page(
            public_pages(self.mixin, reference),
            reference,
            site=site_for_host(reference.roots, *split_host(request)),
            sites=request_sites(request, reference),
            language=self.parsed.query.language if self.one(request, "language") else "",
            path=self.own["path"] or "",
            last=self.last,
        )

    def last(self, pages: Iterable[PublicPage]) -> set[int]:
        """Override this to return the keys of fallback pages.

        They are given only where there is no other page.
        """
        return set()

    def _lang(self, request: HttpRequest, language: str) -> str:
        """Return the language of labels: what was asked for, else the page's."""
        assert self.parsed is not None
        asked = self.parsed.query.lang if self.one(request, "lang") else ""
        return asked or label_language(language, self.snapshot.reference)

    def _data(self, page: Any, found: Found, lang: str, request: HttpRequest) -> dict[str, Any]:
        links = page.get_public_links()
        expiries = [found.page.expires_at, links.expires_at, *(other.expires_at for other in found.others)]
        self.expires_at = min((when for when in expiries if when), default=None)
        data = self.data_of(page, lang, request, links)
        return data | {
            "language": found.page.language,
            "language_display": language_name(found.page.language),
            "translations": [
                {
                    "language": other.language,
                    "language_display": language_name(other.language),
                    "url": other.url,
                }
                for other in found.others
            ],
        }

    def data_of(self, page: Any, lang: str, request: HttpRequest, links: Any) -> dict[str, Any]:
        """Override this to return what the page shows.

        Set ``until`` to the time at which any of it ends.
        """
        raise NotImplementedError

    def answer(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        if self.problem is not None:
            raise BadRequest([self.problem])
        if self.data is None:
            raise Http404
        return self.data

    def until_midnight(self) -> None:
        """Have the answer hold for today at most."""
        midnight = midnight_after(self.when)
        self.until = min(midnight, self.until) if self.until else midnight


class NewsCentreView(PageView):
    """The news centre: introduction, themes, links, media panel and addresses.

    The addresses are those of its list and feeds.

    Of several, the one that is fixed to no terms, then the one nearest to the site's home page.
    """

    mixin = NewsIndex
    operation = "news_centre"
    summary = "Read the news centre"
    tag = "Pages"

    def get_response_schema(self) -> dict[str, Any]:
        return page_schema.news_centre_schema()

    def get_examples(self) -> list[tuple[str, Any, str]]:
        return [("A news centre", page_schema.example_news_centre(), "200"), *super().get_examples()]

    def last(self, pages: Iterable[PublicPage]) -> set[int]:
        """Return the keys of pages that are fixed to terms."""
        by_model: dict[Any, list[int]] = {}
        for page in pages:
            by_model.setdefault(page.model, []).append(page.pk)
        return {
            pk
            for model, pks in by_model.items()
            for pk, preset in model._default_manager.filter(pk__in=pks).values_list("pk", "preset")
            if preset
        }

    def data_of(self, page: Any, lang: str, request: HttpRequest, links: Any) -> dict[str, Any]:
        self.until_midnight()  # the protocol's status
        data: dict[str, Any] = page.get_public_data(lang, request, links)
        return data


class PressOfficeView(PageView):
    """The press office: contacts in groups with who answers now.

    Also a notice for the public and the social media policy.
    """

    mixin = PressOfficeMixin
    operation = "press_office"
    summary = "Read the press office"
    tag = "Pages"
    shows_contacts = True

    def get_response_schema(self) -> dict[str, Any]:
        return page_schema.press_office_schema()

    def get_examples(self) -> list[tuple[str, Any, str]]:
        return [("A press office", page_schema.example_press_office(), "200"), *super().get_examples()]

    def data_of(self, page: Any, lang: str, request: HttpRequest, links: Any) -> dict[str, Any]:
        data: dict[str, Any] = page.get_public_data(lang, links, self.when)
        return data


class MediaProtocolView(PageView):
    """The media protocol in all its versions, each with its status today."""

    mixin = MediaProtocolMixin
    own_parameters = (*PageView.own_parameters, VERSION)
    operation = "media_protocol"
    summary = "Read the media protocol"
    tag = "Pages"

    def get_response_schema(self) -> dict[str, Any]:
        return page_schema.media_protocol_schema()

    def get_examples(self) -> list[tuple[str, Any, str]]:
        return [("A protocol", page_schema.example_media_protocol(), "200"), *super().get_examples()]

    def data_of(self, page: Any, lang: str, request: HttpRequest, links: Any) -> dict[str, Any]:
        self.until_midnight()
        data: dict[str, Any] = page.get_public_data(lang, links)
        if asked := self.own["version"]:
            history = page.get_history()
            version = history.find(asked)
            if version is None:
                self._explain(asked, [each["title"] for each in data["versions"]])
            else:
                data["versions"] = [data["versions"][history.versions.index(version)]]
        return data

    def _explain(self, asked: str, titles: list[str]) -> None:
        example = f"?{urlencode({'version': titles[0]})}" if titles else ""
        message = _("This protocol has no version “%(value)s”.") % {"value": shorten(asked)}
        self.problem = Problem("version", shorten(asked), message, titles, example)
