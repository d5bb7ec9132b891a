"""Letters, reporting a mistake, and licences: on the page, in lists, in the API."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from wagtail_cpsnews.checks import check_settings
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.stories.corrections_link import mistake_url

LETTER = {
    "letter_addressee": "The Editor",
    "letter_publication": "Harbour Gazette",
    "letter_in_reply_to": "Your leader of 3 May",
    "letter_in_reply_to_url": "https://gazette.example/leader",
    "letter_signatory": "Ursula Penhale",
}


@pytest.fixture
def read(client):
    return lambda path: client.get(path, headers={"host": "localhost"}).content.decode()


@pytest.fixture
def detail(api):
    def ask(title, **params):
        (listed,) = [item for item in api()["results"] if item["title"] == title]
        return api(f"items/{listed['id']}/", **params)

    return ask


def test_a_letter_says_to_whom_where_and_by_whom(story, read, api):
    page = story("A reply", kind="letter", **LETTER)
    text = read(page.url)
    for wanted in LETTER.values():
        assert wanted in text
    (item,) = api()["results"]
    assert item["letter"] == {name.removeprefix("letter_"): value for name, value in LETTER.items()}
    card = read("/news/")
    assert "to The Editor" in card
    assert "Harbour Gazette" in card


def test_what_is_no_letter_has_none(story, read, api):
    page = story("News")
    assert "letter" not in api()["results"][0]
    assert "In reply to" not in read(page.url)


def test_part_of_a_letter(story, read, api):
    page = story("A reply", letter_in_reply_to_url="https://gazette.example/leader")
    assert api()["results"][0]["letter"] == {"in_reply_to_url": "https://gazette.example/leader"}
    assert ">https://gazette.example/leader</a>" in read(page.url)


# -- mistakes ---------------------------------------------------------------------------------------------------------

TITLE = "“Fish & chips” 100%? Cc: a@b.example\r\nBcc: c@d.example #1"
URL = "https://www.example.org/news/fish/?a=1&b=2#x"


def test_a_letter_is_begun_with_title_and_address(settings):
    settings.WAGTAIL_CPSNEWS = {"MISTAKES_ADDRESS": "news+desk@example.org"}
    link = urlsplit(mistake_url(TITLE, URL, "en"))
    assert (link.scheme, link.path, link.fragment) == ("mailto", "news%2Bdesk@example.org", "")
    assert "+" not in link.query
    fields = {name: unquote(value) for name, value in (pair.split("=") for pair in link.query.split("&"))}
    assert set(fields) == {"subject", "body"}
    assert "Fish & chips" in fields["subject"]
    assert "\n" not in fields["subject"]
    assert URL in fields["body"].split("\r\n")


def test_a_form_is_told_the_story(settings):
    settings.WAGTAIL_CPSNEWS = {"MISTAKES_ADDRESS": "https://forms.example/mistake?team=news#form"}
    link = urlsplit(mistake_url(TITLE, URL, "en"))
    assert (link.netloc, link.path, link.fragment) == ("forms.example", "/mistake", "form")
    assert parse_qs(link.query) == {"team": ["news"], "title": [TITLE], "url": [URL]}


def test_the_address_may_differ_by_language(settings):
    settings.WAGTAIL_CPSNEWS = {"MISTAKES_ADDRESS": {"en": "desk@example.org", "cy": "desg@example.org"}}
    assert mistake_url("A", URL, "cy").startswith("mailto:desg@")
    assert mistake_url("A", URL, "en-gb").startswith("mailto:desk@")
    assert mistake_url("A", URL, "pl").startswith("mailto:desk@")


@pytest.mark.parametrize("speech", [False, True])
def test_every_story_has_the_link_or_none_has(story, read, settings, speech):
    page = story("Here & there", speech=speech)
    settings.WAGTAIL_CPSNEWS = {"MISTAKES_ADDRESS": "desk@example.org"}
    text = read(page.url)
    assert "mailto:desk@example.org?subject=" in text
    assert "Here%20%26%20there" in text
    assert "http%3A%2F%2Flocalhost%2Fnews%2Fhere-there%2F" in text
    settings.WAGTAIL_CPSNEWS = {}
    assert "Report a mistake" not in read(page.url)


# -- licence ----------------------------------------------------------------------------------------------------------

OGL = {"name": "Open licence", "url": "https://licence.example/en"}
CYM = {"name": "Trwydded agored", "url": "https://licence.example/cy"}


def test_a_licence_is_on_the_page_and_in_the_detail(story, read, detail, settings):
    page = story("Free to use")
    settings.WAGTAIL_CPSNEWS = {"LICENCE": OGL}
    assert '<a href="https://licence.example/en" rel="license">Open licence</a>' in read(page.url)
    assert detail("Free to use")["licence"] == OGL
    settings.WAGTAIL_CPSNEWS = {"LICENCE": {"en": OGL, "cy": CYM}}
    assert detail("Free to use", lang="cy")["licence"] == CYM
    settings.WAGTAIL_CPSNEWS = {}
    assert detail("Free to use")["licence"] is None
    assert "Licence" not in read(page.url)


def test_a_licence_without_an_address(settings):
    settings.WAGTAIL_CPSNEWS = {"LICENCE": {"name": "Crown copyright"}}
    assert get_settings().licence("en") == {"name": "Crown copyright", "url": ""}


def test_a_picture_has_a_licence_of_its_own(story, read, api, settings, detail):
    import io

    from django.core.files.images import ImageFile
    from PIL import Image as Picture
    from wagtail.images import get_image_model

    data = io.BytesIO()
    Picture.new("RGB", (90, 60)).save(data, "PNG")
    image = get_image_model().objects.create(title="Harbour", file=ImageFile(data, name="harbour.png"))
    block = {"image": image, "alt": "", "caption": "", "credit": "Agency", "licence": "All rights reserved"}
    page = story(
        "With", image=image, image_credit="A. Person", image_licence="No reuse", body=[("image", block)]
    )
    story("Without", image=image)
    text = read(page.url)
    assert "A. Person · No reuse" in text
    assert "Agency · All rights reserved" in text
    images = {item["title"]: item["image"] for item in api()["results"]}
    assert (images["With"]["credit"], images["With"]["licence"]) == ("A. Person", "No reuse")
    assert not {"credit", "licence"} & set(images["Without"])
    assert detail("With")["body"][0]["value"]["licence"] == "All rights reserved"


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ({"MISTAKES_ADDRESS": "desk@example.org"}, []),
        ({"MISTAKES_ADDRESS": "https://www.example.org/mistakes/"}, []),
        ({"MISTAKES_ADDRESS": "/mistakes/"}, []),
        ({"MISTAKES_ADDRESS": {"en": "desk@example.org", "cy": "/cy/camgymeriad/"}}, []),
        ({"MISTAKES_ADDRESS": "desk at example.org"}, ["cpsnews.E010"]),
        ({"MISTAKES_ADDRESS": "javascript://%0aalert(1)"}, ["cpsnews.E010"]),
        ({"MISTAKES_ADDRESS": "//evil.example/"}, ["cpsnews.E010"]),
        ({"MISTAKES_ADDRESS": None}, ["cpsnews.E010"]),
        ({"MISTAKES_ADDRESS": {}}, ["cpsnews.E010"]),
        ({"MISTAKES_ADDRESS": {"en": ""}}, ["cpsnews.E010"]),
        ({"FORMATS_ADDRESS": "formats@example.org"}, []),
        ({"FORMATS_ADDRESS": "formats at example.org"}, ["cpsnews.E010"]),
        ({"LICENCE": None}, []),
        ({"LICENCE": OGL}, []),
        ({"LICENCE": {"en": OGL, "cy": CYM}}, []),
        ({"LICENCE": {"name": "Crown copyright"}}, []),
        ({"LICENCE": "OGL"}, ["cpsnews.E011"]),
        ({"LICENCE": {}}, ["cpsnews.E011"]),
        ({"LICENCE": {"url": "https://x.example"}}, ["cpsnews.E011"]),
        ({"LICENCE": {"name": "X", "url": "javascript:alert(1)"}}, ["cpsnews.E011"]),
        ({"LICENCE": {"name": "X", "link": "https://x.example"}}, ["cpsnews.E011"]),
    ],
)
def test_nonsense_is_explained(settings, value, ids):
    settings.WAGTAIL_CPSNEWS = value
    messages = check_settings(None)
    assert [message.id for message in messages] == ids
    assert all(message.hint for message in messages)


def test_a_speech_is_no_letter(newsroom, admin_client):
    form = "/admin/pages/add/cpsnews_pages/{}/{}/"
    assert "letter_addressee" in admin_client.get(form.format("newsitempage", newsroom.pk)).content.decode()
    assert "letter_addressee" not in admin_client.get(form.format("speechpage", newsroom.pk)).content.decode()
