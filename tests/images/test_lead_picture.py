"""A story's lead picture: its sizes, and the copy to download."""

import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.images import get_image_model

from tests import pictures

LICENCE = {"name": "Open Government Licence v3.0", "url": "https://example.org/ogl"}


@pytest.fixture
def picture(newsroom):
    data = pictures.jpeg(size=(1600, 900))
    return get_image_model().objects.create(title="Harbour", file=ContentFile(data, "secret-name.jpg"))


@pytest.fixture
def figure(client, story, settings):
    """The figure on a story's page."""
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LICENCE": LICENCE}

    def read(title="Pictured", **fields):
        page = story(title, **fields)
        html = client.get(page.get_url(), headers={"host": "localhost"}).content.decode()
        return html.split('<figure class="cpsnews-lead-image">')[1].split("</figure>")[0]

    return read


def test_it_is_given_in_several_widths_with_a_fallback(figure, picture):
    html = figure(image=picture, image_alt="A harbour at dusk")
    source, fallback = re.search(r"<picture>(<source[^>]*>)(<img[^>]*>)</picture>", html).groups()
    assert 'type="image/webp"' in source
    assert re.findall(r" (\d+)w", source) == ["480", "960", "1440"]
    assert re.search(r'src="[^"]+\.jpg"', fallback)
    assert 'alt="A harbour at dusk"' in fallback


def test_a_small_picture_is_not_enlarged(figure, newsroom):
    small = get_image_model().objects.create(
        title="Small", file=ContentFile(pictures.jpeg(size=(600, 400)), "small.jpg")
    )
    assert re.findall(r" (\d+)w", figure(image=small)) == ["480", "600"]


def test_the_copy_to_download_is_never_the_original(figure, picture):
    html = figure(image=picture, image_alt="A harbour at dusk", image_credit="Photo: CPS")
    address, name = re.search(r'<a [^>]*href="([^"]+)" download>(.*?)</a>', html, re.DOTALL).groups()
    words = re.sub(r"<[^>]+>|\s+", " ", name).replace("\xa0", " ")
    assert re.fullmatch(r"Download picture : A harbour at dusk \(JPEG, [\d.]+ KB\)", " ".join(words.split()))
    assert picture.file.name not in html
    copy = next(one for one in picture.renditions.all() if one.url == address)
    data = copy.file.storage.open(copy.file.name).read()
    assert (copy.width, copy.height) == (1600, 900)
    assert pictures.WORDS not in data
    assert "Photo: CPS" in html


def test_alternative_text_caption_and_credit_are_three_things(figure, picture, client, story):
    words = {
        "image_alt": "A crane",
        "image_caption": "Fowey <harbour>, 2 March 2026",
        "image_credit": "Photo: CPS",
    }
    html = figure("Described", image=picture, **words)
    caption = html.split("<figcaption>")[1]
    assert re.search(r"Fowey &lt;harbour&gt;, 2 March 2026\s*</span><br>\s*Photo: CPS", caption)
    assert "Fowey" not in html.split("<figcaption>")[0]
    assert 'alt="A crane"' in html
    items = client.get("/newsroom/api/v1/items/", headers={"host": "localhost"}).json()["results"]
    image = items[0]["image"]
    assert (image["alt"], image["caption"], image["credit"]) == tuple(words.values())
    story("Without", image=picture, published_at=timezone.now())
    items = client.get("/newsroom/api/v1/items/?q=without", headers={"host": "localhost"}).json()["results"]
    assert "caption" not in items[0]["image"]


def test_a_caption_alone_is_shown_and_none_without_its_picture(figure, picture, newsroom, client, story):
    assert "Fowey harbour" in figure(
        image=picture, image_caption="Fowey harbour", image_licence="All rights reserved"
    )
    page = story("Plain", image_caption="Fowey quay")
    html = client.get(page.get_url(), headers={"host": "localhost"}).content.decode()
    assert "Fowey" not in html


@pytest.mark.parametrize(
    ("licence", "words", "offered"),
    [
        (LICENCE, "", True),
        (LICENCE, LICENCE["name"], True),
        (LICENCE, "All rights reserved", False),
        (None, "", False),
    ],
)
def test_it_is_offered_where_the_storys_licence_holds_for_it(
    figure, picture, settings, licence, words, offered
):
    settings.WAGTAIL_CPSNEWS = {**settings.WAGTAIL_CPSNEWS, "LICENCE": licence}
    html = figure(image=picture, image_licence=words)
    assert ("Download picture" in html) is offered
    assert picture.renditions.filter(filter_spec__startswith="max-2400").exists() is offered
