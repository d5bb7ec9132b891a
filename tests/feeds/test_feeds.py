"""Feeds: what is in them.

Every feed of these tests is held to the validators' rules (``feedrules``).
"""

import datetime
import uuid

import pytest
import wagtail_factories
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from tests.feedrules import XHTML, check
from wagtail_cpsnews.catalogue import snapshots
from wagtail_cpsnews.catalogue.models import Entry, State
from wagtail_cpsnews.feeds import tombstones

FORMS = ("rss", "atom", "json")


@pytest.fixture
def feed(client):
    """A function that asks for a feed in all its forms.

    They say the same, and it returns the Atom form.
    """

    def ask(query=""):
        rss, atom, json = (
            check(client.get(f"/newsroom/feeds/news.{form}?{query}", headers={"host": "localhost"}))
            for form in FORMS
        )
        for other in (rss, json):
            for name in ("title", "subtitle", "page_url"):
                assert getattr(other, name) == getattr(atom, name)
            for story, same in zip(other.stories, atom.stories, strict=True):
                for name in ("id", "title", "url", "published", "updated", "language", "author", "image"):
                    assert getattr(story, name) == getattr(same, name)
                assert story.categories == same.categories
                assert story.text.split() == same.text.split()
            assert (other.next_url or "").replace(f".{other.form}", ".atom") == (atom.next_url or "")
        assert rss.previous_url == (atom.previous_url and atom.previous_url.replace(".atom", ".rss"))
        assert json.gone == atom.gone
        return atom

    return ask


def titles(feed):
    return [story.title for story in feed.stories]


def at(text):
    return datetime.datetime.fromisoformat(f"{text}+00:00")


@pytest.fixture
def twin(story, newsroom):
    """A story in two languages and one in English alone."""
    welsh = Locale.objects.get(language_code="cy")
    both = story("English of both", areas=["cymru-wales"], published_at=at("2026-03-02T10:00"))
    story("English alone", published_at=at("2026-03-01T10:00"))
    newsroom.copy_for_translation(welsh, copy_parents=True).save_revision().publish()
    page = both.copy_for_translation(welsh)
    page.title = "Cymraeg o’r ddau"
    page.save_revision().publish()
    return page


def test_an_empty_feed_is_a_feed(feed, newsroom):
    found = feed()
    assert found.stories == found.gone == []


def test_what_a_story_says(feed, story, newsroom, api):
    site = Site.objects.get()
    site.site_name = "Fictional Prosecutions"
    site.save()
    image = wagtail_factories.ImageFactory()
    page = story(
        "Haulier <jailed> & fined",
        summary="A haulier & “his” <brother> were jailed.",
        kind="press-release",
        areas=["wessex"],
        crime_types=["hate-crime"],
        image=image,
        image_alt="A lorry",
        published_at=at("2026-03-14T09:30"),
        updates=[
            ("update", {"date": at("2026-03-20T10:00"), "kind": "correction", "text": "It was <Exeter>."}),
        ],
    )
    found = feed()
    (said,) = found.stories
    assert found.title == "News from Fictional Prosecutions"
    assert said.title == "Haulier <jailed> & fined"
    assert said.url == page.full_url
    assert said.id == f"urn:uuid:{Entry.objects.get().pk}"
    assert said.published == at("2026-03-14T09:30")
    assert said.updated == at("2026-03-20T10:00")
    # What was put right stands before what it puts right.
    assert said.text.index("It was <Exeter>.") < said.text.index("A haulier & “his” <brother> were jailed.")
    assert "Correction" in said.text
    assert "20 March 2026" in said.text
    assert said.categories == ["Press release", "Hate crime", "Wessex"]
    assert said.author == "Fictional Prosecutions"
    assert said.image == api("items/")["results"][0]["image"]["url"]


def test_a_speech_is_its_speakers(feed, story):
    story("On fairness", speech=True, speaker="Dr Ada Lark KC")
    assert feed().stories[0].author == "Dr Ada Lark KC"


def test_an_archived_story_says_so(feed, story):
    story("Long ago", archived_on=datetime.date(2026, 1, 1))
    assert "Archived" in feed().stories[0].text


def test_the_full_text_stays_on_the_site(feed, story, client):
    story("A story", body=[("text", "<p>Told at length.</p>")], notes_to_editors="<p>Ring us.</p>")
    found = feed()
    assert "at length" not in found.stories[0].text
    for form in FORMS:
        said = client.get(f"/newsroom/feeds/news.{form}", headers={"host": "localhost"}).content
        assert b"at length" not in said
        assert b"Ring us" not in said


def test_every_filter_of_the_list_works(feed, story, api):
    story("Harbour", areas=["wessex"], kind="press-release", published_at=at("2026-03-01T10:00"))
    story("Lantern", areas=["wessex"], crime_types=["hate-crime"], published_at=at("2026-03-02T10:00"))
    story("Figures", topics=["statistics"], published_at=at("2026-03-03T10:00"))
    for query, expected in {
        "": ["Figures", "Lantern", "Harbour"],
        "q=lantern": ["Lantern"],
        "area=wessex": ["Lantern", "Harbour"],
        "area=wessex&crime_type=hate-crime": ["Lantern"],
        "area=wiltshire&kind=press-release": ["Harbour"],
        "topic=statistics&topic=victims": ["Figures"],
        "published_after=2026-03-02": ["Figures", "Lantern"],
        "published_after=2026-03-02&published_before=2026-03-02": ["Lantern"],
        "order=published": ["Harbour", "Lantern", "Figures"],
        "page_size=1&page=2": ["Lantern"],
        "language=cy&language_only=1": [],
        "language=cy&lang=en&q=lantern": ["Lantern (English)"],
    }.items():
        found = feed(query)
        assert titles(found) == expected, query
        if "victims" not in query:
            welsh = "language=cy" in query and "lang=en" not in query
            said = "Straeon y mae localhost wedi’u cyhoeddi." if welsh else "Stories published by localhost."
            assert found.subtitle == said
            listed = [item["title"] for item in api(f"items/?{query}")["results"]]
            assert [title.removesuffix(" (English)") for title in titles(found)] == listed


def test_the_title_says_the_filter(feed, story):
    story("A story", areas=["wessex"])
    found = feed("area=wiltshire&q=story")
    assert found.title == 'News from localhost: area "Wessex" & search term "story"'
    assert found.page_url == "http://localhost/news/?q=story&area=wessex"


def test_addresses_are_normalised(feed, story):
    story("A story", areas=["wessex"])
    found = feed("utm_source=x&lang=en&page_size=20&area=wiltshire&area=wessex&page=1&language=en")
    assert found.self_url == "http://localhost/newsroom/feeds/news.atom?area=wessex"
    assert found.subtitle == "Stories published by localhost."


def test_twenty_without_being_asked_and_pages_behind_them(feed, story):
    for number in range(22):
        story(f"Story {number}")  # more than a feed holds
    first = feed()
    assert len(first.stories) == 20
    assert first.next_url == "http://localhost/newsroom/feeds/news.atom?page=2"
    second = feed("page=2")
    assert len(second.stories) == 2
    assert second.next_url is None
    assert not set(titles(first)) & set(titles(second))
    assert len(feed("page_size=10").stories) == 10
    assert second.previous_url == "http://localhost/newsroom/feeds/news.atom"
    assert first.previous_url is None


def test_a_mistyped_filter_does_not_pass_for_everything(feed, story):
    story("A story")
    for query, named in {
        "area=nowhere": "There is no area “nowhere”. (area)",
        "aera=wessex": "There is no parameter “aera”. (aera)",
        "published_after=yesterday": "“yesterday” is not a day",
        "q=%00": "contains an invalid character",
        "keys=fraud&crime_type=12": "There is no parameter “keys”",
        "language=klingon-language": "is not a language code",
    }.items():
        found = feed(query)
        assert titles(found) == ["A story"]
        assert found.title == "News from localhost (part of the filter was not understood)"
        assert named in found.subtitle


def test_what_is_no_filter_is_explained_below_the_title(feed, story):
    story("A story")
    found = feed("page_size=1000&order=sideways&facets=none")
    assert found.title == "News from localhost"
    for name in ("page_size", "order", "facets"):
        assert f"({name})" in found.subtitle
    beyond = feed("page=9")
    assert beyond.stories == []
    assert "There is no page 9. The last page is 1." in beyond.subtitle


def test_a_welsh_feed_shows_every_story_once(feed, twin):
    found = feed("language=cy")
    assert titles(found) == ["Cymraeg o’r ddau", "English alone (Saesneg)"]
    assert [story.language for story in found.stories] == ["cy", "en"]
    assert found.language == "cy"
    assert found.page_url == "http://localhost/cy/news/"
    assert titles(feed()) == ["English of both", "English alone"]
    assert titles(feed("language=cy&language_only=1")) == ["Cymraeg o’r ddau"]
    (labelled,) = feed("language=cy&area=cymru-wales").stories
    assert labelled.categories == ["Cymru"]


def test_a_language_that_no_story_has(feed, twin):
    found = feed("language=ur")
    assert titles(found) == ["English of both (English)", "English alone (English)"]


def test_characters_that_xml_cannot_hold(feed, story):
    story(
        "Bell \x07 and \ufffe ]]> & <b>bold</b> خبر", summary="One\x0btwo ]]> \uffff\U0001f693", slug="bell"
    )
    (said,) = feed().stories
    assert said.title == "Bell \ufffd and \ufffd ]]> & <b>bold</b> خبر"
    assert said.text == "One two ]]> \ufffd\U0001f693"  # a line break of word processors


def test_addresses_with_letters_of_any_alphabet(feed, story):
    story("Gŵyr", slug="gŵyr")
    assert feed().stories[0].url == "http://localhost/news/g%C5%B5yr/"


def test_what_is_gone_leaves_an_id_and_a_time(feed, story):
    kept, gone = story("Kept"), story("Withdrawn secret", areas=["wessex"])
    assert len(feed().stories) == 2
    pk = Entry.objects.get(page_pk=gone.pk).pk
    gone.unpublish()
    found = feed()
    assert titles(found) == ["Kept"]
    assert [ref for ref, _when in found.gone] == [f"urn:uuid:{pk}"]
    # The same whatever the filter: nobody finds out what it was filed under, or in which language it was.
    for query in ("area=wessex", "area=cps", "language=cy", "q=secret", "published_before=1999-01-01"):
        assert feed(query).gone == found.gone
    kept.unpublish()
    assert len(feed().gone) == 2
    gone.save_revision().publish()
    assert f"urn:uuid:{pk}" not in [ref for ref, _when in feed().gone]


def forget_answers():
    """Let no answer from before be given: no signal has told of a change."""
    State.objects.update(epoch=uuid.uuid4())
    snapshots.reset()


def test_a_story_whose_time_is_over_is_gone(feed, story, monkeypatch):
    page = story("Short")
    assert titles(feed()) == ["Short"]
    when = timezone.now() - datetime.timedelta(minutes=1)
    pk = Entry.objects.get().pk
    Page.objects.filter(pk=page.pk).update(expire_at=when)
    Entry.objects.update(expires_at=when)
    forget_answers()
    # As between two looks: the catalogue has not buried it yet.
    monkeypatch.setattr("wagtail_cpsnews.catalogue.projection.project_once", lambda: False)
    found = feed()
    assert Entry.objects.get().public
    assert found.stories == []
    assert [ref for ref, _when in found.gone] == [f"urn:uuid:{pk}"]


def test_tombstones_are_those_of_the_site_lately_and_not_too_many(feed, story, monkeypatch):
    pages = [story(f"Story {number}") for number in range(4)]
    assert len(feed().stories) == 4
    for page in pages:
        page.unpublish()
    assert len(feed().gone) == 4
    old, elsewhere = Entry.objects.all()[:2]
    Entry.objects.filter(pk=old.pk).update(gone_at=timezone.now() - datetime.timedelta(days=91))
    Entry.objects.filter(pk=elsewhere.pk).update(site_id=999)
    forget_answers()
    assert len(feed().gone) == 2
    monkeypatch.setattr(tombstones, "AT_MOST", 1)
    forget_answers()
    left = Entry.objects.exclude(pk__in=[old.pk, elsewhere.pk])
    latest = left.order_by("-gone_at", "pk")[0]
    assert [ref for ref, _when in feed().gone] == [f"urn:uuid:{latest.pk}"]


def test_what_was_never_public_is_in_no_feed(feed, story, newsroom):
    from tests.factories import draft_story

    draft_story(parent=newsroom, title="Only a draft")
    story("Later", go_live_at=timezone.now() + datetime.timedelta(days=1))
    found = feed()
    assert found.stories == found.gone == []


def test_a_taxonomy_that_is_off_is_in_no_feed(feed, story, settings):
    story("A story", areas=["wessex"], kind="press-release")
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"kind": False}}
    assert feed().stories[0].categories == ["Wessex"]
    assert "not understood" in feed("kind=press-release").title


def test_stories_are_read_where_another_front_end_shows_them(feed, story, settings):
    story("A story", slug="story")
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": "https://front.example.org"}
    assert feed().stories[0].url == "https://front.example.org/news/story/"


def test_the_page_inside_says_what_the_feed_says(feed, story):
    story("A story", published_at=at("2026-03-02T10:00"))
    page = feed().people
    assert [e.text for e in page.iter(f"{XHTML}h1")] == ["News from localhost"]
    (heading,) = page.iter(f"{XHTML}h2")
    assert heading[0].text == "A story"
    assert "2 March 2026" in "".join(page.itertext())


def test_before_the_first_build(client, newsroom):
    State.objects.update(built_at=None)
    for path in (*(f"feeds/news.{form}" for form in FORMS), "sitemap-news.xml"):
        response = client.get(f"/newsroom/{path}", headers={"host": "localhost"})
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "60"
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
