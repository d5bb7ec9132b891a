"""A story's page: what comes first, and what is beside its text."""

import datetime
import re

import pytest
import time_machine
from django.utils import timezone
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.models import PageViewRestriction

from tests.factories import make_contact, publish_story
from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsIndexPage, PressOfficePage
from wagtail_cpsnews.stories.blocks import story_blocks
from wagtail_cpsnews.stories.blocks.tables import columns_of_figures

WHEN = datetime.datetime(2026, 3, 14, 10, 30, tzinfo=datetime.UTC)


@pytest.fixture
def read(client):
    return lambda page: client.get(page.get_url(), headers={"host": "localhost"}).content.decode()


@pytest.fixture
def offices(newsroom):
    """A news centre that names a press office and a protocol."""
    home = newsroom.get_parent()
    office = PressOfficePage(title="Ring us", slug="ring-us")
    protocol = MediaProtocolPage(title="Our protocol", slug="our-protocol", live=False)
    protocol.versions = [("version", {"title": "2025", "status": "in_force", "in_force_from": WHEN.date()})]
    for page in (office, protocol):
        home.add_child(instance=page)
    protocol.save_revision().publish()
    newsroom.press_office_page, newsroom.protocol_page = office, protocol
    newsroom.save_revision().publish()
    return office, protocol


def beside(html):
    return html.split('<aside class="cpsnews-beside"')[1].split("</aside>")[0]


def line(html):
    found = re.search(r'<nav class="cpsnews-media-line .*?</nav>', html, re.DOTALL)
    return found[0] if found else ""


def test_the_newest_fact_is_read_before_the_summary(story, read):
    updates = [("update", {"date": WHEN, "kind": "correction", "text": "Nine, not ten."})]
    page = story("A headline", summary="Men were promised a wage.", updates=updates)
    html = read(page).split("<body")[1]
    order = ["<h1>A headline", "Correction", "Nine, not ten.", 'cpsnews-lead">Men were', "cpsnews-beside"]
    assert [*sorted(order, key=html.index)] == order


def test_the_second_column_has_who_answers_and_labelled_rows(story, read):
    make_contact("Wessex desk", areas=["wessex"])
    areas = ["wessex", "south-west", "south-east", "north-east", "north-west"]
    html = beside(read(story("Filed", areas=areas, crime_types=["hate-crime"])))
    assert "Wessex desk" in html.split("cpsnews-filed")[0]
    rows = re.findall(r'<div class="cpsnews-(\w+)">\s*<dt[^>]*>([^<]+)</dt>', html)
    assert rows == [("crime_type", "Crime type"), ("area", "Areas")]
    first, rest = html.split("<details>")
    assert (first.count("?area="), rest.count("?area=")) == (3, 2)
    assert "and 2 more" in rest


def test_beside_a_story_are_only_stories_that_an_editor_has_chosen(newsroom, story, read):
    """Nothing likely to be about the same case: beside active proceedings, that could prejudice a trial."""
    terms = {"areas": ["wessex"], "crime_types": ["hate-crime"], "topics": ["high-profile-cases"]}
    likely, chosen, inside = (story(title, **terms) for title in ("Co-accused", "Chosen", "Inside"))

    def pick(page):
        return ("related_stories", {"heading": "More on this", "stories": [page]})

    body = [("text", "<p>First.</p>"), pick(inside), ("text", "<p>Last.</p>"), pick(chosen)]
    html = read(story("Charged", body=body, **terms))
    text, column = html.split('<aside class="cpsnews-beside"')[0], beside(html)
    assert chosen.url in column
    assert chosen.url not in text
    assert inside.url in text
    assert text.index(inside.url) < text.index("Last.")
    assert inside.url not in column
    assert likely.url not in html
    assert "Co-accused" not in html
    chosen.unpublish()
    assert "Chosen" not in read(newsroom.get_children().get(slug="charged"))


def test_one_line_leads_to_the_press_office_and_the_protocol(newsroom, offices, story, read, client):
    office, protocol = offices
    make_contact("Duty desk", national=True)
    pages = story("A story"), story("A speech", speech=True)
    filtered = client.get("/news/?area=wessex", headers={"host": "localhost"}).content.decode()
    assert (office.url in line(filtered), protocol.url in line(filtered)) == (True, True)
    assert "In force since 14 March 2026" in line(filtered)
    assert filtered.count("Ring us") == 1
    for page in (*pages, protocol):
        html = line(read(page))
        assert "Working with the media" in html
        assert "tel:" in html
        assert (office.url in html, protocol.url in html) == (True, page != protocol)
    assert f'class="cpsnews-paper">Address of this page: {protocol.full_url}<' in read(protocol)
    html = line(read(pages[0]))
    assert "In force since 14 March 2026" in html
    PageViewRestriction.objects.create(page=office, restriction_type=PageViewRestriction.LOGIN)
    assert "Ring us" not in line(read(pages[0]))
    MediaProtocolPage.objects.get(pk=protocol.pk).unpublish()
    assert "Our protocol" not in line(read(pages[0]))
    centre = NewsIndexPage.objects.get(pk=newsroom.pk)
    centre.press_office_page = publish_story(parent=newsroom, title="Elsewhere")
    centre.save()
    assert "Elsewhere" in line(read(pages[0]))


@pytest.mark.parametrize(("hour", "shown"), [(15, "14 March 2026, 3:15pm"), (0, "14 March 2026")])
def test_a_story_of_today_has_its_time(story, read, hour, shown):
    """At midnight only the day is known."""
    when = timezone.make_aware(datetime.datetime(2026, 3, 14, hour, 15 if hour else 0))
    page = story("Timed", published_at=when)
    for now, wanted in ((when, shown), (when + datetime.timedelta(days=1), "14 March 2026")):
        with time_machine.travel(now + datetime.timedelta(hours=1), tick=False):
            head = read(page).split("<h1>")[0]
        assert f">{wanted}</time>" in head


def test_figures_are_to_the_right_and_words_are_not(story, read):
    cell = dict(story_blocks())["table"].child_blocks["table"].child_blocks["text"]
    words = [
        ["2025", "1,204", "£3.5m", "Leeds"],
        ["2026", "–", "£412,750", "York"],
    ]
    columns = [{"heading": name, "type": "text", "block": cell} for name in ("Year", "Cases", "Sum", "Court")]
    table = TypedTable(columns=columns, row_data=[{"values": row} for row in words], caption="")
    value = {"caption": "Cases by year", "table": table, "row_headers": True}
    assert columns_of_figures(words) == [True, True, True, False]
    html = read(story("Figures", body=[("table", value)])).split("<table>")[1].split("</table>")[0]
    assert "<caption>Cases by year</caption>" in html
    assert re.findall(r'<t[hd][^>]*class="cpsnews-number">([^<]+)<', html) == [
        *("Cases", "Sum", "1,204", "£3.5m", "–", "£412,750")
    ]


def table_of(rows, headings=("Year", "Cases"), **flags):
    cell = dict(story_blocks())["table"].child_blocks["table"].child_blocks["text"]
    columns = [{"heading": name, "type": "text", "block": cell} for name in headings]
    table = TypedTable(columns=columns, row_data=[{"values": row} for row in rows], caption="")
    return ("table", {"caption": "Cases by year", "table": table, "row_headers": True, **flags})


def test_a_total_is_marked_and_a_table_of_nothing_else_has_none(story, read, api):
    rows = [["2025", "1,204"], ["2026", "96"], ["Together", "1,300"]]
    html = (
        read(story("Totals", body=[table_of(rows, total_row=True)])).split("<table>")[1].split("</table>")[0]
    )
    body, foot = html.split("<tfoot>")
    assert "1,300" not in body
    assert re.search(r'<th scope="row">Together</th>\s*<td class="cpsnews-number"><b>1,300</b></td>', foot)
    pk = api("items/")["results"][0]["id"]
    value = api(f"items/{pk}/")["body"][0]["value"]
    assert (value["total_row"], value["rows"][-1]) == (True, ["Together", "1,300"])
    assert "<tfoot>" not in read(story("Plain", body=[table_of(rows)]))
    assert "<tfoot>" not in read(story("One", body=[table_of(rows[:1], total_row=True)]))


@pytest.mark.parametrize(
    ("column", "figures"),
    [
        (["82.5%", "-3", "+4 per cent"], True),
        (["–", ""], False),
        (["12", "twelve"], False),
        (["12 May", "13 May"], False),
    ],
)
def test_what_a_figure_is(column, figures):
    assert columns_of_figures([[text] for text in column]) == [figures]


def test_a_document_can_be_asked_for_in_another_format(story, read, settings, document):
    body = [("document", {"document": document, "title": "Charging standard"})]
    page = story("With a document", body=body)
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "FORMATS_ADDRESS": ""}
    assert "another format" not in read(page)
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "FORMATS_ADDRESS": "formats@example.org"}
    link = re.search(r'<a class="cpsnews-only-now" href="([^"]+)">(.*?)</a>', read(page))
    assert link[1].startswith("mailto:formats@example.org?subject=Another%20format")
    assert re.sub("<[^>]+>", "", link[2]) == "Ask for another format: Charging standard"
