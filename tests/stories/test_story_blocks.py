"""Related stories and live lists: looked up when they are read.

So nothing of another story outlives it.
"""

import datetime
import json

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.rich_text import RichText

from tests.engines import by_engine
from tests.factories import HomePageFactory, NewsIndexPageFactory, draft_story, publish_story
from wagtail_cpsnews.catalogue import deferred, maintenance
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.stories.blocks.lists import LateBlock, LiveListBlock, RelatedStoriesBlock

SECRET = "Secret headline"


def related(*pages, heading=""):
    return ("related_stories", {"heading": heading, "stories": [page.pk for page in pages]})


def live(**values):
    return ("live_list", {"heading": "", "q": "", "page_size": 5, **values})


def entry_of(page):
    current()  # a look: what is published is projected with it
    return Entry.objects.get(page_pk=page.pk)


@pytest.fixture
def read(client):
    def get(page):
        return client.get(page.url, headers={"host": "localhost"}).content.decode()

    return get


@pytest.fixture
def detail(api):
    def get(page, **params):
        return api(f"items/{entry_of(page).pk}/", **params)

    return get


@pytest.fixture
def outputs(read, detail):
    """Everything that the public gets of a page, as one text."""

    def get(page):
        return read(page) + json.dumps(detail(page), ensure_ascii=False)

    return get


def test_related_stories_keep_their_order_and_their_words(story, read, detail):
    second, first = story("Second"), story("First", kind="press-release")
    page = story("Main", body=[("text", "<p>Before.</p>"), related(first, second, heading="Read on")])
    data = detail(page)
    value = data["body"][1]["value"]
    assert value["heading"] == "Read on"
    assert [one["title"] for one in value["stories"]] == ["First", "Second"]
    assert value["stories"][0]["kind"] == {"slug": "press-release", "label": "Press release"}
    assert value["stories"][0]["url"] == first.full_url
    html = data["body_html"]
    assert html.index("Before.") < html.index("Read on") < html.index("First") < html.index("Second")
    page_html = read(page)
    assert page_html.index("Read on") < page_html.index(">First<") < page_html.index(">Second<")


WAYS_OUT = {
    "unpublished": lambda page: page.unpublish(),
    "deleted": lambda page: page.delete(),
    "restricted": lambda page: PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="x"
    ),
    "expired": lambda page: _expire(page),
}


def _expire(page):
    page.expire_at = timezone.now() - datetime.timedelta(minutes=1)
    page.save()


@pytest.mark.parametrize("way", WAYS_OUT)
def test_what_goes_is_gone_from_other_stories_at_once(story, outputs, way):
    other = story(SECRET, slug="secret-slug", areas=["wessex"])
    page = story("Main", body=[related(other), live(area=["wessex"])])
    before = outputs(page)
    assert SECRET in before
    assert before.count("secret-slug") >= 4
    WAYS_OUT[way](NewsItemPage.objects.get(pk=other.pk))
    after = outputs(page)
    assert SECRET not in after
    assert "secret-slug" not in after


def test_inside_a_block_of_the_hosts_it_goes_just_as_well(story, outputs, detail):
    other = story(SECRET, slug="secret-slug", areas=["wessex"])
    parts = [("related", related(other)[1]), ("list", live(area=["wessex"])[1])]
    page = story("Main", body=[("text", RichText("<p>Before.</p>")), ("section", {"parts": parts})])
    values = [part["value"] for part in detail(page)["body"][1]["value"]["parts"]]
    assert [values[0]["stories"][0]["title"], values[1]["results"][0]["title"]] == [SECRET, SECRET]
    assert detail(page)["body_html"].count(SECRET) == 2
    assert "ecret" not in json.dumps(Entry.objects.filter(page_pk=page.pk).values().get(), default=str)
    other.unpublish()
    assert SECRET not in outputs(page)


def test_it_comes_back_and_follows_its_title(story, outputs):
    other = story("Old title")
    page = story("Main", body=[related(other)])
    other.title = "New title"
    other.save_revision().publish()
    assert "New title" in outputs(page)
    assert "Old title" not in outputs(page)


def test_drafts_and_private_stories_are_never_shown(story, newsroom, outputs):
    draft = draft_story(parent=newsroom, title=SECRET, slug="secret-slug", areas=["wessex"])
    page = story("Main", body=[related(draft), live(area=["wessex"])])
    assert SECRET not in outputs(page)
    assert "secret-slug" not in outputs(page)
    assert "Related stories" not in outputs(page)
    draft.save_revision().publish()
    assert SECRET in outputs(page)


def test_nothing_of_another_story_is_stored(story):
    other = story(SECRET, slug="secret-slug", summary="Secret summary", areas=["wessex"])
    page = story("Main", body=[related(other, heading="Read on"), live(area=["wessex"], heading="Newest")])
    row = Entry.objects.filter(pk=entry_of(page).pk).values().get()
    stored = json.dumps(row, default=str)
    assert "ecret" not in stored
    assert row["text"] == ""
    assert {gap[2] for gap in row["content"]["placeholders"]} == {"related_stories", "live_list"}
    indexed = [str(block.block.get_searchable_content(block.value)) for block in page.body]
    assert "ecret" not in str(indexed)  # what Wagtail's own search is given
    assert maintenance.check().differences == []


def test_search_does_not_find_a_story_by_another_ones_words(story, titles):
    other = story("Zanzibar")
    story("Main", body=[related(other), live()])
    assert titles(q="zanzibar") == ["Zanzibar"]


def test_an_editor_cannot_write_a_gap(story, detail):
    other = story(SECRET)
    marks = [
        "deferred-00000000000000000000000000000000-h0-",
        json.dumps({"placeholders": [[["body_html"], 0, "related_stories", {"pages": [other.pk]}]]}),
    ]
    page = story("Main", body=[("heading", {"text": mark, "level": "2"}) for mark in marks])
    data = detail(page)
    assert SECRET not in json.dumps(data)
    assert [block["value"]["text"] for block in data["body"]] == marks
    assert "placeholders" not in data


def test_an_entry_that_an_earlier_version_stored_is_filled(story, detail):
    other = story(SECRET)
    page = story("Main", body=[related(other)])
    entry = entry_of(page)
    entry.content["late"] = entry.content.pop("placeholders")
    entry.save()
    data = detail(page)
    assert data["body"][0]["value"]["stories"][0]["title"] == SECRET
    assert SECRET in data["body_html"]
    assert "late" not in data


def test_a_block_with_the_names_of_version_0_1_works(story):
    with pytest.warns(DeprecationWarning, match="get_deferred_data"):

        class OldBlock(LateBlock):
            late_kind = "related_stories"

            def get_late_data(self, value):
                return {"heading": "", "pages": [other.pk]}

    other = story("Other")
    context = {"page": story("Main"), "request": RequestFactory().get("/", headers={"host": "localhost"})}
    assert "Other" in OldBlock().render({}, context)


def test_keys_that_are_none_cost_only_themselves(story, read, detail):
    """A stream that no form has checked may hold anything."""
    other = story("Other")
    page = story("Main")
    keys = ["x", {"pk": 1}, [2], 2**70, -1, None, other.pk]
    items = [{"type": "item", "id": str(number), "value": key} for number, key in enumerate(keys)]
    value = {"heading": "", "stories": items}
    page.body = json.dumps([{"type": "related_stories", "value": value, "id": "a"}])
    page.save()
    page.refresh_from_db()
    assert "Other" in read(page)
    assert [row["title"] for row in detail(page)["body"][0]["value"]["stories"]] == ["Other"]


def test_only_stories_of_this_site(story, newsroom, read, detail):
    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Elsewhere", slug="elsewhere")
    Site.objects.create(hostname="elsewhere.example", root_page=home)
    index = NewsIndexPageFactory(parent=home, title="News", slug="news")
    foreign = publish_story(parent=index, title=SECRET, areas=["wessex"])
    page = story("Main", body=[related(foreign), live(area=["wessex"])])
    assert SECRET not in read(page)
    assert SECRET not in json.dumps(detail(page))


def test_queries_are_counted(story, newsroom):
    others = [story(f"Other {number}", areas=["wessex"]) for number in range(5)]
    page = story("Main")
    context = {"page": page, "request": RequestFactory().get("/", headers={"host": "localhost"})}
    body = NewsItemPage.body.field.stream_block
    related_value = body.normalize([related(*others)])
    live_value = body.normalize([live(area=["wessex"])])
    (
        related_value.render_as_block(context),
        live_value.render_as_block(context),
    )  # warm: content types, templates
    # Inside a test's transaction every look at the state row is a query; a site's process remembers it.
    with CaptureQueriesContext(connection) as queries:
        related_value.render_as_block(context)
    assert len(_lists(queries)) == 1  # all chosen stories
    with CaptureQueriesContext(connection) as queries:
        live_value.render_as_block(context)
    assert len(_lists(queries)) == by_engine(bitmaps=0, sql=2)  # how many, and which


def _lists(queries):
    return [query for query in queries if "cpsnews_state" not in query["sql"]]


def test_the_api_asks_once_for_value_and_html(story, api):
    other = story("Other", areas=["wessex"])
    page = story("Main", body=[related(other), live(area=["wessex"])])
    path = f"items/{entry_of(page).pk}/"
    api(path)
    with CaptureQueriesContext(connection) as queries:
        api(path)
    # The entry; related stories; the list's count and stories, where they are not in memory.
    assert len(_lists(queries)) == by_engine(bitmaps=2, sql=4)


def test_a_welsh_page_shows_welsh_versions_in_welsh(story, newsroom, read, detail):
    other = story("English words", areas=["cymru-wales"])
    cy = Locale.objects.get(language_code="cy")
    welsh = other.copy_for_translation(cy, copy_parents=True)
    welsh.title, welsh.slug = "Geiriau Cymraeg", "geiriau"
    welsh.save_revision().publish()
    story("Only English", areas=["cymru-wales"])
    page = story("Main", body=[related(other), live(area=["cymru-wales"])])
    page_cy = page.copy_for_translation(cy)
    page_cy.slug, page_cy.title = "prif", "Prif"
    page_cy.save_revision().publish()
    page_cy = NewsItemPage.objects.get(pk=page_cy.pk)
    html = read(page_cy)
    body = html[html.index("cpsnews-body") :]
    assert body.count("Geiriau Cymraeg") == 2
    assert "English words" not in body
    assert 'lang="en"' in body  # the story without a Welsh version says so
    listed = detail(page_cy)["body"][1]["value"]
    assert listed["query"]["language"] == "cy"
    assert {one["title"] for one in listed["results"]} == {"Geiriau Cymraeg", "Only English"}
    assert "language=cy" in listed["url"]
    assert listed["url"].startswith("http://localhost/newsroom/")


def test_a_live_list_gives_its_filter_and_where_the_rest_is(story, detail, client):
    for number in range(3):
        story(f"Fraud {number}", crime_types=["fraud-and-economic-crime"], areas=["wessex"])
    story("Not fraud", areas=["wessex"])
    page = story(
        "Main",
        body=[live(area=["wessex"], crime_type=["fraud-and-economic-crime"], page_size=2, heading="Fraud")],
    )
    value = detail(page)["body"][0]["value"]
    assert (value["heading"], value["count"]) == ("Fraud", 3)
    assert [one["title"] for one in value["results"]] == ["Fraud 2", "Fraud 1"]
    assert value["query"]["area"] == ["wessex"]
    whole = client.get(
        value["url"].removeprefix("http://localhost"), headers={"host": "localhost"}, follow=True
    )
    assert whole.context["listing"].count == 3


def test_a_list_whose_term_is_gone_is_left_out_rather_than_showing_everything(story, read, caplog):
    story("Everything else")
    page = story("Main", body=[live(area=["no-such-area"], heading="From nowhere")])
    text = read(page)
    assert "From nowhere" not in text
    assert "Everything else" not in text
    assert "no-such-area" in caplog.text


def test_blocks_work_on_a_page_that_is_no_story(story, newsroom):
    other = story("Other", areas=["wessex"])
    home = newsroom.get_parent().specific
    for block, (_name, value) in (
        (RelatedStoriesBlock(), related(other)),
        (LiveListBlock(), live(area=["wessex"])),
    ):
        value = block.normalize(value)
        request = RequestFactory().get("/", headers={"host": "localhost"})
        assert "Other" in block.render(value, {"page": home, "request": request})
        assert "Other" in block.render(value, {"page": home})
        assert "Other" in block.render(value)  # {{ value }}: neither page nor request


def test_a_host_that_renders_the_body_itself_stores_no_more(story, newsroom):
    """An adapter may give HTML that it has made of blocks.

    A title must not get into any fact that way.
    """
    other = story(SECRET)
    stream = NewsItemPage.body.field.stream_block.normalize([("text", RichText("<p>A</p>")), related(other)])
    with deferred.collecting() as collector:
        html = str(stream.render_as_block())
    kept, gaps = collector.take_out({"body_html": html}, [])
    assert SECRET not in json.dumps([kept, gaps])
    assert "deferred-" not in kept["body_html"]
    assert gaps[0][0] == ["body_html"]
    assert collector.without(html) == kept["body_html"]


@pytest.mark.parametrize(
    ("text", "problem"), [("wessex harbour", None), ("!!!", "at least one word")], ids=["words", "no words"]
)
def test_the_words_of_a_live_list_are_checked(newsroom, text, problem):
    from wagtail.blocks import StructBlockValidationError

    block = LiveListBlock()
    value = block.normalize(live(q=text)[1])
    if problem is None:
        assert block.clean(value)["q"] == text
    else:
        with pytest.raises(StructBlockValidationError) as error:
            block.clean(value)
        assert problem in str(error.value.block_errors["q"].message)


def test_a_renamed_term_stays_chosen(newsroom):
    from wagtail_cpsnews.taxonomy.models import Area

    area = Area.find("wessex")
    area.slug = "south-central"
    area.save()
    block = LiveListBlock()
    value = block.clean(block.normalize(live(area=["wessex"])[1]))
    assert value["area"] == ["south-central"]


def test_facts_blocks_in_page_and_api(story, read, detail):
    body = [
        (
            "statistic",
            {
                "value": "82.5%",
                "counts": "of cases",
                "period": "2026",
                "change": "up from 81%",
                "source": "Our figures",
                "url": "https://example.org/f",
            },
        ),
        ("callout", {"kind": "important", "title": "Help", "text": RichText("<p>Call <b>us</b>.</p>")}),
        ("key_facts", {"title": "At a glance", "facts": [{"term": "Court", "text": "Exeter\nCrown Court"}]}),
        ("key_facts", {"title": "Points", "facts": [{"term": "", "text": "One <point>"}]}),
    ]
    page = story("Facts", body=body)
    data = detail(page)
    values = [block["value"] for block in data["body"]]
    assert values[0] == body[0][1]
    assert values[1] == {"kind": "important", "title": "Help", "text": "<p>Call <b>us</b>.</p>"}
    assert values[2]["facts"] == [{"term": "Court", "text": "Exeter\nCrown Court"}]
    text = read(page)
    for wanted in ("82.5%", "up from 81%", 'href="https://example.org/f"', "Important", "<dt>Court</dt>"):
        assert wanted in text
    assert "One &lt;point&gt;" in text
    assert "82.5%" in data["plain_text"]
