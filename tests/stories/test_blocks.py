"""Blocks: what readers get, what the API gives, and what hosts change by setting."""

import io
import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from PIL import Image as Picture
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.rich_text import RichText

from wagtail_cpsnews.stories.blocks import story_blocks


class ShoutBlock(blocks.CharBlock):
    """A host's own block."""


@pytest.fixture
def image(newsroom):
    data = io.BytesIO()
    Picture.new("RGB", (900, 600), "#1b5377").save(data, "PNG")
    data.seek(0)
    return get_image_model().objects.create(title="A harbour", file=ImageFile(data, name="harbour.png"))


@pytest.fixture
def document(newsroom):
    document = get_document_model()(title="Protocol")
    document.file.save("protocol.pdf", ContentFile(b"%PDF-1.4 not much"), save=False)
    document.save()
    return document


def detail(api, page):
    listed = next(item for item in api("items/", page_size=100)["results"] if item["title"] == page.title)
    return api(f"items/{listed['id']}/")


def test_every_block_has_a_template_and_an_api_form(story, api, client, image, document):
    cell = dict(story_blocks())["table"].child_blocks["table"].child_blocks["text"]
    table = TypedTable(
        columns=[{"block": cell, "heading": heading} for heading in ("Year", "Cases")],
        row_data=[{"values": ["2025", "41"]}, {"values": ["2026", "39"]}],
        caption="",
    )
    page = story(
        "All blocks",
        body=[
            ("text", "<p>Plain <b>words</b>.</p>"),
            ("heading", {"text": "A heading", "level": "3"}),
            (
                "quote",
                {
                    "quote": RichText("<p>We will not look away.</p>"),
                    "speaker": "Nerys Caradog",
                    "role": "Chief",
                },
            ),
            ("image", {"image": image, "alt": "Boats", "caption": "The harbour", "credit": "Demo"}),
            (
                "embed",
                {"title": "The speech", "file": None, "url": "https://video.example/1", "transcript": ""},
            ),
            ("document", {"document": document, "title": ""}),
            ("table", {"caption": "Cases by year", "table": table, "row_headers": True}),
            ("notes", "<p>Background for editors.</p>"),
        ],
    )
    data = detail(api, page)
    values = {block["type"]: block["value"] for block in data["body"]}
    assert all(block["id"] for block in data["body"])
    assert values["text"] == "<p>Plain <b>words</b>.</p>"
    assert values["heading"]["text"] == "A heading"
    assert values["quote"]["speaker"] == "Nerys Caradog"
    assert values["image"]["alt"] == "Boats"
    assert values["image"]["url"].endswith(".png")
    assert values["embed"]["url"] == "https://video.example/1"
    assert values["document"]["title"] == "Protocol"
    assert values["table"]["columns"] == ["Year", "Cases"]
    assert values["table"]["rows"] == [["2025", "41"], ["2026", "39"]]
    assert "Background" in values["notes"]
    assert data["documents"][0]["title"] == "Protocol"
    assert "We will not look away." in data["plain_text"]
    html = client.get(page.url, headers={"host": "localhost"}).content.decode()
    for wanted in (
        "<blockquote",
        "<figure",
        "Boats",
        "video.example",
        "Protocol",
        "<table",
        "Cases by year",
        "41",
    ):
        assert wanted in html
    assert "<iframe" not in html


def test_a_missing_file_costs_the_picture_and_not_the_story(story, api, image):
    image.file.storage.delete(image.file.name)
    page = story(
        "Without its file",
        image=image,
        body=[("image", {"image": image, "alt": "", "caption": "", "credit": ""})],
    )
    assert detail(api, page)["image"] is None


def test_the_lead_image_is_in_the_list(story, api, image):
    page = story("Pictured", image=image, image_alt="Boats in a harbour")
    picture = detail(api, page)["image"]
    assert (picture["width"], picture["height"], picture["alt"]) == (720, 480, "Boats in a harbour")
    assert picture["url"].startswith("http://localhost/")


def test_hosts_remove_add_and_replace_blocks(settings):
    path = f"{__name__}.ShoutBlock"
    settings.WAGTAIL_CPSNEWS = {"BLOCKS": {"table": None, "shout": path, "text": path}}
    chosen = dict(story_blocks())
    assert "table" not in chosen
    assert isinstance(chosen["shout"], ShoutBlock)
    assert isinstance(chosen["text"], ShoutBlock)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"nothing": None}, "nothing"), ({"x": "no.such.Block"}, "x"), ({"x": "builtins.dict"}, "dict")],
)
def test_a_wrong_setting_is_named(settings, given, wrong):
    settings.WAGTAIL_CPSNEWS = {"BLOCKS": given}
    with pytest.raises(ImproperlyConfigured, match=re.escape(wrong)):
        story_blocks()


@pytest.mark.django_db
def test_blocks_leave_no_trace_in_migrations():
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


def test_a_data_migration_gets_the_present_blocks():
    from wagtail_cpsnews.pages.models import NewsItemPage
    from wagtail_cpsnews.stories.migrate import stream_block

    assert set(stream_block(NewsItemPage, "body").child_blocks) == set(dict(story_blocks()))
