"""The builder and the page for IT departments are in one language: every text of theirs is looked up in it."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from wagtail_cpsnews.catalogue.snapshots import current

BUILDER = "/newsroom/embed/builder/"
IT_PAGE = "/newsroom/embed/it/"
FORM = "application/x-www-form-urlencoded"

#: What is code or somebody's own text.
SKIPPED = {"code", "pre", "script", "style", "svg", "textarea", "cps-news", "iframe"}
SPOKEN = {"aria-label", "title", "alt", "placeholder", "data-done", "data-selected"}
#: Names of systems are the same in every language.
NAMES = {
    "WordPress",
    "Wagtail",
    "Drupal, LocalGov Drupal",
    "Jadu",
    "Umbraco",
    "GOSS iCM",
    "Contensis",
    "SharePoint",
}


class Texts(HTMLParser):
    """A page's texts outside the marks of what was looked up, and the languages of the marks.

    Except elements that say that they are in another language.
    """

    def __init__(self):
        super().__init__()
        self.skipped, self.foreign, self.depth = 0, "", 0
        self.outside, self.languages = [], set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for name in SPOKEN & set(given):
            self.read(given[name] or "")
        if tag == "input" and given.get("type") == "submit":
            self.read(given.get("value", ""))
        self.skipped += tag in SKIPPED
        if given.get("lang", "cy") != "cy":
            self.foreign = tag

    def handle_endtag(self, tag):
        self.skipped -= tag in SKIPPED
        if tag == self.foreign:
            self.foreign = ""

    def handle_data(self, data):
        if not self.skipped and not self.foreign:
            self.read(data)

    def read(self, text):
        for piece in re.split(r"(⟦[a-z-]+:|⟧)", text):
            if piece == "⟧":
                self.depth -= 1
            elif piece.startswith("⟦"):
                self.depth += 1
                self.languages.add(piece[1:-1])
            elif not self.depth and re.search("[A-Za-z]", piece):
                self.outside.append(piece.strip())


@pytest.fixture
def marked(monkeypatch):
    """Mark every text that is looked up with the language that it is looked up in."""

    def mark(text):
        return f"⟦{translation.get_language()}:{text}⟧" if re.search("[A-Za-z]", str(text)) else text

    lookups = {
        "gettext": mark,
        "ngettext": lambda one, many, number: mark(one if number == 1 else many),
        "pgettext": lambda context, text: mark(text),
        "npgettext": lambda context, one, many, number: mark(one if number == 1 else many),
    }
    for name, lookup in lookups.items():
        # This order: the first to ask `_trans` for a function keeps what `trans_real` has at that time.
        monkeypatch.setattr(translation._trans, name, lookup)
        monkeypatch.setattr(trans_real, name, lookup)


@pytest.fixture
def read(story, client, marked):
    story("Stori", areas=["wessex"], crime_types=["hate-crime"])

    def ask(path, **post):
        headers = {"host": "localhost"}
        if post:
            response = client.post(path, data=urlencode(post), content_type=FORM, headers=headers)
        else:
            response = client.get(path, headers=headers)
        assert response.status_code == 200
        texts = Texts()
        texts.feed(response.content.decode())
        return texts

    return ask


ASKED = [
    (f"{BUILDER}?lang=cy&summary=yes&paging=more&pinned=yes&find=Newcastle&area=wessex", {}),
    (f"{BUILDER}?lang=cy&find=Atlantis&door=link&language_only=1&theme=pink&area=nope&page_size=x", {}),
    (f"{BUILDER}?lang=cy&door=developer&language=cy", {}),
    (f"{IT_PAGE}?lang=cy", {"policy": "hello"}),
    (f"{IT_PAGE}?lang=cy", {"policy": "scrpt-src self; frame-src *; default-src 'none', img-src 'none'"}),
]


def test_every_text_is_looked_up_in_the_language_of_the_page(read):
    taxonomies = current().reference.taxonomies.values()
    terms = {term.label("cy") for taxonomy in taxonomies for term in taxonomy.current}
    for path, post in ASKED:
        texts = read(path, **post)
        outside = [each for each in texts.outside if each.partition(" (")[0] not in terms | NAMES]
        assert outside == [], path
        assert texts.languages == {"cy"}, path
