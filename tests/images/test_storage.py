"""A storage of media that is full or away costs pictures, nothing else.

For as long as that lasts.
"""

import ast
import datetime
import io
import json
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.blocks import StreamBlock, StreamValue, StructBlock
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText

import wagtail_cpsnews
from tests import pictures, storages
from wagtail_cpsnews.catalogue import retries, snapshots
from wagtail_cpsnews.catalogue.models import Invalidation, Retry
from wagtail_cpsnews.taxonomy.models import Topic

ROOT = Path(wagtail_cpsnews.__file__).parent
Image = get_image_model()

#: What can fail, and whether stories have been projected before it does.
FAULTS = [("save", False), ("open", False), ("url", False), ("url", True), ("exists", True)]


@pytest.fixture
def image(newsroom, settings):
    storages.use(settings, "FailingStorage")
    cache.clear()  # Wagtail keeps renditions there, by keys that another test's pictures had too
    yield Image.objects.create(
        title="Harbour", file=ContentFile(pictures.jpeg(size=(900, 600)), "harbour.jpg")
    )
    storages.failing.clear()


def everywhere(story, newsroom, image):
    """A story and a news centre with a picture wherever one can be.

    Returns their pages.
    """
    block = {"image": image, "alt": "", "caption": "The harbour", "credit": "", "licence": ""}
    page = story("Pictured", image=image, body=[("image", block), ("text", "<p>Words of the story.</p>")])
    newsroom.themes = [("theme", {"topic": Topic.find("statistics"), "text": "Figures.", "image": image})]
    newsroom.save_revision().publish()
    return [page, newsroom]


#: Blocks that a page's own template renders: ``everywhere`` has them.
RENDERED_BY_PAGES = {"theme"}


def picture_blocks():
    """Return (name, block) of every block with a choice of picture.

    The package's and the host's.
    """
    streams = {
        (model._meta.label, field.name): field.stream_block
        for model in apps.get_models()
        if model._meta.app_label.startswith("cpsnews")
        for field in model._meta.get_fields()
        if isinstance(field, StreamField)
    }
    for (label, name), stream in streams.items():
        for child in stream.child_blocks.values():
            if any(isinstance(one, ImageChooserBlock) for one in _all_blocks(child)):
                yield pytest.param(child, id=f"{label}.{name}.{child.name}")


def _all_blocks(block):
    yield block
    for child in getattr(block, "child_blocks", {}).values():
        yield from _all_blocks(child)
    for child in filter(None, [getattr(block, "child_block", None)]):
        yield from _all_blocks(child)


def _with_picture(block, image):
    """A value of a block with the picture wherever one can be chosen."""
    if isinstance(block, ImageChooserBlock):
        return image
    if isinstance(block, StructBlock):
        return {name: _with_picture(child, image) for name, child in block.child_blocks.items()}
    if isinstance(block, StreamBlock):
        wanted = [
            name
            for name, child in block.child_blocks.items()
            if any(isinstance(one, ImageChooserBlock) for one in _all_blocks(child))
        ]
        return StreamValue(block, [(name, _with_picture(block.child_blocks[name], image)) for name in wanted])
    return block.get_default()


def test_there_are_blocks_with_pictures():
    names = {param.values[0].name for param in picture_blocks()}
    assert {"image", *RENDERED_BY_PAGES} <= names


@pytest.mark.parametrize("fault", ["save", "open", "url", "exists"])
@pytest.mark.parametrize(
    "block", [param for param in picture_blocks() if param.values[0].name not in RENDERED_BY_PAGES]
)
def test_every_block_with_a_picture_survives(block, fault, image):
    value = block.normalize(_with_picture(block, image))
    storages.failing.add(fault)
    html = str(block.render(value))
    assert "<img" not in html
    json.dumps(block.get_api_representation(value), default=str)
    storages.failing.clear()
    assert "<img" in str(block.render(value))


@pytest.mark.parametrize("fault", ["save", "open", "url", "exists"])
def test_a_picture_in_a_text_survives(fault, image):
    text = RichText(f'<p>Words.</p><embed embedtype="image" id="{image.pk}" format="left" alt="A harbour"/>')
    storages.failing.add(fault)
    assert "<img" not in str(text)
    assert "Words." in str(text)
    storages.failing.clear()
    assert re.search(r"<img[^>]*stripmetadata", str(text))
    assert str(RichText('<embed embedtype="image" id="987654" format="left" alt=""/>')).count("<img") == 1


def test_a_picture_in_a_text_that_lost_its_file_is_not_named(image):
    text = RichText(f'<embed embedtype="image" id="{image.pk}" format="left" alt=""/>')
    assert "<img" in str(text)
    for file in (*(rendition.file for rendition in image.renditions.all()), image.file):
        file.storage.delete(file.name)
    assert str(text) == ""


def answers(client, api, pages):
    """The HTML of the pages, and what all other outputs say: none fails."""
    texts = []
    (item,) = api("items/")["results"]
    paths = [page.url for page in pages]
    paths += [
        f"/newsroom/api/v1/items/{item['id']}/",
        "/newsroom/feeds/news.rss",
        "/newsroom/feeds/news.json",
    ]
    for path in paths:
        response = client.get(path, headers={"host": "localhost"})
        assert response.status_code == 200, path
        texts.append(response.content.decode())
    assert "Words of the story." in "".join(texts)
    return item, texts


@pytest.mark.parametrize(("fault", "known"), FAULTS)
def test_stories_are_shown_without_their_pictures(fault, known, story, newsroom, image, client, api):
    if not known:
        storages.failing.add(fault)
    pages = everywhere(story, newsroom, image)
    if known:
        assert api("items/")["results"][0]["image"]
        storages.failing.add(fault)
    item, texts = answers(client, api, pages)
    assert item["image"] is None
    assert not any("<img" in text for text in texts[:2])  # the pages
    storages.failing.clear()
    Retry.objects.update(due_at=timezone.now())
    item, texts = answers(client, api, pages)
    assert item["image"]["url"].startswith("http://localhost/media/")
    assert texts[0].count("<img") == 2
    assert not Retry.objects.exists()


def test_it_is_tried_again_after_growing_pauses(story, image, api, monkeypatch):
    storages.failing.add("save")
    page = story("Pictured", image=image)
    tries = []
    make = Image.generate_rendition_file
    monkeypatch.setattr(
        Image, "generate_rendition_file", lambda *args, **kwargs: tries.append(1) or make(*args, **kwargs)
    )
    for number, minutes in enumerate((1, 2, 4, 8, 16, 32, 60, 60), 1):
        for _reader in range(3):
            assert api("items/")["results"][0]["image"] is None
        assert len(tries) == number
        retry = Retry.objects.get()
        assert (retry.page_pk, retry.tries) == (page.pk, number)
        pause = retry.due_at - timezone.now()
        assert (
            datetime.timedelta(0)
            <= datetime.timedelta(minutes=minutes) - pause
            < datetime.timedelta(minutes=1)
        )
        Retry.objects.update(due_at=timezone.now())
    assert not Invalidation.objects.exists()


def test_check_reports_it_until_it_is_repaired(story, image, api):
    storages.failing.add("save")
    page = story("Pictured", image=image)
    snapshots.current()
    for arguments in ([], ["--repair"]):
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("check_catalogue", *arguments, stdout=out)
        assert f"page {page.pk}: picture" in out.getvalue()
    storages.failing.clear()
    call_command("check_catalogue", "--repair", stdout=io.StringIO())
    assert api("items/")["results"][0]["image"]
    assert not Retry.objects.exists()


def test_a_story_that_is_gone_is_not_tried_again(story, image):
    storages.failing.add("save")
    page = story("Pictured", image=image)
    snapshots.current()
    page.unpublish()
    Retry.objects.update(due_at=timezone.now())
    snapshots.current()
    assert not Retry.objects.exists()


def test_the_longest_pause_is_an_hour():
    assert retries._pause(30) == datetime.timedelta(hours=1)


# -- nothing of the package asks Wagtail for a rendition past the way that never fails ----------------------------

TEMPLATES = sorted(ROOT.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(path.relative_to(ROOT)) for path in TEMPLATES])
def test_templates_ask_for_pictures_by_the_safe_tag(path):
    assert not re.search(
        r"wagtailimages_tags|\{%\s*(image|picture|srcset_image|image_url)\s", path.read_text()
    )


MODULES = [path for path in sorted(ROOT.rglob("*.py")) if path != ROOT / "images" / "renditions.py"]


def test_code_asks_for_renditions_in_one_place():
    wagtails = {"get_rendition", "get_renditions", "create_rendition", "get_rendition_or_not_found"}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Attribute) and node.attr in wagtails), (path, node.lineno)
