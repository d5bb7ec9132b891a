"""``api/v1/pages/…/``: news centre, press office and protocol.

What they show, and nothing that they do not.
"""

import json

import time_machine
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from demo.models import HomePage
from tests.answering import OFFICE, at
from tests.api.test_schema import check, schema_of
from tests.factories import HomePageFactory, NewsIndexPageFactory, make_contact, publish_story
from tests.frontend.test_press_panel import HIDES
from tests.jsonpages import CLIENT, SORTS, in_welsh, publish, undone
from tests.protocols import NEW
from wagtail_cpsnews.catalogue.invalidation import invalidate_page
from wagtail_cpsnews.catalogue.projection import project_pending
from wagtail_cpsnews.pages.models import NewsIndexPage, PressOfficePage
from wagtail_cpsnews.taxonomy.models import Topic

# -- what they give -------------------------------------------------------------------------------------------------


def test_the_news_centre(newsroom, office, protocol, give):
    Image = get_image_model()
    picture = Image.objects.create(title="Harbour", file=get_test_image_file())
    topic = Topic.find("statistics")
    newsroom.introduction = "<p>Words.</p>"
    newsroom.themes = [("theme", {"topic": topic, "text": "Figures.", "image": picture})]
    newsroom.ways_on = [
        ("way", {"title": "Office", "text": "", "page": office, "url": ""}),
        ("way", {"title": "Elsewhere", "text": "", "page": None, "url": "https://other.example/"}),
    ]
    newsroom.media_text, newsroom.protocol_page, newsroom.press_office_page = "Call us.", protocol, office
    newsroom.save_revision().publish()
    given = give("news-centre")
    assert (given["title"], given["url"], given["language"]) == (
        "News centre",
        "http://localhost/news/",
        "en",
    )
    assert given["introduction"] == "<p>Words.</p>"
    (theme,) = given["themes"]
    assert theme["topic"] == {"slug": "statistics", "label": topic.name}
    assert theme["url"] == "http://localhost/news/?topic=statistics"
    assert theme["image"]["url"].startswith("http://localhost/")
    assert [way["url"] for way in given["ways_on"]] == [
        "http://localhost/press-office/",
        "https://other.example/",
    ]
    assert given["media"]["protocol"]["url"] == "http://localhost/media-protocol/"
    assert given["media"]["protocol"]["status"] == "In force since 17 December 2025"
    assert given["media"]["press_office"]["title"] == "Press office"
    assert given["items_url"] == "http://localhost/newsroom/api/v1/items/"
    assert [feed["name"] for feed in given["feeds"]] == ["RSS", "Atom", "JSON Feed"]
    assert given["translations"] == []


def test_what_the_list_is_fixed_to(newsroom, story, give, client):
    story("Filed", topics=["statistics"])
    story("Plain")
    newsroom.topics = [Topic.find("statistics")]
    newsroom.themes = [("theme", {"topic": Topic.find("statistics"), "text": "", "image": None})]
    newsroom.save_revision().publish()
    given = give("news-centre")
    assert given["query"] == {"topic": ["statistics"], "language": "en", "lang": "en"}
    assert given["themes"] == []
    listed = client.get(given["items_url"], headers={"host": "localhost"}).json()
    assert [item["title"] for item in listed["results"]] == ["Filed"]
    for feed in given["feeds"]:
        text = client.get(feed["url"], headers={"host": "localhost"}).content.decode()
        assert "Filed" in text
        assert "Plain" not in text


def test_the_press_office(office, home, contacts, give, api):
    make_contact("Wessex", areas=["wessex"], hours=OFFICE)
    office.enquiries_page = home
    office.policy = [("part", {"title": "Who we follow", "anchor": "", "text": "<p>Anybody.</p>"})]
    office.save_revision().publish()
    with time_machine.travel(at("2026-11-25 02:00"), tick=False):
        given = give("press-office")
        rows = {row["name"]: row for row in api("press-contacts/")["results"]}
    groups = {group["title"]: group["contacts"] for group in given["contact_groups"]}
    assert [one["name"] for one in groups["Contact for journalists"]] == ["Duty", "Office"]
    assert [one["name"] for one in groups["By area"]] == ["Wessex"]
    for group in groups.values():
        for contact in group:
            assert contact == rows[contact["name"]]
    assert given["public_notice"]["enquiries"]["url"] == "http://localhost/"
    assert "accredited journalists only" in given["public_notice"]["html"]
    assert [one["url"] for one in given["emergency_numbers"]] == ["tel:101", "tel:999"]
    policy = given["social_media_policy"]
    assert [part["anchor"] for part in policy["parts"]] == ["who-we-follow", "corrections"]
    assert policy["parts"][0]["url"] == "http://localhost/press-office/#who-we-follow"
    office.shows_emergency_numbers, office.policy = False, []
    office.save_revision().publish()
    given = give("press-office")
    assert (given["emergency_numbers"], given["social_media_policy"]) == ([], None)


def test_the_addresses_of_parts_are_the_pages(office, give, client):
    office.policy = [
        ("part", {"title": "Who we follow", "anchor": "", "text": "<p>Anybody.</p>"}),
        ("part", {"title": "Replies", "anchor": "answers", "text": "<p>None.</p>"}),
    ]
    office.save_revision().publish()
    html = client.get("/press-office/", headers={"host": "localhost"}).content.decode()
    policy = give("press-office")["social_media_policy"]
    for anchor in (policy["anchor"], *(part["anchor"] for part in policy["parts"])):
        assert f'id="{anchor}"' in html


def test_the_protocol_and_one_version_of_it(protocol, give, ask):
    given = give("media-protocol")
    assert [version["title"] for version in given["versions"]] == ["2025 protocol", "2005 protocol"]
    assert given["present_version"] == given["versions"][0]["id"]
    for name in ("2005-protocol", given["versions"][1]["id"], "2005 Protocol"):
        (version,) = give("media-protocol", version=name)["versions"]
        assert version == given["versions"][1]
    refused = ask("media-protocol", version="1999")
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["parameter"], error["value"]) == ("version", "1999")
    assert error["allowed"] == ["2025 protocol", "2005 protocol"]
    assert "ETag" not in refused


def test_answers_are_as_described(pages, contacts, give, ask, api):
    document = api("schema/")
    pages["news-centre"].protocol_page = pages["media-protocol"]
    pages["news-centre"].save_revision().publish()
    for sort in SORTS:
        check(give(sort), schema_of(document, f"pages/{sort}/"))
        in_welsh(pages[sort], title="Yn Gymraeg")
        check(give(sort, language="cy"), schema_of(document, f"pages/{sort}/"))
        check(ask(sort, path="/nowhere/").json(), schema_of(document, f"pages/{sort}/", "404"))
        check(ask(sort, area="wessex").json(), schema_of(document, f"pages/{sort}/", "400"))


# -- what they do not give ------------------------------------------------------------------------------------------


def hide_another_site(page):
    Site.objects.create(
        hostname="other.example",
        port=80,
        root_page=HomePageFactory(parent=Page.objects.get(depth=1), title="Other", slug="other"),
    )
    page.move(Site.objects.get(hostname="other.example").root_page, pos="last-child")


def test_a_page_that_is_not_public_is_as_if_there_were_none(pages, ask):
    for sort in SORTS:
        before = ask(sort)
        assert ask(sort, tag=before["ETag"]).status_code == 304
        with undone():
            type(pages[sort]).objects.get(pk=pages[sort].pk).delete()
            nothing = ask(sort)
        for hide in (*HIDES, hide_another_site):
            with undone():
                page = type(pages[sort]).objects.get(pk=pages[sort].pk)
                hide(page)
                path = Page.objects.get(pk=page.pk).url_path.removeprefix("/home-page")
                for params in ({}, {"path": path}, {"language": "cy"}):
                    hidden = ask(sort, tag=before["ETag"], **params)
                    assert hidden.status_code == 404, hide
                    assert hidden.content == nothing.content
                    assert dict(hidden.headers) == dict(nothing.headers)
            assert ask(sort, tag=before["ETag"]).status_code == 304
        assert nothing["Cache-Control"] == "no-store"
        assert "ETag" not in nothing


def test_a_story_that_a_rule_hides_is_not_led_to(newsroom, protocol, give, rule):
    held = publish_story(parent=newsroom, title="Held back")
    newsroom.introduction = f'<p><a linktype="page" id="{held.pk}">Story</a></p>'
    newsroom.ways_on = [("way", {"title": "Way", "text": "", "page": held, "url": ""})]
    newsroom.save_revision().publish()
    protocol.introduction = f'<p><a linktype="page" id="{held.pk}">Story</a></p>'
    protocol.save_revision().publish()
    assert str(give("news-centre")).count("held-back") == 2
    assert str(give("media-protocol")).count("held-back") == 1
    rule(lambda page: "held" if page.pk == held.pk else "")
    invalidate_page(held.pk)
    project_pending()
    assert "held-back" not in str(give("news-centre"))
    assert "held-back" not in str(give("media-protocol"))


def test_a_draft_of_changes_is_not_given(pages, give):
    for sort in SORTS:
        page = pages[sort]
        page.title, page.introduction = "Not yet", "<p>Not yet.</p>"
        page.save_revision()
        assert "Not yet" not in json.dumps(give(sort))


def test_no_text_gives_the_address_of_what_is_not_public(pages, home, give):
    """Wagtail writes it into rich text; it says what the page is about."""
    secret = publish(home, HomePage(title="Secret", slug="secret-plan"))
    link = f'<p><a linktype="page" id="{secret.pk}">here</a></p>'
    news, office, protocol = (pages[sort] for sort in SORTS)
    news.introduction = link
    news.ways_on = [("way", {"title": "Way", "text": "", "page": secret, "url": ""})]
    office.introduction = office.public_notice = office.policy_introduction = office.corrections = link
    office.policy = [("part", {"title": "Part", "anchor": "", "text": link})]
    office.enquiries_page = secret
    protocol.introduction = link
    protocol.versions = [
        (
            "version",
            {
                **NEW,
                "introduction": link,
                "clauses": [{"number": "1", "heading": "Purpose", "text": link}],
                "annexes": [{"title": "Annex A", "text": link, "lists": []}],
            },
        )
    ]
    for page in pages.values():
        page.save_revision().publish()
    for sort, count in zip(SORTS, (2, 6, 4), strict=True):
        said = json.dumps(give(sort))
        assert said.count("http://localhost/secret-plan/") == count
        assert "linktype" not in said
    # An alias answers, so a text may lead to it.
    for hide in (each for each in HIDES if each.__name__ != "hide_by_becoming_an_alias"):
        with undone():
            hide(HomePage.objects.get(pk=secret.pk))
            for sort in SORTS:
                said = json.dumps(give(sort))
                assert "secret-plan" not in said, hide
                assert '"None"' not in said
                assert "<a>here</a>" in said


def test_no_text_gives_the_address_of_a_document_that_is_not_public(pages, give):
    collection = Collection.get_first_root_node().add_child(name="Papers")
    document = get_document_model()(title="Names", collection=collection)
    document.file.save("names.pdf", ContentFile(b"%PDF"), save=False)
    document.save()
    link = f'<p><a linktype="document" id="{document.pk}">here</a></p>'
    for page in pages.values():
        page.introduction = link
        page.save_revision().publish()
    for sort in SORTS:
        assert f'<a href="http://localhost{document.url}">here</a>' in give(sort)["introduction"]
    parent = Collection.get_first_root_node()
    CollectionViewRestriction.objects.create(collection=parent, restriction_type="login")
    for sort in SORTS:
        assert give(sort)["introduction"] == "<p><a>here</a></p>"


def test_nothing_of_a_contact_that_is_not_public(office, contacts, give):
    said = json.dumps(give("press-office"))
    assert "0001" in said
    assert "0666" not in said
    contacts["office"].retired = True
    contacts["office"].save()
    assert "0001" not in json.dumps(give("press-office"))


# -- which page -----------------------------------------------------------------------------------------------------


def test_of_several_news_centres_the_one_without_filters(newsroom, home, give):
    newsroom.topics = [Topic.find("statistics")]
    newsroom.save_revision().publish()
    section = publish(home, HomePage(title="Section", slug="section"))
    publish(section, NewsIndexPage(title="Everything", slug="all"))
    assert give("news-centre")["title"] == "Everything"
    assert give("news-centre", path="/news/")["title"] == "News centre"
    assert give("news-centre", path="/section/all")["title"] == "Everything"


def test_of_several_offices_the_nearest_to_the_home_page(newsroom, office, give, ask):
    deep = publish(newsroom, PressOfficePage(title="Deep", slug="deep"))
    assert give("press-office")["title"] == "Press office"
    assert give("press-office", path="/news/deep/")["title"] == "Deep"
    office.unpublish()
    assert give("press-office")["title"] == "Deep"
    deep.unpublish()
    assert ask("press-office").status_code == 404


def test_two_sites(newsroom, office, give, ask, settings):
    other = HomePageFactory(parent=Page.objects.get(depth=1), title="Other", slug="other")
    Site.objects.create(hostname="other.example", port=80, root_page=other)
    assert ask("news-centre", host="other.example").status_code == 404
    index = NewsIndexPageFactory(parent=other, title="Other news", slug="news")
    index.save_revision().publish()
    assert give("news-centre", host="other.example")["url"] == "http://other.example/news/"
    assert give("news-centre")["url"] == "http://localhost/news/"
    assert ask("press-office", host="other.example").status_code == 404
    assert ask("press-office", host="other.example", path="/press-office/").status_code == 404
    settings.WAGTAIL_CPSNEWS = {"SITES": "all"}
    assert give("press-office", host="other.example")["url"] == "http://localhost/press-office/"
    assert give("news-centre", host="other.example")["title"] == "Other news"


def test_languages(pages, give):
    for sort in SORTS:
        page = pages[sort]
        given = give(sort, language="cy")
        assert (given["language"], given["title"], given["translations"]) == ("en", page.title, [])
        welsh = in_welsh(page, title="Yn Gymraeg")
        given = give(sort, language="cy")
        assert (given["language"], given["language_display"]) == ("cy", "Cymraeg")
        assert given["title"] == "Yn Gymraeg"
        assert [(other["language"], other["url"]) for other in given["translations"]] == [
            ("en", page.full_url)
        ]
        assert give(sort)["language"] == "en"
        path = given["url"].removeprefix("http://localhost")
        assert give(sort, path=path)["language"] == "cy"
        assert give(sort, path=path, language="en")["language"] == "en"
        assert give(sort, language="cy", lang="en")["language_display"] == "Welsh"
        PageViewRestriction.objects.create(page=welsh, restriction_type="login")
        given = give(sort, language="cy")
        assert (given["language"], given["translations"]) == ("en", [])
        assert "Gymraeg" not in str(given)


def test_a_section_in_welsh_is_not_the_news_centre(newsroom, home, give):
    section = publish(home, NewsIndexPage(title="Section", slug="a-section", topics=[]))
    section.topics = [Topic.find("statistics")]
    section.save_revision().publish()
    in_welsh(section, title="Adran")
    assert give("news-centre", language="cy")["title"] == "News centre"


def test_bad_questions_are_explained(pages, ask):
    for sort in SORTS:
        for params in (
            {"path": "news"},
            {"language": "xx-nonsense-"},
            {"lang": "fr"},
            {"slug": "news"},
            {"format": "xml"},
            {"path": ["/a/", "/b/"]},
        ):
            answer = ask(sort, **params)
            assert answer.status_code == 400, params
            (error,) = answer.json()["errors"]
            assert error["parameter"] == next(iter(params))
            if "slug" in params:
                assert {"path", "language", "lang"} <= set(error["allowed"])
                assert ask(sort, **dict([error["example"][1:].split("=")])).status_code == 200
        for path in ("/\x00/", "/" + "a" * 3000, "/%00/", "//", "/../"):
            assert ask(sort, path=path).status_code == 404
    assert ask("nothing").status_code == 404


# -- another front end ----------------------------------------------------------------------------------------------


def test_addresses_of_another_front_end(pages, client, give, settings):
    document = get_document_model()(title="Paper")
    document.file.save("paper.pdf", ContentFile(b"%PDF"), save=False)
    document.save()
    version = {**NEW, "annexes": [{"title": "Annex A", "document": document, "lists": []}]}
    pages["media-protocol"].versions = [("version", version)]
    pages["media-protocol"].save_revision().publish()
    settings.WAGTAIL_CPSNEWS = {"FRONTEND": False, "STORY_BASE_URL": CLIENT}
    for sort in SORTS:
        given = give(sort)
        assert given["url"].startswith(f"{CLIENT}/")
        path = given["url"].removeprefix(CLIENT)
        assert client.get(path, headers={"host": "localhost"}).status_code == 302
        assert give(sort, path=path) == given
    assert give("news-centre")["items_url"] == "http://localhost/newsroom/api/v1/items/"
    (version,) = give("media-protocol")["versions"]
    assert version["url"].startswith(f"{CLIENT}/media-protocol/?version=")
    assert version["annexes"][0]["document"]["url"].startswith("http://localhost/documents/")
