"""The newsroom's menu, merging terms, and choosers: what editors do with them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Locale, Revision
from wagtail.models.audit_log import ModelLogEntry

from tests.editors import AREAS, NEWS, make_editor, rows_of
from tests.factories import draft_story, publish_story
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area, CrimeType, Topic

ROOT = Path(__file__).resolve().parents[2]
MERGE = "/admin/newsroom/merge/area/{}/"


def menu_of(client):
    """Return the names of the newsroom's menu items that a user is shown.

    None without the group.
    """
    from django.test import RequestFactory

    from wagtail_cpsnews.admin.menu import menu_item

    request = RequestFactory().get("/admin/")
    request.user = client
    group = menu_item()
    if not group.is_shown(request):
        return None
    items = sorted(group.menu.menu_items_for_request(request), key=lambda item: item.order)
    return [str(item.label) for item in items]


def test_the_menu_shows_what_one_may_use(newsroom, admin_user, settings):
    pages, builder = ["News items", "Speeches", "Media protocols"], "Embed a list on another site"
    everything = [
        *pages,
        "Press contacts",
        "News types",
        "Crime types",
        "Areas",
        "Topics",
        "Outcome labels",
        builder,
    ]
    assert menu_of(admin_user) == everything
    assert menu_of(make_editor("writer", newsroom)) == [*pages, builder]
    assert menu_of(make_editor("librarian", rights=["change_topic"])) == ["Topics", builder]
    assert menu_of(make_editor("nobody")) is None
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"topic": False, "area": {"en": ("ward", "wards")}}}
    assert menu_of(admin_user) == [
        *pages,
        "Press contacts",
        "News types",
        "Crime types",
        "Wards",
        "Outcome labels",
        builder,
    ]


def test_edit_links_lead_to_modeladmin_and_snippets_stay(admin_client, admin_user, newsroom):
    area = Area.find("wessex")
    assert AdminURLFinder(admin_user).get_edit_url(area) == f"{AREAS}edit/{area.pk}/"
    assert admin_client.get(f"{AREAS}edit/{area.pk}/").status_code == 200
    assert admin_client.get(f"/admin/snippets/cpsnews/area/edit/{area.pk}/").status_code == 200
    assert "Snippets" not in admin_client.get("/admin/").content.decode()


def test_editing_by_modeladmin_keeps_the_rules(admin_client, newsroom, titles, story):
    story("One", areas=["wessex"])
    area = Area.objects.get(slug="wessex", locale__language_code="en")
    data = {"name": "Wessex", "slug": "Not a slug", "sort_order": "0", "successor": "", "aliases": ""}
    answer = admin_client.post(f"{AREAS}edit/{area.pk}/", data)
    assert answer.status_code == 200
    assert "Use lower-case letters" in answer.content.decode()
    answer = admin_client.post(f"{AREAS}edit/{area.pk}/", {**data, "slug": "wessex-new"})
    assert answer.status_code == 302
    assert titles(area="wessex") == titles(area="wessex-new") == ["One"]


def test_the_columns_say_when_a_story_goes_out(admin_client, newsroom):
    soon = timezone.now() + timezone.timedelta(days=2)
    approved = draft_story(parent=newsroom, title="Approved", go_live_at=soon)
    approved.save_revision().publish()
    assert Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    draft_story(parent=newsroom, title="Planned", go_live_at=soon)
    live = publish_story(parent=newsroom, title="Changing")
    live.go_live_at = soon
    live.save_revision(approved_go_live_at=soon)
    rows = {row[0]: row for row in rows_of(admin_client.get(NEWS, {"export": "csv"}))}
    day = timezone.localtime(soon).strftime("%Y-%m-%d")
    assert [rows[name][4][:10] for name in ("Approved", "Planned", "Changing")] == [day, day, day]
    page = admin_client.get(NEWS).content.decode()
    assert page.count("(not yet approved)") == 1
    scheduled = admin_client.get(NEWS, {"status": "scheduled", "export": "csv"})
    assert sorted(row[0] for row in rows_of(scheduled)[1:]) == ["Approved", "Changing"]


def test_filters_and_search_find_drafts(admin_client, newsroom):
    publish_story(parent=newsroom, title="One", areas=["wessex"], crime_types=["terrorism"])
    draft_story(parent=newsroom, title='Two "quoted"', areas=["wessex"], kind="statement")
    old = publish_story(parent=newsroom, title="Three", areas=["london-north"], topics=["statistics"])
    NewsItemPage.objects.filter(pk=old.pk).update(expire_at=timezone.now() - timezone.timedelta(hours=1))

    def found(**parameters):
        rows = rows_of(admin_client.get(NEWS, {**parameters, "export": "csv"}))
        return sorted(row[0] for row in rows[1:])

    assert found(area="wessex") == ["One", 'Two "quoted"']
    assert found(area=["wessex", "london-north"], status="live") == ["One"]
    assert found(kind="statement") == ['Two "quoted"']
    assert found(crime_type="terrorism", topic="statistics") == []
    assert found(status="draft") == ['Two "quoted"']
    assert found(status=["expired"]) == ["Three"]
    assert found(q='"quoted" two') == ['Two "quoted"']
    assert found(updated_from="2999-01-01") == []
    assert found(locale="cy") == []


def test_the_explorer_below_a_news_centre_shows_the_same_columns(admin_client, newsroom):
    publish_story(parent=newsroom, title="One", areas=["wessex"])
    page = admin_client.get(f"/admin/pages/{newsroom.pk}/").content.decode()
    for heading in ("Areas", "Publication date", "Contact", "News type"):
        assert heading in page
    assert "Wessex" in page
    home = admin_client.get(f"/admin/pages/{newsroom.get_parent().pk}/").content.decode()
    assert "Publication date" not in home


def test_merging(admin_client, admin_user, newsroom, story, titles):
    story("One", areas=["london-north"])
    story("Two", areas=["london-south"])
    en = Locale.objects.get(language_code="en")
    old = Area.objects.get(slug="london-north", locale=en)
    new = Area.objects.get(slug="london-south", locale=en)
    url = MERGE.format(old.pk)
    assert "London North" in admin_client.get(url).content.decode()
    asked = admin_client.get(url, {"into": new.pk}).content.decode()
    assert "1 page carries it" in asked
    assert Area.objects.get(pk=old.pk).successor is None
    answer = admin_client.post(url, {"into": new.pk}, follow=True)
    assert answer.redirect_chain == [(AREAS, 302)]
    assert "has been merged into" in answer.content.decode()
    assert titles(area="london-south") == titles(area="london-north") == ["One", "Two"]
    entries = ModelLogEntry.objects.filter(action="cpsnews.merge")
    assert sorted(entry.object_id for entry in entries) == sorted([str(old.pk), str(new.pk)])
    assert {entry.user for entry in entries} == {admin_user}
    history = admin_client.get(f"{AREAS}history/{old.pk}/").content.decode()
    assert "Merged “London North” into “London South”" in history
    assert admin_client.get(url, follow=True).redirect_chain == [(AREAS, 302)]


def test_merging_says_what_cannot_be(admin_client, newsroom):
    en = Locale.objects.get(language_code="en")
    one = Area.objects.get(slug="wessex", locale=en)
    welsh = one.get_translation(Locale.objects.get(language_code="cy"))
    two = Area.objects.get(slug="london-south", locale=en)
    for into in (one, welsh):
        answer = admin_client.post(MERGE.format(one.pk), {"into": into.pk})
        assert "cannot be merged into itself" in answer.content.decode()
    two.merge_into(one)
    for into in (two.pk, 999999, "abc", "\x00", ""):
        answer = admin_client.post(MERGE.format(one.pk), {"into": into})
        assert answer.status_code == 200
        assert Area.objects.get(pk=one.pk).successor is None
    assert admin_client.get(MERGE.format("99999999999999999999999")).status_code == 404
    assert admin_client.get("/admin/newsroom/merge/nosuch/1/").status_code == 404


def test_merging_needs_the_right_to_change_and_a_token(newsroom, client):
    from django.test import Client

    one, two = Area.find("wessex"), Area.find("london-south")
    user = make_editor("viewer", rights=["view_area", "change_topic"])
    client.force_login(user)
    assert client.post(MERGE.format(one.pk), {"into": two.pk}).status_code == 302
    assert Area.objects.get(pk=one.pk).successor is None
    user.user_permissions.add(Permission.objects.get(codename="change_area"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert strict.post(MERGE.format(one.pk), {"into": two.pk}).status_code == 403
    assert client.post(MERGE.format(one.pk), {"into": two.pk})["Location"] == AREAS


def chosen(client, **parameters):
    """The names that the chooser of areas offers."""
    answer = client.get("/admin/snippets/choose/cpsnews/area/results/", parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_choosers_search_by_name_slug_and_police_force(admin_client, newsroom):
    assert "Wessex" in chosen(admin_client, q="wiltshire", locale="en")
    assert "London" not in chosen(admin_client, q="wiltshire", locale="en")
    assert "Wessex" in chosen(admin_client, q="wessex")
    for nasty in ('"', '"wes', "\x00", "x" * 10_000, "a " * 5000):
        chosen(admin_client, q=nasty)


def test_choosers_offer_no_retired_terms_and_the_page_s_language(admin_client, newsroom):
    Area.find("wessex").merge_into(Area.find("south-west"))
    assert "Wessex" not in chosen(admin_client, locale="en", q="wessex").replace("“wessex”", "")
    assert "Gogledd" not in chosen(admin_client, locale="en")
    assert "Gogledd" in chosen(admin_client, locale="cy")
    Topic.objects.filter(locale__language_code="cy").delete()
    answer = admin_client.get("/admin/snippets/choose/cpsnews/topic/results/", {"locale": "cy"})
    assert "Statistics" in answer.content.decode()


CODE = """
import os, sys, json
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
sys.path[:0] = [{root!r}, {root!r} + "/example_site"]
from tests import settings
settings.INSTALLED_APPS = [
    name for name in settings.INSTALLED_APPS if name not in ("wagtail_modeladmin", "django.contrib.admin")
]
import django
django.setup()
from django.core.management import call_command
from django.urls import reverse, NoReverseMatch
call_command("check", fail_level="WARNING")
from wagtail_cpsnews.admin.menu import menu_item
from wagtail_cpsnews.taxonomy.models import Area
from wagtail.admin.admin_url_finder import AdminURLFinder
found = {{str(item.label): item.url for item in menu_item().menu.registered_menu_items}}
found["edit"] = AdminURLFinder().get_edit_url(Area(pk=1))
found["modeladmin"] = "wagtail_modeladmin" in sys.modules
print(json.dumps(found))
"""


def test_without_modeladmin_wagtail_renders_all(tmp_path):
    environment = {**os.environ, "NEWSROOM_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(root=str(ROOT))],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["Areas"] == "/admin/snippets/cpsnews/area/"
    assert found["News items"] == NEWS
    assert found["edit"] == "/admin/snippets/cpsnews/area/edit/1/"
    assert found["modeladmin"] is False


def test_the_native_list_offers_to_merge(newsroom, client):
    client.force_login(make_editor("librarian", rights=["change_crimetype"]))
    term = CrimeType.objects.get(slug="terrorism", locale__language_code="en")
    page = client.get("/admin/snippets/cpsnews/crimetype/").content.decode()
    assert f"/admin/newsroom/merge/crime_type/{term.pk}/" in page
    page = client.get("/admin/newsroom/crimetype/").content.decode()
    assert f"/admin/newsroom/merge/crime_type/{term.pk}/" in page
    assert "/delete/" not in page


@pytest.mark.parametrize("url", ["/admin/newsroom/presscontact/", "/admin/snippets/cpsnews/presscontact/"])
def test_contacts_are_listed_and_exported(admin_client, newsroom, url):
    from wagtail_cpsnews.contacts.models import PressContact

    contact = PressContact.objects.create(name="Wessex press office", locale=Locale.get_default())
    story = draft_story(parent=newsroom, title="One")
    story.contacts = [contact]
    story.save()
    assert "Wessex press office" in admin_client.get(url).content.decode()
    assert "Wessex press office" in str(rows_of(admin_client.get(url, {"export": "csv"})))
    assert rows_of(admin_client.get(NEWS, {"export": "csv"}))[1][5] == "Wessex press office"
