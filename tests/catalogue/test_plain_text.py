"""HTML to words.

Plain markup is read without a parser, and gives what a parser gives.
"""

import random

import pytest
from bs4 import BeautifulSoup

from wagtail_cpsnews.catalogue import plain_text
from wagtail_cpsnews.catalogue.plain_text import html_to_text

PIECES = [
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b >",
        "<br/>",
        "<br / >",
        "<hr>",
        "<P>",
        "<a-b>",
        "<a/b>",
        "</",
        "<svg>",
        "<rtx>",
    ),
    *('<a href="/x?a=1&amp;b=2">', "</a>", '<img alt="x>y">', "<img alt='q'>", '<a\nhref="x">', "<a href=x>"),
    *(
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<template>",
        "</template>",
        "<rt>",
        "</rt>",
        "<title>",
    ),
    *(
        "<textarea>",
        "</textarea>",
        "<noscript>",
        "</noscript>",
        "<iframe>",
        "<plaintext>",
        "<!-- c -->",
        "<?x?>",
    ),
    *(
        "a",
        "b c",
        "é",
        '"',
        "\n",
        "\xa0",
        "&",
        "<",
        ">",
        "&amp;",
        "&lt;",
        "&nbsp;",
        "&#39;",
        "&eacute;",
        "&foo;",
    ),
]


@pytest.mark.parametrize("seed", range(10))
def test_the_words_are_those_of_a_parser(seed):
    choose = random.Random(seed)
    for _round in range(200):
        html = "".join(choose.choice(PIECES) for _piece in range(choose.randint(1, 9)))
        assert html_to_text(html) == " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split()), html


def test_a_rich_text_needs_no_parser(monkeypatch):
    monkeypatch.setattr(plain_text, "BeautifulSoup", None)
    html = '<div class="a"><h2 id="x">Plea</h2>\n<p>He said &quot;no&quot; &amp; <a href="/x/">left</a>.<br/>&nbsp;</p></div>'
    assert html_to_text(html) == 'Plea He said "no" & left .'
