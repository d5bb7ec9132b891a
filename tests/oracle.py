"""The oracle: what a reader gets at a story's own address.

An anonymous reader; it decides what every list must hold.
"""

import html
import json
from collections import Counter

from django.conf import settings
from django.test import Client
from wagtail.models import Locale, Page, Site

from tests.outputs import LINKS_ONLY, ask, list_questions, shows, story_questions, wagtail_questions
from wagtail_cpsnews.catalogue.adapters import adapter_for
from wagtail_cpsnews.catalogue.maintenance import check
from wagtail_cpsnews.catalogue.models import Entry, PublicationStop
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.outputs import get_output
from wagtail_cpsnews.registry import PLURALS

API = "/newsroom/api/v1"


def get(path, host="localhost", **params):
    """What somebody without a session is answered. No redirect is followed."""
    return Client(raise_request_exception=False).get(path, params, headers={"host": host})


def serves(page):
    """Whether the page's address answers an anonymous reader with its story."""
    parts = page.get_url_parts()
    if parts is None:
        return False
    site_id, _root, path = parts
    site = Site.objects.get(pk=site_id)
    response = get(path, host=f"{site.hostname}:{site.port}")
    assert response.status_code < 500, response.status_code
    return response.status_code == 200 and html.escape(page.title) in html.unescape(response.content.decode())


def is_stopped(page):
    """Whether a hold, an embargo or a withdrawal of the story is in force, read from its row alone."""
    source = page
    while source.alias_of_id is not None:
        source = source.alias_of
    return PublicationStop.objects.filter(translation_key=source.translation_key, ended_at=None).exists()


def stories():
    """Every page of a story type in the database, aliases and all."""
    return [page for page in Page.objects.specific().order_by("pk") if adapter_for(type(page)) is not None]


def language_of(page):
    """The language of a story's text: its tree's, where it names no other."""
    return getattr(page, "language", "") or page.locale.language_code


def hosts():
    return [f"{site.hostname}:{site.port}" for site in Site.objects.order_by("pk")]


def languages():
    return [locale.language_code for locale in Locale.objects.order_by("pk")]


def listed(**params):
    """The ids of all items that any site's API lists in any language."""
    found = Counter()
    for host in hosts():
        for language in languages():
            response = get(
                f"{API}/items/",
                host=host,
                language=language,
                language_only=1,
                page_size=100,
                facets="none",
                **params,
            )
            assert response.status_code == 200, response.content
            found.update({item["id"] for item in response.json()["results"]})
    return found


def assert_true(*, checked=True):
    """Check that pages and catalogue agree: list, item, search, facets.

    ``checked``: and check_catalogue finds nothing.
    """
    current()
    ids = {entry.page_pk: str(entry.pk) for entry in Entry.objects.all()}
    in_list = listed()
    shown = []
    for page in stories():
        served = serves(page)
        assert not (served and is_stopped(page)), f"{page.title!r} is stopped, and served"
        expected = served and page.alias_of_id is None
        entry_id = ids.get(page.pk)
        said = f"{page.title!r} ({page.url_path})"
        assert (entry_id in in_list) == expected, f"{said}: served {served}, listed {entry_id in in_list}"
        assert (entry_id in listed(q=f'"{page.title}"')) == expected, f"{said}: search disagrees"
        if expected:
            shown.append(page)
    gone = set(ids.values()) - set(in_list)
    for entry_id in gone:
        for host in hosts():
            assert get(f"{API}/items/{entry_id}/", host=host).status_code == 410, entry_id
    for entry_id in in_list:
        assert 200 in {get(f"{API}/items/{entry_id}/", host=host).status_code for host in hosts()}, entry_id
    assert len(in_list) == len(shown)
    _assert_addresses(shown, ids)
    _assert_facets(shown)
    for entry in Entry.objects.filter(public=False):
        said = (entry.title, entry.summary, entry.text, entry.path, entry.address, entry.content, entry.facts)
        assert not any(said), said
        assert not entry.uses.exists()
    if checked:
        assert [str(difference) for difference in check().differences] == []
    return sorted(page.title for page in shown)


def assert_outputs(done=()):
    """Check that every output shows the public stories and no other.

    Each site's in each language. ``done``: what came before.
    """
    current()
    ids = {entry.page_pk: entry.pk for entry in Entry.objects.all()}
    pages = stories()
    served = [page for page in pages if serves(page)]
    assert not [page.title for page in served if is_stopped(page)], done
    shown = [page for page in served if page.alias_of_id is None]
    shown_pks, titles = {page.pk for page in shown}, [page.title for page in shown]
    urls, doubled = {page.get_full_url() for page in shown}, _doubled(shown)
    for host in hosts():
        for language in languages():
            asked = list_questions(host, language=language, language_only=1, page_size=100)
            for name, address in asked.items():
                status, text = ask(address, host)
                assert status == 200, (name, address, status, done)
                for page in shown:
                    if page.pk in doubled:
                        continue
                    whole = get_output(name).is_whole or language_of(page) == language
                    expected = whole and _is_on(page, host) and name not in LINKS_ONLY
                    found = page.get_full_url() in text if name == "sitemap" else shows(text, page.title)
                    assert found or not expected, (name, address, page.title, text, done)
                for page in pages:
                    if page.pk not in shown_pks and page.title not in titles:
                        assert not shows(text, page.title), (name, address, page.title, text, done)
    for page in pages:
        parts = page.get_url_parts()
        host = next((host for host in hosts() if parts and _is_on(page, host)), None)
        if host is None:
            continue
        public, url = page.pk in shown_pks, page.get_full_url()
        questions = story_questions(ids.get(page.pk), url)
        for name, address in questions.items():
            if url in urls and not public and "{url}" in str(get_output(name).about_story):
                continue  # another page is there now
            status, text = ask(address, host)
            assert (status == 200) == public, (name, address, page.title, status, done)
            said = text.replace(url, "")  # an error repeats what was asked
            assert public or not shows(said, page.title), (name, address, page.title, text, done)
        for name, address in wagtail_questions(page).items():
            status, text = ask(address, host)
            if page.alias_of_id is None:  # an alias has no entry; Wagtail shows it as it shows other pages
                said = json.loads(text).get("story") if status == 200 else None
                assert (said is not None) == public, (name, page.title, status, done)


def _doubled(shown):
    """The pages of stories that have several versions in one language: one of them is listed."""
    found = {}
    for page in shown:
        original = getattr(page, "version_of", None) or page
        found.setdefault((original.translation_key, language_of(page)), set()).add(page.pk)
    return {pk for pks in found.values() if len(pks) > 1 for pk in pks}


def _is_on(page, host):
    """Whether a page is on the site at ``host``."""
    parts = page.get_url_parts()
    site = Site.objects.get(pk=parts[0]) if parts else None
    return site is not None and f"{site.hostname}:{site.port}" == host


def _assert_addresses(shown, ids):
    """The address that the API gives is the address at which the story is read."""
    by_id = {ids[page.pk]: page for page in shown}
    for host in hosts():
        for language in languages():
            answer = get(f"{API}/items/", host=host, language=language, language_only=1, page_size=100).json()
            for item in answer["results"]:
                page = by_id[item["id"]]
                assert item["url"] == page.get_full_url()
                assert item["title"] == page.title


def _assert_facets(shown):
    """Check that each term's count is the number of pages that have it.

    On each site and in each language alone. Retired terms are not offered.
    """
    reference = current().reference
    for site in Site.objects.all():
        for language in languages():
            host = f"{site.hostname}:{site.port}"
            answer = get(f"{API}/facets/", host=host, language=language, language_only=1).json()
            here = [
                page
                for page in shown
                if page.language_code == language and page.url_path.startswith(_root(site, language))
            ]
            assert answer["count"] == len(here), (host, language)
            for taxonomy in ("kind", *PLURALS):
                expected = Counter()
                for page in here:
                    carried = getattr(page, PLURALS.get(taxonomy, taxonomy))
                    terms = [carried] if taxonomy == "kind" else carried.all()
                    followed = {_successor(term).translation_key for term in terms if term is not None}
                    found = (reference.taxonomies[taxonomy].by_key[str(key)] for key in followed)
                    expected.update(term.slug for term in found if not term.retired)
                counts = {
                    facet["slug"]: facet["count"] for facet in answer["facets"][taxonomy] if facet["count"]
                }
                assert counts == expected, (host, language, taxonomy)


def _root(site, language):
    home = site.root_page.get_translations(inclusive=True).filter(locale__language_code=language).first()
    return (home or site.root_page).url_path if settings.WAGTAIL_I18N_ENABLED else site.root_page.url_path


def _successor(term):
    while term.successor is not None:
        term = term.successor
    return term
