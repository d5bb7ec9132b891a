"""The cases: which addresses of which project are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from .servers import Worker
from .stories import AREAS, CRIME_TYPES, FREQUENT_WORDS, KINDS, term_pk
from .truth import CHECKED_WORDS, TERMS, Question

ITEMS = "/newsroom/api/v1/items/"
FIELDS = "date,summary,area(name),kind(name),crime_types(name)"

#: Pairs of terms that the cases with two terms go through.
PAIRS = [Question(crime_type=crime, area=area) for crime in range(0, 24, 3) for area in range(0, 14, 2)]


@dataclass(frozen=True)
class Case:
    """One row of the table.

    answers: what is measured once or several times; each is one or more addresses.
    once: each answer is asked for a single time, since the second time would be another case.
    """

    name: str
    answers: list[list[str]]
    headers: Mapping[str, str] = field(default_factory=dict)
    once: bool = False


def ours_url(question: Question, **more: str | int) -> str:
    """Return the address of a question in our API."""
    asked = {name: TERMS[name][place] for name, place in question.terms.items()}
    if question.word is not None:
        more["q"] = FREQUENT_WORDS[question.word]
    if question.page > 1:
        more["page"] = question.page
    return f"{ITEMS}?{urlencode(asked | more)}"


def peer_params(question: Question) -> dict[str, int]:
    """Return the filters of a question as the peers name them."""
    names = {"crime_type": "crime_types"}
    return {names.get(name, name): term_pk(place) for name, place in question.terms.items()}


def v2_url(question: Question, version: int = 2, limit: int = 10) -> str:
    """Return the address of a question in Wagtail's API v2 or v3.

    v3 gives id, title and address only.
    """
    asked = {"type": "peers.StoryPage", "order": "-date", "limit": limit, **peer_params(question)}
    if question.page > 1:
        asked["offset"] = (question.page - 1) * 10
    if version == 2 and limit > 1:
        asked["fields"] = FIELDS
    return f"/api/v{version}/pages/?{urlencode(asked)}"


def grapple_url(question: Question, facets: bool = False) -> str:
    """Return the address of a question in GraphQL."""

    def arguments(one: Question) -> str:
        names = {"crime_types": "crimeTypes"}
        return ", ".join(f"{names.get(name, name)}: {pk}" for name, pk in peer_params(one).items())

    asked = arguments(question)
    offset = f", offset: {(question.page - 1) * 10}" if question.page > 1 else ""
    listed = f"storyList(limit: 10{offset}{', ' + asked if asked else ''})"
    fields = "{ id title url date summary area { name } kind { name } crimeTypes { name } }"
    count = f"storyCount({asked})" if asked else "storyCount"
    parts = [f"{listed} {fields}", count]
    if facets:
        parts += [f"{name}{place}: storyCount({arguments(one)})" for name, place, one in question.counted()]
    return f"/api/graphql/?{urlencode({'query': '{ ' + ' '.join(parts) + ' }'})}"


def drf_url(question: Question) -> str:
    """Return the address of a question in Django REST framework with django-filter."""
    return f"/drf/?{urlencode(peer_params(question) | {'page': question.page})}"


def sql_url(question: Question) -> str:
    """Return the address of a question in plain SQL."""
    return f"/sql/?{urlencode(question.terms | {'page': question.page})}"


def html_url(question: Question) -> str:
    """Return the address of a question on the ordinary index page."""
    return f"/news/?{urlencode(peer_params(question) | {'page': question.page})}"


def counts(question: Question, version: int = 2) -> list[str]:
    """Return the requests that learn the counts beside all filters."""
    return [v2_url(one, version, limit=1) for _name, _place, one in question.counted()]


def peer_cases(worker: Worker, deep: int) -> list[Case]:
    """Return the peers' cases. deep: a page in the middle of all."""

    def pairs(url: Callable[[Question], str], step: int = 1) -> list[list[str]]:
        return [[url(question)] for question in PAIRS[::step]]

    def with_counts(version: int) -> list[list[str]]:
        return [[v2_url(one, version), *counts(one, version)] for one in PAIRS[::5]]

    nothing, middle = Question(), Question(page=deep)
    facets = len(KINDS) + len(AREAS) + len(CRIME_TYPES)
    return [
        Case("empty view", [["/empty/"]]),
        Case("empty Wagtail page", [["/"]]),
        Case("API v2: two terms, total", pairs(v2_url)),
        Case(f"API v2: two terms, total, {facets} counts", with_counts(2)),
        Case("API v2: unfiltered, total", [[v2_url(nothing)]]),
        Case("API v2: a page in the middle", [[v2_url(middle)]]),
        Case("API v3: two terms, total (titles only)", pairs(lambda one: v2_url(one, 3))),
        Case(f"API v3: two terms, total, {facets} counts", with_counts(3)),
        Case("grapple: two terms, total", pairs(grapple_url)),
        Case(f"grapple: two terms, total, {facets} counts", pairs(lambda one: grapple_url(one, True), 5)),
        Case("DRF with django-filter: two terms, total", pairs(drf_url)),
        Case("DRF with django-filter: a page in the middle", [[drf_url(middle)]]),
        Case("one SQL statement: two terms, total, facets", pairs(sql_url)),
        Case("one SQL statement: unfiltered, total, facets", [[sql_url(nothing)]]),
        Case("ordinary index page: two terms", pairs(html_url)),
        Case("ordinary index page: unfiltered", [["/news/"]]),
    ]


def our_cases(worker: Worker, deep: int) -> list[Case]:
    """Return our cases. deep: a page in the middle of all."""
    two = [[ours_url(one)] for one in PAIRS]
    story = json.loads(worker.get(f"{ITEMS}?facets=none").body)["results"][3]
    item = f"{ITEMS}{story['id']}/"
    tag = {"If-None-Match": worker.get(two[0][0]).headers.get("ETag", "")}
    words = [[ours_url(Question(word=place))] for place in range(len(CHECKED_WORDS), len(FREQUENT_WORDS))]
    return [
        Case("empty view", [["/empty/"]]),
        Case("empty Wagtail page", [["/"]]),
        Case("two terms, total, all facets", two),
        Case("two terms, total", [[ours_url(one, facets="none")] for one in PAIRS]),
        Case("unfiltered, total, all facets", [[ITEMS]]),
        Case("page 1, total", [[ours_url(Question(), facets="none")]]),
        Case("a page in the middle, total", [[ours_url(Question(page=deep), facets="none")]]),
        Case("a word, first time, total, all facets", words, once=True),
        Case("a word, again, total, all facets", [[ours_url(Question(word=0))]]),
        Case("304 for two terms", two[:1], tag),
        Case("item", [[item]]),
        Case("feed (RSS)", [["/newsroom/feeds/news.rss"]]),
        Case("frame for embedding", [["/newsroom/embed/list/"]]),
        Case("HTML index, warm", [["/news/"]]),
        Case("HTML index, two terms", [[f"/news/?{urlsplit(url).query}"] for (url,) in two]),
        Case("HTML story page", [[urlsplit(story["url"]).path]]),
    ]


CASES = {"ours": our_cases, "sqlite": our_cases, "peers": peer_cases}
