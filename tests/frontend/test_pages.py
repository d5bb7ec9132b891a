"""Story pages and the news index as readers get them."""

import datetime
import re

import pytest
from django.template import Context, Template
from django.utils import timezone
from wagtail.models import Locale, Site

from tests.factories import draft_story
from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsItemPage, PressOfficePage
from wagtail_cpsnews.taxonomy.models import Area, Topic


@pytest.fixture
def read(client):
    """Asks for an address as an anonymous reader; returns the response with ``text``."""

    def get(path, **params):
        response = client.get(path, params, headers={"host": "localhost"})
        response.text_ = response.content.decode() if not response.streaming else ""
        return response

    return get


def test_a_story_shows_what_it_has(story, read):
    when = timezone.make_aware(datetime.datetime(2026, 3, 14, 10, 30))
    page = story(
        "Haulier jailed",
        kind="press-release",
        crime_types=["international-and-organised-crime"],
        areas=["cps", "wessex"],
        published_at=when,
        body=[("text", "<p>A <b>hiding place</b>.</p>"), ("heading", {"text": "The case", "level": "2"})],
        notes_to_editors="<p>Editors: call us.</p>",
        updates=[("update", {"date": when, "kind": "correction", "text": "The court was Exeter."})],
    )
    text = read(page.url).text_
    for wanted in ("Haulier jailed", "Press release", "14 March 2026", "CPS", "Wessex", "hiding place"):
        assert wanted in text
    for wanted in ("The case", "Editors: call us.", "The court was Exeter.", "Correction"):
        assert wanted in text
    assert "?area=wessex" in text


def test_a_story_without_anything_shows_too(story, read):
    page = story("Bare")
    response = read(page.url)
    assert response.status_code == 200
    assert "None" not in response.text_


def test_a_speech_says_who_where_and_whether_it_is_what_was_said(story, read):
    page = story(
        "On harm that crosses borders",
        speech=True,
        speaker="Rosalind Ackerley KC",
        role="Director of Public Prosecutions",
        event="Heads of Prosecution",
        location="Kampala",
        delivered_on=datetime.date(2026, 2, 2),
        script="as_prepared",
    )
    text = read(page.url).text_
    for wanted in ("Rosalind Ackerley KC", "Director of Public Prosecutions", "Kampala", "2 February 2026"):
        assert wanted in text
    assert "check against delivery" in text


def test_what_was_never_published_is_404_and_what_was_is_410(story, newsroom, read):
    draft = draft_story(parent=newsroom, title="Draft")
    assert read(draft.url).status_code == 404
    page = story("Out")
    assert read(page.url).status_code == 200
    page.unpublish()
    gone = read(page.url)
    assert gone.status_code == 410
    assert "Out" not in gone.text_
    page.delete()
    assert read("/news/out/").status_code == 410
    assert read("/news/never-was/").status_code == 404


def test_an_editors_redirect_wins_over_gone(story, read):
    from wagtail.contrib.redirects.models import Redirect

    page = story("Moved elsewhere")
    assert read(page.url).status_code == 200
    page.unpublish()
    Redirect.add_redirect("/news/moved-elsewhere/", redirect_to="/news/", is_permanent=True)
    assert read(page.url).status_code == 301


def test_public_pages_allow_no_scripts_and_nothing_from_elsewhere(story, read, newsroom):
    page = story("Strict")
    for path in ("/news/", page.url, "/newsroom/"):
        if path == "/newsroom/":
            newsroom.unpublish()  # else it leads there
        response = read(path)
        assert response.status_code == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        # A story has one script, a static file: it copies and prints, and may fetch nothing.
        own = re.findall(r"script-src ([^;]*)", policy)
        assert own == (["'self'"] if path == page.url else [])
        assert "connect-src" not in policy
        data = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", response.text_)
        shares = '<script type="module" src="/static/wagtail_cpsnews/share.js"></script>'
        assert data.count(shares) == len(own)
        data = data.replace(shares, "")
        assert "<script" not in data.replace("&lt;script", "")
        assert " style=" not in response.text_
        assert "http://" not in response.text_.replace("http://localhost", "").replace(
            "http://www.w3.org", ""
        )


def test_every_page_of_ours_is_strict_without_the_hosts_help(story, newsroom, read, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "StrictPolicy" not in name]
    settings.WAGTAIL_CPSNEWS = {
        name: value for name, value in settings.WAGTAIL_CPSNEWS.items() if name != "BASE_TEMPLATE"
    }
    home = newsroom.get_parent()
    office = home.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    protocol = home.add_child(instance=MediaProtocolPage(title="Protocol", slug="protocol"))
    withdrawn, deleted, page = story("Withdrawn"), story("Deleted"), story("Strict")
    read("/news/")
    withdrawn.unpublish()
    deleted.delete()
    for path, status in (
        ("/news/", 200),
        (page.url, 200),
        (office.url, 200),
        (protocol.url, 200),
        ("/news/withdrawn/", 410),
        ("/news/deleted/", 410),
        ("/newsroom/", 200),
    ):
        if path == "/newsroom/":
            newsroom.unpublish()  # else it leads there
        response = read(path)
        assert response.status_code == status
        assert "default-src 'none'" in response.headers.get("Content-Security-Policy", ""), path
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "BASE_TEMPLATE": "demo/base.html"}
    assert "Content-Security-Policy" not in read(page.url).headers
    assert "Content-Security-Policy" not in read("/news/withdrawn/").headers


def test_the_policy_lets_in_pictures_from_where_they_are_stored(story, read, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.InMemoryStorage",
            "OPTIONS": {"base_url": "https://files.example/bucket/"},
        },
    }
    settings.WAGTAIL_CPSNEWS = {
        name: value for name, value in settings.WAGTAIL_CPSNEWS.items() if name != "BASE_TEMPLATE"
    }
    policy = read(story("Pictured").url).headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://files.example;" in policy
    assert "media-src 'self' https://files.example;" in policy


def test_a_page_in_a_template_of_the_hosts_is_left_alone(story, read, settings, monkeypatch):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "StrictPolicy" not in name]
    settings.WAGTAIL_CPSNEWS = {
        name: value for name, value in settings.WAGTAIL_CPSNEWS.items() if name != "BASE_TEMPLATE"
    }
    monkeypatch.setattr(NewsItemPage, "template", "demo/home_page.html")
    assert "Content-Security-Policy" not in read(story("Theirs").url).headers


def test_language_versions_lead_to_each_other(story, newsroom, read):
    page = story("In English", areas=["cymru-wales"])
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.title, welsh.slug = "Yn Gymraeg", "yn-gymraeg"
    welsh.save_revision().publish()
    assert "/cy/" in read(page.url).text_
    reply = read(NewsItemPage.objects.get(pk=welsh.pk).url)
    assert reply.status_code == 200
    assert 'lang="cy"' in reply.text_
    assert page.url in reply.text_


def test_themes_and_links_are_for_readers_without_a_filter(newsroom, story, read):
    newsroom.introduction = "<p>What we do about hate crime.</p>"
    newsroom.themes = [
        ("theme", {"topic": Topic.find("statistics"), "text": "Figures every quarter.", "image": None})
    ]
    newsroom.ways_on = [
        ("way", {"title": "High-profile cases", "text": "", "page": None, "url": "https://cases.example/"})
    ]
    newsroom.save_revision().publish()
    story("A story", areas=["wessex"])
    plain, filtered = read("/news/").text_, read("/news/", area="wessex").text_
    assert "What we do about hate crime." in plain
    for wanted in ("Figures every quarter.", "/news/?topic=statistics", "https://cases.example/"):
        assert wanted in plain
        assert wanted not in filtered


def test_an_index_is_a_preset_query(newsroom, story, read):
    from tests.factories import NewsIndexPageFactory

    story("From Wessex", areas=["wessex"])
    story("From the North", areas=["north-east"])
    index = NewsIndexPageFactory(parent=newsroom, title="Wessex", slug="wessex")
    index.areas = [Area.find("wessex")]
    index.save_revision().publish()
    text = read("/news/wessex/").text_
    assert "From Wessex" in text
    assert "From the North" not in text
    elsewhere = read("/news/wessex/", area="north-east").text_
    assert "From Wessex" in elsewhere
    assert "always for one area" in elsewhere


def test_several_filters_page_and_empty_list(story, read):
    for number in range(12):
        story(f"Story {number}", areas=["wessex"], crime_types=["hate-crime"])
    text = read("/news/", area="wessex", crime_type="hate-crime", page="2").text_
    assert (
        "Showing 11 - 12 of 12 results for crime type &quot;Hate crime&quot; &amp; area &quot;Wessex&quot;"
        in text
    )
    empty = read("/news/", area="london-north").text_
    assert "No results for area &quot;London North&quot;" in empty
    beyond = read("/news/", page="99")
    assert beyond.status_code == 404
    assert "?page=2" in beyond.text_


def test_dates_are_three_fields_and_nonsense_is_explained(story, read):
    story("Spring", published_at=timezone.make_aware(datetime.datetime(2026, 3, 14, 12)))
    story("Autumn", published_at=timezone.make_aware(datetime.datetime(2026, 10, 1, 12)))
    parts = {"published_after_day": "1", "published_after_month": "9", "published_after_year": "2026"}
    answer = read("/news/", **parts, area="")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/news/?published_after=2026-09-01"
    assert "Spring" not in read(answer.headers["Location"]).text_
    wrong = read("/news/", published_after_day="31", published_after_month="2", published_after_year="2026")
    assert wrong.status_code == 200
    assert "31/2/2026" in wrong.text_
    assert "Spring" in wrong.text_


def test_a_broken_ampersand_is_mended_and_trackers_are_dropped(story, read):
    story("Here", areas=["wessex"])
    answer = read("/news/?crime_type=hate-crime&amp%3Barea=wessex")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/news/?crime_type=hate-crime&area=wessex"
    assert "There is no parameter" not in read("/news/", utm_source="x", fbclid="y").text_
    assert "There is no parameter" in read("/news/", foo="bar").text_


def test_two_leading_slashes_lead_nowhere_else(newsroom, client):
    answer = client.get("http://localhost//news/?amp%3Barea=wessex")
    assert answer.status_code in (301, 404)
    assert not answer.headers.get("Location", "/").startswith("//")


def test_the_form_leaves_a_short_address(story, read):
    story("Here", areas=["wessex"])
    empty = dict.fromkeys(("q", "published_after_day", "published_after_month", "published_after_year"), "")
    answer = read("/news/", **empty, area="wessex", order="-published")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/news/?area=wessex")


def test_queries_of_the_html_list_do_not_grow(newsroom, story, client, django_assert_max_num_queries):
    for number in range(25):
        story(f"Story {number}", kind="news", areas=["wessex", "cps"], crime_types=["hate-crime"])
    client.get("/news/", headers={"host": "localhost"})  # takes in what is new
    for size in ("10", "100"):
        with django_assert_max_num_queries(12):
            client.get("/news/", {"page_size": size}, headers={"host": "localhost"})


def test_the_snippet_holds_the_filters(story, rf):
    story("Here", areas=["wessex"])
    text = Template(
        '{% load cpsnews %}{% news_list area="wessex" crime_type="hate-crime" as listing %}'
        '{% embed_code listing "News" as code %}{{ code }}'
    ).render(Context({"request": rf.get("/")}))
    assert '<cps-news src="http://testserver/newsroom/"' in text
    assert 'crime-type="hate-crime"' in text


def test_the_links_to_data_and_builder_hold_the_filters(story, read):
    story("Here", areas=["wessex"])
    text = read("/news/", area="wessex").text_
    for address in ("/newsroom/api/v1/items/", "/newsroom/embed/builder/"):
        link = text.partition(f'href="{address}')[2].partition('"')[0]
        assert "area=wessex" in link, address


def test_the_sites_port_is_in_addresses(story, read, newsroom):
    page = story("Here")
    site = Site.objects.get(is_default_site=True)
    site.port = 8080
    site.save()
    assert "http://localhost:8080/news/here/" in read("/news/").text_
    assert page.pk


def test_the_frame_of_the_example_is_in_the_language_of_the_page(newsroom, read, settings):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "BASE_TEMPLATE": "demo/base.html"}
    for page in (newsroom.get_parent(), newsroom):
        page.specific.copy_for_translation(Locale.objects.get(language_code="cy")).save_revision().publish()
    welsh = newsroom.get_translations().first()
    frames = {}
    for page in (newsroom, welsh):
        html = read(page.get_url()).content.decode()
        header, rest = html.split('<main id="content">')
        frames[page.locale.language_code] = header.split("<body>")[1] + rest.split("</main>")[1]
    for english, cymraeg in (("Skip to", "Neidio i"), ("Press office", "Swyddfa"), ("cookies", "chwcis")):
        assert english in frames["en"]
        assert english not in frames["cy"]
        assert cymraeg in frames["cy"]
        assert cymraeg not in frames["en"]
