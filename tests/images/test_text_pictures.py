"""Pictures inside a text: in several widths, without the original, and without moving the text."""

import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.images.formats import Format, register_image_format, unregister_image_format

from tests import pictures
from tests.pointing import collection, restrict_collection  # noqa: F401
from wagtail_cpsnews.catalogue.item_source import absolute_links

PICTURE = re.compile(r"<picture>(<source[^>]*>)(<img[^>]*>)</picture>")


@pytest.fixture
def picture(collection):  # noqa: F811
    file = ContentFile(pictures.jpeg(size=(1600, 900)), "secret-name.jpg")
    return get_image_model().objects.create(title="Harbour", collection=collection, file=file)


@pytest.fixture
def read(client, story):
    def get(*body, **fields):
        page = story("Illustrated", body=list(body), **fields)
        html = client.get(page.get_url(), headers={"host": "localhost"}).content.decode()
        return html.split('<div class="cpsnews-body"')[1].split("<footer>")[0]

    return get


def embed(image, format_="fullwidth", alt="A harbour"):
    return ("text", f'<embed embedtype="image" id="{image.pk}" format="{format_}" alt="{alt}"/>')


def block(image, **words):
    return (
        "image",
        {"image": image, "alt": "A harbour", "caption": "", "credit": "", "licence": "", **words},
    )


def size(tag):
    return [int(re.search(rf'{name}="(\d+)"', tag)[1]) for name in ("width", "height")]


@pytest.mark.parametrize("make", [embed, block])
def test_it_is_given_in_several_widths_with_a_fallback(read, picture, make):
    source, fallback = PICTURE.search(read(make(picture))).groups()
    assert 'type="image/webp"' in source
    assert re.findall(r" (\d+)w", source) == ["480", "960", "1440"]
    assert "44rem" in source
    assert re.search(r'src="[^"]+\.jpg"', fallback)
    assert 'alt="A harbour"' in fallback
    width, height = size(fallback)
    assert abs(width / height - 1600 / 900) < 0.01  # the place is kept before it is loaded
    assert picture.file.name not in source + fallback
    files = [one.file for one in picture.renditions.all()]
    assert len(files) >= 4
    for file in files:
        with file.storage.open(file.name) as stored:
            assert pictures.WORDS not in stored.read()


def test_a_picture_beside_the_text_is_no_wider_than_it_is_shown_twice(read, picture):
    source, fallback = PICTURE.search(read(embed(picture, "left"))).groups()
    assert re.findall(r" (\d+)w", source) == ["480", "960"]
    assert 'sizes="(min-width: 500px) 500px, 100vw"' in source
    assert size(fallback)[0] == 500
    assert "richtext-image left" in fallback


def test_what_crops_or_writes_more_than_a_picture_stays_as_it_is(read, picture):
    class Captioned(Format):
        def image_to_html(self, *args, **kwargs):
            return f"<figure>{super().image_to_html(*args, **kwargs)}</figure>"

    made = [
        Format("crop", "Crop", "crop", "fill-300x300"),
        Captioned("caption", "Caption", "cap", "width-400"),
    ]
    for one in made:
        register_image_format(one)
    try:
        html = read(embed(picture, "crop"), embed(picture, "caption"))
    finally:
        for one in made:
            unregister_image_format(one)
    assert "<source" not in html
    assert html.count("<img") == 2


def test_it_costs_one_statement_a_picture(story, client, picture):
    page = story("Illustrated", body=[embed(picture), block(picture)])

    def statements():
        with CaptureQueriesContext(connection) as queries:
            client.get(page.get_url(), headers={"host": "localhost"})
        return [query["sql"] for query in queries if "wagtailimages_rendition" in query["sql"]]

    statements()
    assert len(statements()) == 2


def test_on_other_sites_every_width_has_its_whole_address(story, picture, api):
    story("Illustrated", body=[embed(picture), block(picture)])
    pk = api("items/")["results"][0]["id"]
    html = api(f"items/{pk}/")["body_html"]
    sources = re.findall(r'srcset="([^"]+)"', html)
    assert len(sources) == 2
    for source in sources:
        for candidate in source.split(", "):
            assert candidate.startswith("http://localhost/")


def test_addresses_are_made_whole_in_srcset_alone():
    html = '<p>/a 1w, /b</p><source srcset="/a.webp 1w, /b,c.webp 2w, //cdn/x 3w"><img src="/d.jpg">'
    assert absolute_links(html, "https://x.example/") == (
        '<p>/a 1w, /b</p><source srcset="https://x.example/a.webp 1w, https://x.example/b,c.webp 2w, //cdn/x 3w">'
        '<img src="https://x.example/d.jpg">'
    )


def test_a_hidden_picture_leaves_nothing(read, picture):
    restrict_collection(picture)
    html = read(embed(picture), block(picture))
    assert "<img" not in html
    assert "<source" not in html
