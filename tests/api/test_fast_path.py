"""The API's fast path gives the same bytes as Django REST framework.

It steps aside for a host.
"""

import random

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.throttling import BaseThrottle

from tests.factories import publish_story
from wagtail_cpsnews.api import views
from wagtail_cpsnews.api.base import NewsView

VIEWS = (views.ItemsView, views.ItemView, views.FacetsView)


class Everybody(AllowAny):
    """Another class, so DRF has to ask it."""


def ask(view, address, method="get", **kwargs):
    request = getattr(RequestFactory(), method)(address)
    response = view.as_view()(request, **kwargs)
    return response.status_code, response.content, dict(response.headers)


def slow(view):
    return type(view.__name__, (view,), {"permission_classes": (Everybody,)})


@pytest.fixture
def stories(newsroom):
    return [
        publish_story(
            parent=newsroom,
            title=f"Wessex story {number}",
            summary="“Typographic” & <b>tags</b> \u2028" * (1 + number % 2),
            areas=["wessex"][: number % 2],
            crime_types=["hate-crime"][: number % 3],
        )
        for number in range(12)
    ]


def questions(count):
    chosen = random.Random(4)
    values = {
        "area": ("wessex", "south-east", "nowhere"),
        "crime_type": ("hate-crime",),
        "q": ("story", "nothing", "“Wessex story”"),
        "page": ("1", "2", "99", "x"),
        "page_size": ("3", "100", "0"),
        "order": ("published", "relevance"),
        "facets": ("none",),
        "fields": ("title", "highlight,id,areas", "body"),
        "lang": ("cy", "en", "xx"),
        "language": ("cy",),
        "published_after": ("2020-01-01", "2999-01-01"),
        "cursor": ("start", "rubbish"),
        "unknown": ("1",),
        "format": ("json", "html", "xml"),
    }
    for _question in range(count):
        names = chosen.sample(sorted(values), chosen.choice((0, 1, 1, 2, 3)))
        yield "&".join(f"{name}={chosen.choice(values[name])}" for name in names)


def test_both_ways_give_the_same_bytes(stories, api):
    pk = api()["results"][0]["id"]
    for question in questions(25):
        for view, kwargs in ((views.ItemsView, {}), (views.ItemView, {"pk": pk}), (views.FacetsView, {})):
            for _time in range(2):  # the second one is made of what was kept
                assert ask(view, f"/?{question}", **kwargs) == ask(slow(view), f"/?{question}", **kwargs), (
                    question
                )
    assert ask(views.ItemsView, "/", "head")[0] == ask(slow(views.ItemsView), "/", "head")[0] == 200
    assert ask(views.ItemView, "/", pk="rubbish") == ask(slow(views.ItemView), "/", pk="rubbish")


def test_the_short_way_is_taken(stories, monkeypatch):
    """Without this the other tests compare the long way with itself."""
    monkeypatch.setattr(NewsView, "initial", None)
    monkeypatch.setattr("wagtail_cpsnews.api.base._hooks", lambda view: ())
    assert {ask(view, "/")[0] for view in (views.ItemsView, views.FacetsView)} == {200}


class Refusing(BaseThrottle):
    def allow_request(self, request, view):
        return False


class Spaced(JSONRenderer):
    compact = False


def refuse(self, request):
    raise Throttled


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"permission_classes": (IsAuthenticated,)}, 403),
        ({"throttle_classes": (Refusing,)}, 429),
        ({"check_throttles": refuse}, 429),
        ({"get_throttles": lambda self: [Refusing()]}, 429),
    ],
)
def test_what_a_host_changes_is_asked(stories, changes, status):
    for view in (views.ItemsView, views.FacetsView):
        assert ask(type("Own", (view,), changes), "/")[0] == status
        if "permission_classes" in changes:
            response = view.as_view(**changes)(RequestFactory().get("/"))
            assert response.status_code == status


def test_a_hosts_renderer_and_answer_are_used(stories):
    own = type("Own", (views.ItemsView,), {"renderer_classes": (Spaced,)})
    assert b'"count": 12' in ask(own, "/")[1]

    class More(views.ItemsView):
        def answer(self, query, **kwargs):
            return {**super().answer(query, **kwargs), "own": 1}

    assert ask(More, "/")[1].endswith(b'"own":1}')
