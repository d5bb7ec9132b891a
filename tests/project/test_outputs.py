"""Every public address that can show a story is a registered output.

Every list of outputs is derived from them.
"""

import ast
import random
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.life import Life
from tests.oracle import assert_outputs
from tests.outputs import LINKS_ONLY, LISTS, ask, list_questions, names, shows, story_questions
from tests.pointing import PAGES as WAYS_OF_HIDING
from tests.pointing import become_a_draft_silently, expire
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.embed.builder import METHODS
from wagtail_cpsnews.http.links import feed_links
from wagtail_cpsnews.outputs import MODULES, Output, get_output, outputs, read_own_outputs
from wagtail_cpsnews.registry import TAXONOMIES
from wagtail_cpsnews.usage import recording
from wagtail_cpsnews.usage.models import EmbedMethod, EmbedUse

#: The addresses of the package that show no story, and why.
SHOW_NO_STORY = {
    **{f"cpsnews:{taxonomy.path}": "terms: how stories are filed" for taxonomy in TAXONOMIES.values()},
    "cpsnews:facets": "counts, which the oracle compares with the pages",
    "cpsnews:press-contacts": "contacts",
    "cpsnews:schema": "a description with invented examples",
    "cpsnews:docs": "a page for the description",
    "cpsnews:nothing": "404",
    "cpsnews:advance-copy": "a story on embargo, to one recipient: tests/desk/test_advance_copies.py",
    "cpsnews:widget": "a script, the same for everybody",
    "cpsnews:widget_pinned": "a script, the same for everybody",
    "cpsnews:feed-style": "a style sheet",
    "cpsnews:builder": "a form with counts; what it previews is an embed",
    "cpsnews:file_check": "yes or no about a file, for a web server",
    "cpsnews:it_page": "facts for IT departments, and an answer about a policy",
}

#: The same for the example site's other addresses, by how they begin.
OTHERS_SHOW_NO_STORY = {
    "admin/": "behind a login",
    "start/": "a page with links and logins",
    "robots.txt": "names the sitemap index",
    "sitemap.xml": "names the sitemaps; that of stories is an output of the package",
    "sitemap-pages.xml": "all pages but stories",
    "documents/": "documents; whether they may be read is asked at their address",
    "static/": "files of the package",
    "media/": "files; whether they are public is asked at their address",
    "_util/": "forms for passwords",
}

#: Wagtail's own, which the oracle asks too: the page itself decides what all outputs must show.
WAGTAIL = {"wagtail_serve"}


def addresses(patterns, route="", namespace=""):
    """Every (route, name) below URL patterns."""
    for pattern in patterns:
        here = f"{route}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, here, namespace + inner)
        else:
            yield here, f"{namespace}{pattern.name}"


def test_every_address_of_the_package_is_an_output_or_shows_no_story():
    known = {
        f"cpsnews:{name}" for _route, name in addresses(get_resolver("wagtail_cpsnews.urls").url_patterns)
    }
    registered = {output.url_name for output in outputs()}
    assert known - registered == set(SHOW_NO_STORY)
    assert registered <= known


def test_every_other_address_of_the_example_site_shows_no_story():
    found = list(addresses(get_resolver("example_site.urls").url_patterns))
    others = [(route.lstrip("^"), name) for route, name in found if not name.startswith("cpsnews:")]
    left = {name for route, name in others if not route.startswith(tuple(OTHERS_SHOW_NO_STORY))}
    assert left == WAGTAIL
    assert "cpsnews:items" in {name for _route, name in found}


def test_every_declared_output_is_collected():
    declared = [
        value
        for module in MODULES
        for value in vars(import_module(module)).values()
        if isinstance(value, Output)
    ]
    assert {output.name for output in declared} <= set(names(outputs()))
    assert len(set(names(outputs()))) == len(outputs())
    with pytest.raises(KeyError):
        get_output("nothing")


@pytest.mark.parametrize("module", MODULES)
def test_declarations_import_nothing_that_is_above_them(module):
    """They are read while the models are loaded."""
    source = Path(import_module(module).__file__).read_text()
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom | ast.Import)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in found}
    assert modules <= {"outputs", "dataclasses", "django.utils.translation"}


GOOD = {"url_name": "courts:docket", "about_list": {}}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["docket"], "cpsnews.E060"),
        ({"rss": GOOD}, "cpsnews.E061"),
        ({"A docket": GOOD}, "cpsnews.E061"),
        ({7: GOOD}, "cpsnews.E061"),
        ({"docket": {"about_list": {}}}, "cpsnews.E062"),
        ({"docket": "courts:docket"}, "cpsnews.E063"),
        ({"docket": GOOD | {"name": "other"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"about_story": {"id": "{pk}"}}}, "cpsnews.E063"),
        ({"docket": GOOD | {"about_story": {"id": "{id"}}}, "cpsnews.E063"),
        ({"docket": GOOD | {"path": ["id"]}}, "cpsnews.E063"),
        ({"docket": GOOD | {"relation": "feeds"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"code": "rss"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"method": "a-long-method"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"is_whole": "yes"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"names_gone": "yes"}}, "cpsnews.E063"),
        ({"docket": GOOD | {"title": None}}, "cpsnews.E063"),
        ({"docket": GOOD | {"method": "iframe"}}, "cpsnews.E064"),
        ({"docket": GOOD, "again": GOOD}, "cpsnews.E064"),
        ({"docket": GOOD | {"url_name": "cpsnews:items"}}, "cpsnews.E064"),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_output_of_the_host_s_is_reported(given, code):
    found, mistakes = read_own_outputs(given)
    assert {mistake.code for mistake in mistakes} == {code}
    assert all(mistake.hint for mistake in mistakes)
    assert len(found) == len(given) - 1


def test_an_output_of_the_host_s_needs_an_address_alone():
    found, mistakes = read_own_outputs({"docket": GOOD, "calendar": GOOD | {"params": {"format": "ics"}}})
    assert mistakes == []
    assert names(found) == ["docket", "calendar"]
    assert (found[0].about_list, found[0].about_story, found[0].method) == ({}, None, "")


# -- what is derived ------------------------------------------------------------------------------------------------


def test_pages_name_every_feed_and_every_form_of_oembed(newsroom, story):
    page = story("A story")
    head = Client().get("/news/", headers={"host": "localhost"}).content.decode().partition("</head>")[0]
    links = dict(re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"', head))
    feeds = [output for output in outputs() if re.fullmatch("cpsnews:feed-(?!style).*", output.url_name)]
    assert len(feeds) == 3
    assert {feed.media_type: reverse(feed.url_name) for feed in feeds}.items() <= links.items()
    assert {link.name for link in feed_links(Query(language="en", lang="en"), current().reference)} == {
        one.title for one in feeds
    }
    oembed = {output.media_type for output in outputs() if output.url_name == "cpsnews:oembed"}
    assert oembed == set(links) - {feed.media_type for feed in feeds}
    head = Client().get(page.url, headers={"host": "localhost"}).content.decode().partition("</head>")[0]
    assert oembed <= set(re.findall(r'<link rel="alternate" type="([^"]+)"', head))


@pytest.mark.parametrize("output", LISTS, ids=lambda output: output.name)
def test_the_builder_offers_every_list_that_can_be_filtered(newsroom, output):
    if output.is_whole:
        return
    paths = set()
    for method in METHODS:
        _status, text = ask(f"{reverse('cpsnews:builder')}?door={method}")
        paths |= set(re.findall(r"http://localhost(/newsroom/[^\s?\"<]*)", text))
    assert reverse(output.url_name) in paths


def test_the_ledger_names_every_method_that_is_recorded(newsroom, story):
    page = story("A story")
    current()
    entry = Entry.objects.get(page_pk=page.pk)
    recording.forget()
    asked = [*story_questions(entry.pk, page.full_url).values(), *list_questions().values()]
    for address in asked:
        headers = {"host": "localhost", "origin": "https://council.example"}
        assert Client().get(address, headers=headers, follow=True).status_code == 200
    recording.write()
    recorded = set(EmbedUse.objects.values_list("door", flat=True))
    methods = {"element", "item", "iframe", "fragment", "oembed", "rss", "atom", "json"}
    assert recorded == set(EmbedMethod.values) == methods
    assert list(EmbedUse._meta.get_field("door").choices) == EmbedMethod.choices


# -- what is hidden is in none of them ------------------------------------------------------------------------------

TITLE = "Teacher Rowan Pell charged"


def answers(page, entry):
    """Every output's answer about a story and about lists, and the page's own."""
    return {
        **{name: ask(address) for name, address in story_questions(entry.pk, page.full_url).items()},
        **{f"{name} (list)": ask(address) for name, address in list_questions(page_size=100).items()},
        "page": ask(page.url),
    }


@pytest.mark.parametrize("hide", WAYS_OF_HIDING, ids=lambda hide: hide.__name__)
def test_a_hidden_story_is_in_no_output(target, hide):
    current()
    entry = Entry.objects.get(page_pk=target.pk)
    public = answers(target, entry)
    for name, (status, text) in public.items():
        assert status == 200, name
        assert shows(text, TITLE) == (name.split()[0] not in LINKS_ONLY), name
    undo = hide(target)
    if hide in (become_a_draft_silently, expire):  # no signal tells of it
        check(repair=True)
    for name, (status, text) in answers(target, entry).items():
        assert not shows(text, TITLE), name
        assert target.slug not in text or name.startswith(LINKS_ONLY), name
        assert (status == 200) == name.endswith("(list)"), (name, status)
    undo()


@pytest.mark.parametrize("seed", [3, pytest.param(4, marks=pytest.mark.slow)])
def test_all_outputs_agree_through_random_changes(world, wagtail_pages, seed):
    chance = random.Random(seed)
    life = Life(world, chance)
    for _ in range(1 if seed == 3 else 7):  # an answer has 100 stories at most
        life.changes(12)
        assert_outputs(life.done)
    assert check().differences == []
