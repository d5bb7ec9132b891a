"""Outcomes: first of a story's updates wherever its title is shown.

With a label that staff rename for all at once.
"""

import datetime
import html
import json
import re
import xml.etree.ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from tests.outputs import ABOUT_STORIES, LINKS_ONLY, LISTS
from wagtail_cpsnews.admin.deletion import refusals
from wagtail_cpsnews.catalogue import maintenance
from wagtail_cpsnews.catalogue.adapters import adapter_for
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.catalogue.story_updates import UPDATE_LENGTH
from wagtail_cpsnews.outputs import get_output
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

NOON = datetime.datetime(2026, 3, 14, 12, 0, tzinfo=datetime.UTC)
TITLE = "Three people will be charged"
LONG = "The jury returned its verdict after four days. " * 12
SHOWN = "The jury returned its verdict after four days."
ABOUT = "One of three defendants"


def key(name):
    return str(OutcomeLabel.objects.get(name=name).translation_key)


def outcome(label="Not guilty", concerns=ABOUT, text=LONG, date=NOON):
    value = {"kind": "outcome", "outcome": key(label), "concerns": concerns, "text": text, "date": date}
    return ("update", value)


def other(kind="correction", text="The number is four.", days=2):
    return ("update", {"kind": kind, "date": NOON + datetime.timedelta(days=days), "text": text})


def id_of(page):
    current()
    return Entry.objects.get(page_pk=page.pk).pk


class Outputs:
    """Every output that shows a story's title, as plain text; ``lang`` is of labels."""

    #: Those that show all updates, with their whole text.
    WHOLE = {"page", "rss", "atom", "json", "item of a story"}

    def __init__(self, client, page, linking):
        self.client, self.page, self.linking = client, page, linking

    def get(self, path, **params):
        response = self.client.get(path, params, headers={"host": "localhost"}, follow=True)
        return html.unescape(response.content.decode())

    def read(self, name, lang="en"):
        newsroom, api = "/newsroom/", "/newsroom/api/v1/"
        if name in REGISTERED:
            return self.asked(name, lang)
        return {
            "page": lambda: self.get(self.page.url),
            "news centre": lambda: self.get("/news/"),
            "search": lambda: self.get(newsroom, lang=lang, q="charged"),
            "related stories and live list": lambda: self.get(self.linking.url),
            "related stories in the API": lambda: self.get(f"{api}items/{id_of(self.linking)}/", lang=lang),
        }[name]()

    def asked(self, name, lang):
        """The answer of a registered output, or of the frame that it leads to."""
        output = get_output(name.partition(" ")[0])
        if name in STORIES:
            address = output.story_address(id=str(id_of(self.page)), url=self.page.full_url)
        else:
            address = output.list_address(url=f"http://localhost/newsroom/?lang={lang}")
        if output.name in LINKS_ONLY:
            return self.framed(address)
        # Items have whole texts, too, but for these fields.
        fields = "&fields=title,latest_updates" if name in ("items", "changes") else ""
        return self.get(f"{address}{'&' if '?' in address else '?'}lang={lang}{fields}")

    def framed(self, address):
        answer = self.client.get(address, headers={"host": "localhost"}).content.decode()
        assert TITLE not in answer  # others store it for ever
        is_json = answer.startswith("{")
        text = json.loads(answer).get("html", "") if is_json else ET.fromstring(answer).findtext("html", "")
        frame = BeautifulSoup(text, "html.parser").iframe
        return self.get(frame["src"]) if frame else answer  # without one it is gone


#: The registered outputs about one story and lists of them; the sitemap has addresses alone.
STORIES = [f"{output.name} of a story" for output in ABOUT_STORIES]
LISTED = [output.name for output in LISTS if output.name != "sitemap"]
REGISTERED = [*LISTED, *STORIES]
#: What shows a title on top of them.
NAMES = [
    *REGISTERED,
    *("page", "news centre", "search", "related stories and live list", "related stories in the API"),
]

#: Those whose labels follow ``lang``; the others speak the page's language.
WITH_LANG = sorted(
    {*NAMES}
    - {"page", "news centre", "related stories and live list"}
    - {f"{name} of a story" for name in LINKS_ONLY}
)


@pytest.fixture
def outputs(client, story):
    def make(*updates, **fields):
        page = story(TITLE, updates=list(updates), **fields)
        linking = story(
            "Another story",
            body=[
                ("related_stories", {"heading": "", "stories": [page.pk]}),
                ("live_list", {"heading": "", "q": "charged", "page_size": 5}),
            ],
        )
        return Outputs(client, page, linking)

    return make


def test_every_output_shows_the_outcome_first(outputs):
    """Before a newer correction, and the text cut at a word where it is a list."""
    made = outputs(other(), outcome())
    for name in NAMES:
        text = made.read(name)
        assert TITLE in re.sub("</?mark>", "", text), name
        assert f"{ABOUT}: not guilty" in text, name
        assert "14 March 2026" in text, name
        assert SHOWN in text, name
        if name in made.WHOLE:
            assert text.index(SHOWN) < text.index("The number is four."), name
        else:
            assert "The number is four." not in text, name
            assert LONG.strip() not in text, name
            assert re.search(r"\w…", text), name


def test_without_an_outcome_the_newest_update_is_shown(outputs):
    made = outputs(other(), other("update", "It is three.", 1), other("clarification", "It was two.", 0))
    for name in NAMES:
        text = made.read(name)
        assert "Correction" in text, name
        assert "16 March 2026" in text, name
        assert "The number is four." in text, name
        assert ("It is three." in text) == (name in made.WHOLE), name


def test_several_outcomes_do_not_hide_each_other(outputs):
    second = outcome(
        "Discontinued", "Another of three defendants", "Proceedings ended.", NOON + datetime.timedelta(1)
    )
    made = outputs(outcome(), second, other())
    for name in NAMES:
        text = made.read(name)
        assert f"{ABOUT}: not guilty" in text, name
        assert "Another of three defendants: discontinued" in text, name
        assert text.index("discontinued") < text.index("not guilty"), name  # the newest first


def test_labels_and_days_in_welsh(outputs):
    made = outputs(outcome(concerns=""))
    for name in WITH_LANG:
        text = made.read(name, "cy")
        assert "Dieuog" in text, name
        assert "14 Mawrth 2026" in text, name
        assert "Not guilty" not in text, name


def test_a_welsh_story_says_it_in_welsh(outputs, newsroom):
    """With words of the story's own the whole phrase is in its language.

    And says so elsewhere.
    """
    made = outputs(outcome(concerns="Un o dri diffynnydd", text="Wedi’i gael yn ddieuog."), language="cy")
    for name in NAMES:
        assert "Un o dri diffynnydd: dieuog" in made.read(name), name
    item = json.loads(made.read("item of a story"))
    assert item["latest_updates"][0]["language"] == "cy"
    bold = BeautifulSoup(made.read("list"), "html.parser").select_one(".cpsnews-outcome b")
    assert bold["lang"] == "cy"
    assert BeautifulSoup(made.read("fragment"), "html.parser").select_one(".cps-outcome span")["lang"] == "cy"


def test_what_is_not_public_is_in_no_output(outputs):
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    made = outputs()
    made.page.updates = [outcome(concerns="Secret person", text="Secret words", date=tomorrow)]
    made.page.save()  # a write that no form has checked
    for name in NAMES:
        assert "Secret" not in made.read(name), name
    made.page.updates = [outcome(concerns="Secret person", text="Secret words")]
    made.page.save_revision()  # a draft
    for name in NAMES:
        assert "Secret" not in made.read(name), name
    NewsItemPage.objects.get(pk=made.page.pk).get_latest_revision().publish()
    assert "Secret words" in made.read("frame")
    NewsItemPage.objects.get(pk=made.page.pk).unpublish()
    for name in NAMES:
        assert "Secret" not in made.read(name), name


def test_markup_in_an_update_is_text(outputs):
    made = outputs(outcome(concerns="<i>One</i>", text="<script>alert(1)</script> & more"))
    for path in (
        "/newsroom/",
        "/newsroom/embed/list/",
        made.page.url,
        "/newsroom/feeds/news.rss",
        made.linking.url,
    ):
        raw = made.client.get(path, headers={"host": "localhost"}, follow=True).content.decode()
        assert "<script>alert(1)" not in raw
        assert "<i>One</i>" not in raw


def test_colour_is_not_all_that_marks_an_outcome(outputs):
    """A label in words, and a bar that forced colours keep."""
    made = outputs(outcome())
    for name, selector in (
        ("list", ".cpsnews-latest.cpsnews-outcome b"),
        ("fragment", ".cps-outcome b"),
        ("page", ".cpsnews-outcome b"),
    ):
        assert "not guilty" in BeautifulSoup(made.read(name), "html.parser").select_one(selector).text


def test_a_renamed_label_is_renamed_in_every_story_at_once(outputs, story):
    made = outputs(outcome())
    second = story("Second", updates=[outcome(concerns="")])
    before = {name: made.read(name) for name in NAMES}
    assert all("not guilty" in text for text in before.values())
    label = OutcomeLabel.objects.get(name="Not guilty")
    label.name = "Found not guilty"
    label.save()
    for name in NAMES:
        assert f"{ABOUT}: found not guilty" in made.read(name), name
    assert "Found not guilty" in made.get(second.url)
    assert maintenance.check().differences == []


def test_a_rename_is_a_change_for_caches_and_copies(outputs, client):
    made = outputs(outcome())
    headers = {"host": "localhost"}
    paths = ["/newsroom/api/v1/items/", "/newsroom/embed/list/", "/newsroom/feeds/news.atom"]
    tags = {path: client.get(path, headers=headers).headers["ETag"] for path in paths}
    token = json.loads(made.get("/newsroom/api/v1/changes/"))["token"]
    label = OutcomeLabel.objects.get(name="Not guilty")
    label.name = "Found not guilty"
    label.save()
    for path, tag in tags.items():
        assert client.get(path, headers={**headers, "if-none-match": tag}).status_code == 200
    changed = json.loads(made.get("/newsroom/api/v1/changes/", since=token))
    assert TITLE in [row.get("title") for row in changed["results"]]


def test_a_retired_label_stays_where_it_is_shown(outputs):
    made = outputs(outcome())
    label = OutcomeLabel.objects.get(name="Not guilty")
    label.retired = True
    label.save()
    assert OutcomeLabel.objects.get(name="Dieuog").retired
    assert f"{ABOUT}: not guilty" in made.read("list")
    field = NewsItemPage.updates.field.stream_block.child_blocks["update"].child_blocks["outcome"].field
    assert list(field.choices)[-1] == (key("Not guilty"), "Not guilty (retired)")


def test_a_label_in_use_cannot_be_deleted(outputs):
    outputs(outcome())
    english, welsh = OutcomeLabel.objects.filter(translation_key=key("Not guilty")).order_by("pk")
    assert "1 pages" in refusals([english, welsh])[0]
    with transaction.atomic(), pytest.raises(ProtectedError):
        OutcomeLabel.objects.filter(translation_key=english.translation_key).delete()
    assert refusals([welsh]) == []  # the label stays in English
    assert refusals([OutcomeLabel.objects.get(name="Proceedings stayed")]) == []


def test_a_label_that_code_deleted_leaves_the_kind(outputs):
    made = outputs(outcome())
    OutcomeLabel.objects.filter(name__in=("Not guilty", "Dieuog"))._raw_delete("default")
    maintenance.rebuild()
    for name in NAMES:
        text = made.read(name)
        assert f"{ABOUT}: outcome" in text, name
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-5", text), name  # no key


def test_an_adapter_gives_a_label_or_words_of_its_own(story, api, monkeypatch):
    import dataclasses

    adapter = adapter_for(NewsItemPage)
    plain = adapter.facts
    label = OutcomeLabel.objects.first

    def facts(page):
        given = [
            {"date": "last spring", "kind": "update", "text": "Later"},
            {"date": NOON, "kind": "outcome", "outcome": label(), "text": "One"},
            {
                "date": NOON,
                "kind": "outcome",
                "outcome": "Fined by the council",
                "concerns": "The shop",
                "text": "Two",
            },
        ]
        return dataclasses.replace(plain(page), updates=given)

    story("First")
    monkeypatch.setattr(adapter, "facts", facts)
    story("Main")
    updates = next(row for row in api()["results"] if row["title"] == "Main")["updates"]
    assert [update["label"] for update in updates] == [
        "Not guilty",
        "The shop: fined by the council",
        "Update",
    ]
    assert updates[2]["date_display"] == "last spring"


def test_updated_is_the_latest_of_all(story, client):
    page = story(TITLE, updates=[outcome(), other(days=3)])
    assert page.get_updated() == NOON + datetime.timedelta(days=3)
    assert "Updated 17 March 2026" in client.get(page.url, headers={"host": "localhost"}).content.decode()


def test_the_cut_is_at_a_word(outputs):
    made = outputs(outcome())
    text = json.loads(made.read("item of a story"))["latest_updates"][0]["text"]
    assert len(text) <= UPDATE_LENGTH
    assert LONG.startswith(text.removesuffix("…"))
    assert LONG[len(text) - 1] in " ."
