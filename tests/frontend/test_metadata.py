"""What the head of each public page tells search engines and sites that preview links."""

import datetime
import json

import pytest
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from tests.answering import OFFICE
from tests.factories import draft_story, make_contact
from tests.headrules import Head
from tests.pointing import restrict_collection
from tests.protocols import NEW, OLD, stream
from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsIndexPage, NewsItemPage, PressOfficePage

WHEN = datetime.datetime(2026, 3, 14, 10, 30, tzinfo=datetime.UTC)
NASTY = "</script><!--<script>alert(1)</script> & “x” \u202e\u2028"


@pytest.fixture
def head(client):
    """Asks for a page and returns what its head says."""

    def read(path, status=200, **params):
        response = client.get(path, params, headers={"host": "localhost"})
        assert response.status_code == status
        return Head(response)

    return read


@pytest.fixture
def picture(collection):
    file = get_test_image_file(filename="court.png", size=(1600, 1200))
    return get_image_model().objects.create(title="Court", collection=collection, file=file)


@pytest.fixture
def both(newsroom):
    """The newsroom in English and Welsh; returns the Welsh index page."""
    welsh = newsroom.copy_for_translation(Locale.objects.get(language_code="cy"), copy_parents=True)
    welsh.title, welsh.slug = "Canolfan newyddion", "newyddion"
    welsh.save_revision().publish()
    return NewsIndexPage.objects.get(pk=welsh.pk)


def translated(page, parent, **fields):
    made = page.copy_for_translation(parent.locale)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save_revision().publish()
    return type(made).objects.get(pk=made.pk)


def test_every_page_has_no_fault_in_either_language(newsroom, both, story, head, picture):
    make_contact("Office", national=True, hours=OFFICE, areas=["wessex"])
    full = {
        "kind": "press-release",
        "areas": ["wessex"],
        "image": picture,
        "image_alt": "A court",
        "image_credit": "PA",
        "published_at": WHEN,
        "updates": [
            ("update", {"date": WHEN, "kind": "correction", "text": "The court was Exeter."}),
            ("update", {"date": WHEN, "kind": "update", "text": "A hearing was set."}),
        ],
    }
    release = story("Haulier jailed", **full)
    speech = story("On harm", speech=True, speaker="Rosalind Ackerley KC", role="Director", event="Heads of Prosecution",
        location="Kampala", delivered_on=datetime.date(2026, 2, 2), script="as_prepared", recording="https://video.example/1")  # fmt: skip
    office = newsroom.add_child(instance=PressOfficePage(title="Press office", slug="press-office"))
    protocol = newsroom.add_child(
        instance=MediaProtocolPage(title="Protocol", slug="protocol", versions=stream(NEW, OLD))
    )
    pages = [newsroom, release, speech, office, protocol]
    pages += [both, *(translated(page, both, title=f"{page.title} (cy)") for page in pages[1:])]
    for page in pages:
        found = head(page.url)
        assert found.check() == [], page.url
        assert found.canonical == [f"http://localhost{page.url}"]
        assert set(found.alternates) == {"en", "cy", "x-default"}
        assert found.alternates["x-default"] == found.alternates["en"]
        assert found.alternates[page.locale.language_code] == found.canonical[0]
        assert found.soup.html["lang"] == page.locale.language_code
    assert head("/news/", area="wessex").check() == []
    for index in (newsroom, *newsroom.get_translations()):
        index.unpublish()
    assert head("/newsroom/").check() == []


def test_what_a_story_says(story, head, picture):
    make_contact("Office", national=True, hours=[("0 1", "09:00", "09:00")], areas=["wessex"], channels=[
        {"kind": "phone", "value": "020 7946 0001", "label": "", "public": True},
        {"kind": "email", "value": "secret@example.org", "label": "", "public": False}])  # fmt: skip
    page = story(
        "Haulier jailed", kind="press-release", areas=["wessex"], image=picture, published_at=WHEN,
        updates=[
            ("update", {"date": WHEN, "kind": "clarification", "text": "He is 40."}),
            ("update", {"date": WHEN + datetime.timedelta(days=1), "kind": "update", "text": "More"}),
        ],
    )  # fmt: skip
    found = head(page.url)
    article, publisher = found.node("NewsArticle"), found.node("GovernmentOrganization")
    assert article["headline"] == "Haulier jailed"
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "He is 40.", "datePublished": "2026-03-14T10:30:00+00:00"}
    ]
    assert article["dateModified"] == "2026-03-15T10:30:00+00:00"
    assert article["keywords"] == ["Wessex"]
    assert (article["image"]["width"], article["image"]["height"]) == ("1200", "630")
    assert found.og["og:image"] == [article["image"]["url"]]
    contact = publisher["contactPoint"][0]
    assert contact["telephone"] == "020 7946 0001"
    assert contact["hoursAvailable"][0] == {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": ["https://schema.org/Monday", "https://schema.org/Tuesday"],
        "opens": "09:00",
        "closes": "08:59",
    }
    assert "secret@example.org" not in found.response.content.decode()
    assert [item["name"] for item in found.node("BreadcrumbList")["itemListElement"]] == [
        "localhost",
        "News centre",
        "Haulier jailed",
    ]


def test_a_speech_names_speaker_and_event(story, head):
    page = story("On harm", speech=True, speaker="Rosalind Ackerley KC", role="Director", event="Heads of Prosecution",
        location="Kampala", event_first_day=datetime.date(2026, 2, 1), event_last_day=datetime.date(2026, 2, 3))  # fmt: skip
    found = head(page.url)
    event, person = (
        found.node("Event"),
        {"@type": "Person", "name": "Rosalind Ackerley KC", "jobTitle": "Director"},
    )
    assert found.node("NewsArticle")["author"] == [person]
    assert found.node("NewsArticle")["recordedAt"] == {"@id": event["@id"]}
    assert (event["startDate"], event["endDate"]) == ("2026-02-01", "2026-02-03")
    assert event["location"]["name"] == "Kampala"


def test_no_text_leaves_the_script_or_an_attribute(story, newsroom, head):
    newsroom.title = NASTY
    newsroom.save_revision().publish()
    page = story(NASTY, slug="nasty", summary=NASTY, speech=True, speaker=NASTY, event=NASTY,
        updates=[("update", {"date": WHEN, "kind": "correction", "text": NASTY})])  # fmt: skip
    for path in (page.url, "/news/"):
        found = head(path)
        text = found.response.content.decode()
        assert "<script>alert" not in text
        assert "<!--<" not in text
        assert text.count("<script") == 1 + text.count('src="/static/wagtail_cpsnews/share.js"')
        assert found.check() == []
    assert head(page.url).node("NewsArticle")["headline"] == NASTY.replace("\u202e", "")


def test_what_is_hidden_is_not_in_the_head(story, newsroom, head, picture, both):
    page = story("Shown", image=picture)
    other = translated(page, both, title="Cudd")
    assert "og:image" in head(page.url).og
    assert len(head(page.url).node("NewsArticle")["workTranslation"]) == 1
    restrict_collection(picture)
    other.unpublish()
    found = head(page.url)
    assert not {"og:image", "og:locale:alternate"} & set(found.og)
    assert not {"image", "workTranslation"} & set(found.node("NewsArticle"))
    assert found.alternates == {}
    NewsIndexPage.objects.filter(pk=newsroom.pk).update(live=False, title="Hidden parent")
    assert "Hidden parent" not in head(page.url).response.content.decode()


def test_a_story_kept_from_search_engines_says_so_and_keeps_the_rest(story, head, client):
    page = story("Kept", noindex=True)
    found = head(page.url)
    assert found.robots == ["noindex, follow"]
    assert found.response["X-Robots-Tag"] == "noindex"
    assert found.canonical == [f"http://localhost{page.url}"]
    assert found.node("NewsArticle")["headline"] == "Kept"
    assert found.check() == ["is-crawlable"]  # Lighthouse says just what is wanted here
    again = client.get(page.url, headers={"host": "localhost", "if-none-match": found.response["ETag"]})
    assert (again.status_code, again["X-Robots-Tag"]) == (304, "noindex")
    assert client.head(page.url, headers={"host": "localhost"})["X-Robots-Tag"] == "noindex"
    page.noindex = False
    page.save_revision().publish()
    assert head(page.url).robots == []
    assert "X-Robots-Tag" not in head(page.url).response
    assert head("/news/").robots == []


def test_structured_data_names_nothing_that_is_not_public(story, newsroom, head, picture, both):
    embargoed = draft_story(parent=newsroom, title="Secret embargo", slug="secret-embargo")
    embargoed.go_live_at = timezone.now() + datetime.timedelta(days=1)
    embargoed.save_revision().publish()
    draft = draft_story(parent=newsroom, title="Secret draft", slug="secret-draft")
    links = "".join(f'<p><a linktype="page" id="{one.pk}">{one.title}</a></p>' for one in (embargoed, draft))
    page = story(
        "Shown",
        body=[
            ("text", links),
            ("related_stories", {"heading": "", "stories": [embargoed, draft]}),
        ],
        notes_to_editors=links,
        version_of=draft,
        image=picture,
        image_alt="A court",
    )
    twin = translated(page, both, title="Secret translation", slug="secret-translation")
    twin.unpublish()
    found = head(page.url)
    assert "secret" not in json.dumps(found.nodes).lower()
    assert found.node("NewsArticle")["image"]["description"] == "A court"


@pytest.mark.parametrize(
    ("words", "given"), [("", True), ("Open Government Licence v3.0", True), ("All rights reserved", False)]
)
def test_structured_data_gives_no_picture_with_a_licence_of_its_own(
    story, head, picture, settings, words, given
):
    licence = {"name": "Open Government Licence v3.0", "url": "https://example.org/ogl"}
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LICENCE": licence}
    page = story("Shown", image=picture, image_caption="The court", image_licence=words)
    found = head(page.url)
    assert ("image" in found.node("NewsArticle")) is given
    assert ("The court" in json.dumps(found.nodes)) is given


@pytest.mark.parametrize(
    ("params", "canonical", "indexed"),
    [
        ({}, "", True),
        ({"order": "published"}, "", True),
        ({"order": "published", "page": "2"}, "", True),
        ({"page_size": "1"}, "", True),
        ({"lang": "cy"}, "", True),
        ({"utm_source": "x", "fbclid": "y"}, "", True),
        ({"page": "2"}, "?page=2", True),
        ({"area": "wessex", "utm_source": "x"}, "?area=wessex", True),
        ({"area": "wessex", "order": "published"}, "?area=wessex", True),
        ({"area": ["wessex", "south-west"]}, "?area=wessex&area=south-west", False),
        ({"area": "wessex", "kind": "news"}, "?kind=news&area=wessex", False),
        ({"area": "south-west"}, "?area=south-west", False),
        ({"q": "story"}, "?q=story", False),
        ({"colour": "red"}, "", False),
    ],
)
def test_one_canonical_address_a_list(story, newsroom, head, params, canonical, indexed):
    for number in range(11):
        story(f"Story {number}", areas=["wessex"], kind="news")
    found = head("/news/", **params)
    assert found.canonical == [f"http://localhost/news/{canonical}"]
    assert (found.robots == []) is indexed
    assert bool(found.nodes) is indexed


def test_pages_that_show_less_are_not_listed(story, newsroom, head):
    story("One")
    assert head("/news/", 404, page="7").robots == ["noindex, follow"]
    protocol = newsroom.add_child(
        instance=MediaProtocolPage(title="Protocol", slug="protocol", versions=stream(NEW, OLD))
    )
    old, new = protocol.get_history().find("2005 protocol"), protocol.get_history().present
    address = "http://localhost/news/protocol/"
    assert head(protocol.url, version=new.id).canonical == [address]
    assert head(protocol.url, version=old.id).canonical == [f"{address}?version={old.id}"]
    compared = head(protocol.url, compare=old.id)
    assert compared.robots == ["noindex, follow"]


def test_an_alias_names_the_story_itself(story, newsroom, head):
    page = story("Original")
    section = newsroom.get_parent().add_child(instance=NewsIndexPage(title="Section", slug="section"))
    alias = page.create_alias(parent=section)
    assert head(alias.get_url()).canonical == [f"http://localhost{page.url}"]
    twin = newsroom.create_alias(update_slug="twin")
    assert head(twin.get_url()).canonical == ["http://localhost/news/"]
    assert head("/twin/", page_size="1").canonical == ["http://localhost/news/"]


def test_a_preview_has_no_address(newsroom, client):
    page = draft_story(parent=newsroom, title="Draft", summary="To come.")
    page.save_revision()
    found = Head(NewsItemPage.objects.get(pk=page.pk).make_preview_request())
    assert found.description == ["To come."]
    assert (found.canonical, found.og, found.nodes) == ([], {}, [])


def test_no_page_varies_by_accept_language(story, newsroom, client):
    """Its language is in its address."""
    page = story("One")
    for path in ("/news/", page.url, "/newsroom/", "/news/?area=wessex", "/news/nothing/"):
        response = client.get(path, headers={"host": "localhost", "accept-language": "cy"})
        assert "accept-language" not in response.headers.get("Vary", "").lower(), path
        assert response.headers["Content-Language"] == "en"
        if "ETag" in response.headers:
            again = client.get(path, headers={"host": "localhost", "if-none-match": response.headers["ETag"]})
            assert again.status_code == 304
            assert "accept-language" not in again.headers.get("Vary", "").lower(), path
