"""``{% news_list %}``: the list's parameters in a host's template."""

import datetime

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation
from wagtail.models import Locale, Page, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, publish_story
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.taxonomy.models import Area


@pytest.fixture
def write(newsroom):
    """Renders a template with the tag on the site's home page."""

    def render(tag, host="localhost", **context):
        request = RequestFactory().get("/", headers={"host": host})
        context = Context({"page": newsroom.get_parent().specific, "request": request, **context})
        return Template("{% load cpsnews %}" + tag).render(context)

    return render


@pytest.fixture
def stories(story):
    story("Fraud in Wessex", crime_types=["fraud-and-economic-crime"], areas=["wessex"])
    story("Hate in Wessex", crime_types=["hate-crime"], areas=["wessex"])
    story("Drugs in Wessex", crime_types=["drug-offences"], areas=["wessex"])
    story("Fraud elsewhere", crime_types=["fraud-and-economic-crime"], areas=["cps"])


def test_it_takes_filters_and_a_heading(stories, write):
    html = write(
        '{% news_list area="wessex" crime_type="fraud-and-economic-crime hate-crime" heading="Now & then" %}'
    )
    assert "Now &amp; then" in html
    assert "Fraud in Wessex" in html
    assert "Hate in Wessex" in html
    assert "Drugs" not in html
    assert "elsewhere" not in html


def test_values_come_as_lists_terms_days_and_numbers(stories, write):
    html = write(
        "{% news_list area=areas crime_type=types page_size=1 published_after=day language_only=True %}",
        areas=Area.objects.filter(slug="wessex"),
        types=["hate-crime", "drug-offences"],
        day=datetime.date(2020, 1, 1),
    )
    assert html.count("<h3") == 1
    assert "Drugs in Wessex" in html
    assert "See all 2 stories" in html


def test_a_query_and_a_name_for_the_listing(stories, write):
    tag = "{% news_list query=query page_size=2 as found %}{{ found.count }}:{{ found.cards|length }}:{{ found.query.order }}"
    assert write(tag, query=Query(area=("wessex",), order="published")) == "3:2:published"


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        ('{% news_list area="atlantis" %}', ["area", "atlantis", "wessex"]),
        ("{% news_list page_size=500 %}", ["page_size", "500", "1 to 100"]),
        ('{% news_list county="kent" %}', ["county", "kent", "area"]),
        ("{% news_list page=2 %}", ["page", "2", "page_size"]),
        ('{% news_list query="wessex" %}', ["query", "wessex", "Query"]),
        ('{% news_list published_after="yesterday" %}', ["published_after", "yesterday"]),
    ],
)
def test_what_is_wrong_is_said_to_developers_and_kept_from_readers(
    stories, write, settings, caplog, tag, named
):
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError) as error:
        write(tag)
    assert all(name in str(error.value) for name in named)
    settings.DEBUG = False
    write(tag)
    assert all(name in caplog.text for name in named)


def test_a_filter_that_means_nothing_does_not_become_a_list_of_everything(stories, write):
    assert write('{% news_list area="atlantis" heading="Atlantis" %}') == ""
    assert write('{% news_list county="kent" heading="Kent" %}') == ""
    assert "Fraud in Wessex" in write('{% news_list area="atlantis wessex" %}')
    assert "Fraud in Wessex" in write("{% news_list page_size=500 %}")


def test_it_cannot_be_read_without_names(newsroom):
    with pytest.raises(TemplateSyntaxError, match="by name"):
        Template('{% load cpsnews %}{% news_list "wessex" %}')


def test_it_lists_the_site_of_the_request(stories, write):
    home = HomePageFactory(parent=Page.objects.get(depth=1), title="Elsewhere", slug="elsewhere")
    Site.objects.create(hostname="elsewhere.example", root_page=home)
    index = NewsIndexPageFactory(parent=home, title="News", slug="news")
    publish_story(parent=index, title="Foreign")
    assert "Foreign" not in write("{% news_list %}")
    there = write("{% news_list %}", host="elsewhere.example")
    assert "Foreign" in there
    assert "Wessex" not in there
    assert "Foreign" in write("{% news_list %}", request=None, page=home)


def test_it_follows_the_page_into_welsh(story, write, newsroom):
    story("English", kind="press-release", areas=["wessex"])
    cy = newsroom.get_parent().copy_for_translation(Locale.objects.get(language_code="cy"))
    html = write("{% news_list %}", page=cy)
    assert 'lang="cy"' in html
    assert "Datganiad" in html
    assert "language=cy&amp;lang=cy" in html
    with translation.override("cy"):
        assert 'lang="en"' in write('{% news_list language="en" %}')


def test_an_empty_list_says_so(newsroom, write):
    assert "Nothing has been published here yet." in write("{% news_list %}")


def test_without_the_newsrooms_addresses_cards_have_no_dead_links(stories, write, settings, newsroom):
    settings.ROOT_URLCONF = "tests.urls_without_newsroom"
    assert 'href="/news/?area=' in write("{% news_list page_size=1 %}")
    newsroom.unpublish()
    html = write("{% news_list page_size=1 %}")
    assert 'href=""' not in html
    assert "?area=" not in html
    assert "Fraud elsewhere" in html
