"""A feed before it has a format.

What it is called, where it belongs, its stories, and what is gone.
"""

from __future__ import annotations

import datetime
import mimetypes
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from ..catalogue.dates import display, local
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry
from ..catalogue.parameters import Problem
from ..catalogue.query import Query
from ..catalogue.references import Resolver
from ..catalogue.results import Results
from ..catalogue.serializers import item, resolver_for
from ..catalogue.sites import site_for_host
from ..catalogue.snapshots import Snapshot
from ..catalogue.story_updates import OUTCOME
from ..catalogue.summaries import describe
from ..characters import clean
from ..conf import get_settings
from ..http.links import parameters, with_parameters
from ..http.views import split_host
from ..languages import language_name
from ..registry import TAXONOMIES
from ..stories.context import authors_of
from ..stories.index_pages import list_address
from .text import paragraphs
from .tombstones import Tombstone

#: Parameters without which a list is still the one that was meant: they choose its order, its piece or its labels.
NO_FILTERS = {"order", "page", "page_size", "lang", "cursor", "fields", "facets"}

#: The date of a story that has none: a feed has to give one.
NO_DATE = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Category:
    """A term of a story: ``scheme`` is the address of the taxonomy's terms."""

    scheme: str
    slug: str
    label: str


@dataclass(frozen=True)
class Story:
    """A story as every feed format gives it.

    All texts are fit for XML, all addresses absolute.
    """

    id: str
    title: str
    url: str
    published: datetime.datetime | None
    updated: datetime.datetime
    published_display: str
    summary: str
    html: str
    language: str
    author: str
    image: dict[str, Any] | None
    categories: list[Category]
    updates: list[dict[str, Any]]
    archived: bool


@dataclass(frozen=True)
class Channel:
    """Everything that a feed says.

    page_url: the HTML list. first_url: this feed without ``page``, which is what it is known by.
    lang: of its own words; language: of its stories.
    """

    title: str
    subtitle: str
    site: str
    lang: str
    language: str
    page_url: str
    first_url: str
    self_url: str
    next_url: str = ""
    previous_url: str = ""
    style_url: str = ""
    stories: list[Story] = field(default_factory=list)
    gone: list[Tombstone] = field(default_factory=list)

    @property
    def updated(self) -> datetime.datetime:
        """Return when anything shown was last added, changed or removed.

        For an empty feed the day's beginning.
        """
        times = [story.updated for story in self.stories] + [tombstone.gone_at for tombstone in self.gone]
        if times:
            return max(times)
        return timezone.localtime(timezone=timezone.get_default_timezone()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )


class ChannelBuilder:
    """Makes channels for one request. The active language is the labels'."""

    def __init__(self, request: HttpRequest, snapshot: Snapshot) -> None:
        self.request = request
        self.snapshot, self.reference = snapshot, snapshot.reference
        self.schemes = {
            name: request.build_absolute_uri(reverse(f"cpsnews:{TAXONOMIES[name].path}"))
            for name in get_settings().taxonomies
        }
        self.site = site_name(request, self.reference)

    def channel(
        self, query: Query, results: Results | None, problems: list[Problem], gone: list[Tombstone]
    ) -> Channel:
        """Return the feed of a query.

        ``results`` is ``None`` where its page is not there.
        """
        previous = results.previous_query if results else None
        following = results.next_query if results else None
        return Channel(
            title=self._title(query, problems),
            subtitle=self._subtitle(query, problems),
            site=self.site,
            lang=query.lang,
            language=query.language,
            page_url=list_address(self.request, self.snapshot, query),
            first_url=self._url(query.replace(page=1)),
            self_url=self._url(query),
            next_url=self._url(following) if following else "",
            previous_url=self._url(previous) if previous else "",
            style_url=reverse("cpsnews:feed-style"),
            stories=self._stories(results, query) if results else [],
            gone=gone,
        )

    def _url(self, query: Query) -> str:
        pairs = parameters(query, self.reference, page=True)
        return self.request.build_absolute_uri(with_parameters(self.request.path, pairs))

    def _title(self, query: Query, problems: list[Problem]) -> str:
        title = _("News from %(site)s") % {"site": self.site}
        if filters := describe(query, self.reference):
            title = f"{title}: {filters}"
        if any(problem.parameter not in NO_FILTERS for problem in problems):
            # Readers see titles long after the address was typed: a list of everything must not pass for a part.
            title = _("%(title)s (part of the filter was not understood)") % {"title": title}
        return str(clean(title))

    def _subtitle(self, query: Query, problems: list[Problem]) -> str:
        parts = [_("Stories published by %(site)s.") % {"site": self.site}]
        if problems:
            parts.append(_("Part of this address has been ignored:"))
            parts += [_explained(problem) for problem in problems[:10]]
        return str(clean(" ".join(parts)))

    def _stories(self, results: Results, query: Query) -> list[Story]:
        resolver = resolver_for(results.entries, self.reference)
        return [self._story(entry, query, resolver) for entry in results.entries]

    def _story(self, entry: Entry, query: Query, resolver: Resolver) -> Story:
        data = clean(item(entry, self.reference, query.lang, resolver=resolver))
        updates = [{**update, "text": update.get("text") or ""} for update in data.get("updates", ())]
        archived = bool(data.get("archived"))
        other = entry.language.split("-")[0] != query.language.split("-")[0]
        title = data["title"] or data["url"]
        title = f"{title} ({language_name(entry.language)})" if other else title
        # Many readers and partner pages show titles alone. First, so that a cut title still says it.
        if outcomes := "; ".join(update["label"] for update in updates if update["kind"] == OUTCOME):
            title = _("%(outcome)s – %(title)s") % {"outcome": outcomes, "title": title}
        times = [_local(when) for when in (entry.published, entry.updated) if when]
        return Story(
            id=f"urn:uuid:{entry.pk}",
            title=title,
            url=data["url"],
            published=_local(entry.published) if entry.published else None,
            updated=max(times, default=NO_DATE),
            published_display=display(entry.published),
            summary=data["summary"],
            html=paragraphs(data["summary"], updates, archived),
            language=entry.language,
            author=(data.get("speech") or {}).get("speaker") or ", ".join(authors_of(data)),
            image=_image(data.get("image")),
            categories=self._categories(data),
            updates=updates,
            archived=archived,
        )

    def _categories(self, data: dict[str, Any]) -> list[Category]:
        categories = []
        for name, scheme in self.schemes.items():
            found = data.get(TAXONOMIES[name].field)
            terms = found if isinstance(found, list) else [found]
            categories += [Category(scheme, term["slug"], term["label"]) for term in terms if term]
        return categories


def _explained(problem: Problem) -> str:
    return f"{problem.message} ({problem.parameter})" if problem.parameter else problem.message


def _image(image: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the picture with its media type.

    One without an absolute address is left out.
    """
    if not image or not urlsplit(image["url"]).netloc:
        return None
    return {
        **image,
        "url": iri_to_uri(image["url"]),
        "type": mimetypes.guess_type(urlsplit(image["url"]).path)[0] or "image/jpeg",
    }


def _local(when: datetime.datetime) -> datetime.datetime:
    return local(when).replace(microsecond=0)


def site_name(request: HttpRequest, reference: Reference) -> str:
    """Return what the site that is asked is called: its name, or its host."""
    host, port = split_host(request)
    site = site_for_host(reference.roots, host, port)
    root = next((root for root in reference.roots if root.site_id == site), None)
    return str(clean((root.name or root.hostname) if root else host))
