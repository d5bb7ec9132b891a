"""A site in English and French.

The package has no French, the project's languages are settings.
"""

import datetime

import pytest
from django.utils.translation import override
from wagtail.models import Locale

from tests.factories import publish_story
from wagtail_cpsnews.embed.block import NewsListBlock
from wagtail_cpsnews.languages import match_language, text_languages, translated_languages
from wagtail_cpsnews.taxonomy.models import Area

LANGUAGES = [("en", "English"), ("fr", "Français")]
DAY = datetime.datetime(2026, 2, 14, 12, tzinfo=datetime.UTC)


@pytest.fixture
def french(newsroom, settings):
    """A story in French, and an area with a French name."""
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
    locale = Locale.objects.create(language_code="fr")
    area = Area.find("wessex").copy_for_translation(locale)
    area.name = "Ouessex"
    area.save()
    return publish_story(parent=newsroom, title="Le port", published_at=DAY, areas=["wessex"], locale=locale)


def test_stories_labels_and_dates(api, french):
    (item,) = api(language="fr")["results"]
    assert (item["title"], item["language"]) == ("Le port", "fr")
    assert item["published_display"] == "14 février 2026"
    assert item["areas"][0]["label"] == "Ouessex"
    (item,) = api(language="fr", lang="en")["results"]
    assert (item["published_display"], item["areas"][0]["label"]) == ("14 February 2026", "Wessex")


def test_what_lang_can_be(api, french):
    """The site's languages, and those of the package's own texts.

    Embeds on other sites ask for these.
    """
    (error,) = api(status=400, lang="de")["errors"]
    assert error["allowed"] == ["en", "cy", "fr"]


def test_outputs_speak_it(client, french):
    def get(path):
        return client.get(f"/newsroom/{path}", headers={"host": "localhost"})

    assert get("feeds/news.rss?language=fr")["Content-Language"] == "fr"
    assert "14 février 2026" in get("embed/list/?language=fr&lang=fr").content.decode()
    with override("cy"):  # whatever the thread was left in
        assert (
            "There is no parameter" in get("api/v1/items/?nothing=1&lang=fr").json()["errors"][0]["message"]
        )


def test_a_frame_on_a_page_in_a_language_that_not_every_publisher_has():
    block = NewsListBlock(publishers=["https://publisher.example/newsroom/"])
    value = block.to_python({"door": "iframe"})
    for language, lang in [("cy", "&amp;lang=cy"), ("en-gb", "&amp;lang=en"), ("fr", "")]:
        with override(language):
            html = str(block.render(value))
        assert ("lang=" in html, lang in html) == (bool(lang), True)


@pytest.mark.parametrize(
    ("code", "known", "found"),
    [
        ("pt-BR", ["pt", "pt-br"], "pt-br"),
        ("en-gb", ["cy", "en"], "en"),
        ("en", ["en-GB"], "en-GB"),
        ("de", ["en", "cy"], None),
        ("", ["en"], None),
    ],
)
def test_the_language_for_a_code(code, known, found):
    assert match_language(code, known) == found


def test_the_languages_of_the_packages_texts():
    assert translated_languages() == ("en", "cy")


def test_the_languages_of_texts_are_the_projects_and_the_packages(settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
    assert text_languages() == ["en", "fr", "cy"]
    assert text_languages(["en-GB"]) == ["en-gb", "fr", "cy"]
