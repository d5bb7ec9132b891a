"""What the admin says about a page.

Its status as readers experience it, dates as staff read them, no red crosses.
"""

import datetime
import re

import pytest
from django.utils import timezone, translation

from tests.editors import rows_of
from tests.factories import draft_story, publish_story
from tests.telling import telling
from wagtail_cpsnews.admin import modeladmin
from wagtail_cpsnews.admin.models import plain_specs
from wagtail_cpsnews.catalogue.dates import short_display
from wagtail_cpsnews.pages.models import (
    MediaProtocolPage,
    NewsIndexPage,
    NewsItemPage,
    PressOfficePage,
    SpeechPage,
)
from wagtail_cpsnews.stories.status import status_of
from wagtail_cpsnews.taxonomy.models import Area
from wagtail_cpsnews.usage.models import EmbedUse

pytestmark = pytest.mark.django_db

WHEN = datetime.datetime(2126, 11, 30, 9, 30, tzinfo=datetime.UTC)
TYPES = [NewsItemPage, SpeechPage, MediaProtocolPage, PressOfficePage, NewsIndexPage]


def expire(page):
    """Let a page's time pass, before cron has run."""
    type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now() - datetime.timedelta(minutes=5))
    return type(page).objects.get(pk=page.pk)


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_an_expired_page_is_not_called_live(newsroom, admin_client, model):
    fields = {"summary": "S."} if issubclass(model, NewsItemPage | SpeechPage) else {}
    page = newsroom.add_child(instance=model(title="Gone at nine", slug="gone", **fields))
    assert page.status_string == "live"
    page = expire(page)
    assert page.status_string == status_of(page) == "expired"
    html = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert f"it expired on {short_display(page.expire_at)}." in html


def row_of(title, html):
    """The words of a list's row, without what its menu offers."""
    row = next((row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if title in row), "")
    return (
        re.sub(r"view live", " ", " ".join(re.sub(r"<[^>]*>", " ", row).split()), flags=re.IGNORECASE)
        .lower()
        .split()
    )


@pytest.mark.parametrize(
    "address",
    [
        "/admin/pages/{parent}/",
        "/admin/pages/{parent}/?q=Gone",
        "/admin/pages/{home}/",
        "/admin/newsroom/newsitempage/",
        "/admin/pages/search/?q=Gone",
        "/admin/choose-page/{parent}/",
    ],
)
@pytest.mark.parametrize("place", telling(["news centre", "home"], "news centre"))
def test_no_list_calls_it_live(newsroom, admin_user, admin_client, address, place):
    parent = newsroom if place == "news centre" else newsroom.get_parent()
    page = draft_story(parent=parent, title="Gone at nine")
    page.save_revision(user=admin_user).publish()
    other = draft_story(parent=parent, title="Gone fishing")
    other.save_revision(user=admin_user).publish()
    expire(page)
    html = admin_client.get(address.format(parent=parent.pk, home=newsroom.get_parent().pk)).content.decode()
    if "choose-page" in address:
        html = admin_client.get(address.format(parent=parent.pk)).json()["html"]
    gone, there = row_of("Gone at nine", html), row_of("Gone fishing", html)
    if place == "news centre" and "{home}" in address:
        assert not gone
        return
    assert "expired" in gone
    assert "live" not in gone
    assert "live" in there


def test_our_lists_do_not_lead_to_what_readers_cannot_get(newsroom, admin_client):
    page = publish_story(parent=newsroom, title="Gone at nine")
    address = f"/admin/pages/{newsroom.pk}/"
    link = 'title="Visit the live page"'
    assert link in admin_client.get(address).content.decode()
    expire(page)
    assert link not in admin_client.get(address).content.decode()
    [row] = [row for row in rows_of(admin_client.get(f"{address}?export=csv")) if row[0] == "Gone at nine"]
    assert "expired" in row


def test_a_page_that_a_rule_of_the_site_hides_is_not_called_live(newsroom, admin_client, rule):
    page = publish_story(parent=newsroom, title="Held back")
    rule(lambda page: "held" if page.title == "Held back" else "")
    assert page.status_string == "not shown"
    assert (
        "a rule of this site hides it" in admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    )


def test_other_statuses_are_wagtails(newsroom):
    page = draft_story(parent=newsroom, title="Draft")
    assert page.status_string == "draft"
    page.save_revision().publish()
    page = NewsItemPage.objects.get(pk=page.pk)
    page.save_revision()
    assert NewsItemPage.objects.get(pk=page.pk).status_string == "live + draft"
    page.go_live_at = WHEN
    page.save_revision().publish()
    assert NewsItemPage.objects.get(pk=page.pk).status_string == "live + scheduled"


# -- dates --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "en-gb", "en-us", "cy"])
def test_dates_have_one_order_in_every_language(language):
    with translation.override(language):
        month = "Tach" if language == "cy" else "Nov"
        assert short_display(WHEN) == f"30 {month} 2126, 9:30am"
        assert short_display(WHEN.replace(hour=0, minute=5)) == f"30 {month} 2126, 12:05am"
        assert short_display(WHEN.replace(hour=12)) == f"30 {month} 2126, 12:30pm"
        assert short_display(None) == ""
        assert short_display(datetime.datetime(2026, 7, 1, 8, tzinfo=datetime.UTC)).endswith("2026, 9:00am")


@pytest.mark.parametrize("language", ["en", "en-gb", "cy"])
def test_lists_say_when_in_that_way(newsroom, admin_user, admin_client, language, settings):
    from wagtail.users.models import UserProfile

    settings.WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("en-gb", "British"), ("cy", "Cymraeg")]
    profile = UserProfile.get_for_user(admin_user)
    profile.preferred_language = language
    profile.save()
    page = draft_story(parent=newsroom, title="Later", go_live_at=WHEN)
    page.save_revision().publish()
    EmbedUse.objects.create(host="partner.example", what="list:", first_seen=WHEN, last_seen=WHEN)
    for address in (
        "/admin/newsroom/newsitempage/",
        f"/admin/pages/{newsroom.pk}/",
        "/admin/newsroom/usage/",
    ):
        text = admin_client.get(address).content.decode()
        assert re.search(r"30 (Nov|Tach) 2126, 9:30am", text), address
        table = "".join(re.findall(r"<td.*?</td>", text, re.DOTALL))
        assert not re.search(r"a\.m\.|p\.m\.|\d+/\d+/\d{4}", table), address
    rows = rows_of(admin_client.get("/admin/newsroom/newsitempage/?export=xlsx"))
    assert datetime.datetime(2126, 11, 30, 9, 30) in rows[1]


# -- no red crosses -----------------------------------------------------------------------------------------------------


def test_what_is_not_retired_has_no_cross(newsroom, admin_client):
    area = Area.find("wessex")
    Area.objects.filter(pk=area.pk).update(retired=True)
    for address in ("/admin/newsroom/area/", "/admin/snippets/cpsnews/area/"):
        html = admin_client.get(address).content.decode()
        table = "".join(re.findall(r"<td.*?</td>", html, re.DOTALL))
        assert "cross" not in table
        assert "icon-success" not in table
        assert "False" not in table
        assert "Retired" in table


@pytest.mark.parametrize("spec", plain_specs(), ids=lambda spec: spec.slug)
def test_no_list_shows_a_bare_truth_value(terms, spec):
    """A column of a plain model has words.

    Modeladmin shows a field's True and False as a tick and a cross.
    """
    admin = modeladmin.build(spec)
    fields = {field.name for field in spec.model._meta.get_fields()}
    for name, column in zip(admin.list_display, spec.columns, strict=True):
        value = None if column.value is None else name
        assert value is None or value not in fields
        if value is None:
            assert spec.model._meta.get_field(name).get_internal_type() != "BooleanField"
