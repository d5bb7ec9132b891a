"""What other sites paste is well-formed in XHTML too.

A frame in it has no border and its own height.
"""

import html
import itertools
import re
from xml.etree import ElementTree

import pytest

from tests.telling import telling
from wagtail_cpsnews.embed.appearance import PAGINGS, THEMES, DisplayOptions
from wagtail_cpsnews.embed.builder import METHODS, SWITCHES
from wagtail_cpsnews.embed.height import estimate, spacers

BUILDER = "/newsroom/embed/builder/"


def parsed(code):
    return ElementTree.fromstring(f"<div>{code}</div>")


def builder_codes(client, **params):
    page = client.get(BUILDER, params, headers={"host": "localhost"}).content.decode()
    return [
        (name, html.unescape(code))
        for name, code in re.findall(r'<code id="builder-lines-([a-z]+)">(.*?)</code>', page, re.S)
    ]


def assert_frames_are_plain(tree):
    for frame in tree.iter("iframe"):
        assert frame.get("frameborder") == "0"
        assert int(frame.get("height")) >= 100
        assert frame.get("title")


@pytest.mark.parametrize("theme", telling(THEMES, THEMES[-1]))
@pytest.mark.parametrize("paging", PAGINGS)
def test_every_code_of_the_builder_is_well_formed(story, client, theme, paging):
    story('Fish & chips <b> "quoted"', areas=["wessex"])
    for method, switch in itertools.product(METHODS, ("", *SWITCHES)):
        given = {"door": method, "theme": theme, "paging": paging, "heading": 'A & B <i> "', "summary": "yes"}
        if switch:
            given[switch] = "yes"
        codes = builder_codes(client, **given, q="a&b")
        assert codes
        for name, code in codes:
            if name in ("element", "iframe", "link", "resize"):
                tree = parsed(code)
                assert_frames_are_plain(tree)
                assert not [node for node in tree.iter() if node.get("style") is not None]


@pytest.mark.parametrize("path", ["", "story"])
def test_oembed_is_well_formed(story, client, path):
    page = story("Fish & chips", areas=["wessex"])
    url = page.full_url if path else "http://localhost/newsroom/?area=wessex&q=a%26b"
    data = client.get("/newsroom/embed/oembed/", {"url": url}, headers={"host": "localhost"}).json()
    tree = parsed(data["html"])
    assert_frames_are_plain(tree)
    assert len(list(tree.iter("iframe"))) == 1


@pytest.mark.parametrize("summaries", [False, True])
@pytest.mark.parametrize("method", ["element", "iframe"])
def test_the_wagtail_block_is_well_formed(method, summaries):
    from wagtail_cpsnews.embed.block import NewsListBlock

    block = NewsListBlock(publishers=["https://publisher.example/newsroom/"])
    value = block.to_python(
        {"source": "https://publisher.example/newsroom/", "door": method, "heading": "A & B", "number": 5}
        | {"summaries": summaries}
    )
    tree = parsed(block.render(value))
    assert_frames_are_plain(tree)
    assert list(tree.iter("iframe" if method == "iframe" else "cps-news"))


def test_room_grows_with_what_is_shown_and_is_more_on_a_phone():
    card = {"title": "x" * 80, "summary": "y" * 200, "published_display": "1 May 2026", "image": None}
    plain = estimate([card] * 5, DisplayOptions())
    assert plain.narrow > plain.wide > 300
    assert estimate([card] * 5, DisplayOptions(summary=True)).narrow > plain.narrow
    assert estimate([card] * 5, DisplayOptions(heading="News")).wide > plain.wide
    assert estimate([card] * 5, DisplayOptions(), filters=4).wide > plain.wide
    assert estimate([], DisplayOptions()).wide < 100
    heights = [int(each) for each in re.findall(r'height="(\d+)"', spacers(plain))]
    assert sum(heights) == plain.narrow
    assert heights[0] == plain.wide
