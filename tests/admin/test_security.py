"""What the newsroom's lists refuse.

Other people's pages, other tables' columns, and parameters that nobody types.
"""

import itertools
import urllib.parse

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command

from tests.editors import AREAS, NEWS, SNIPPETS, SPEECHES, make_editor, rows_of
from tests.factories import draft_story, publish_story
from wagtail_cpsnews.taxonomy.models import Area, CrimeType

LISTS = [NEWS + "results/", AREAS, SNIPPETS + "results/", "/admin/pages/{index}/results/"]

NASTY = [
    {"owner__password__startswith": "md5"},
    {"locale__language_code__startswith": "e"},
    {"nosuch__x": "1"},
    {"date__year": "abc"},
    {"o": "99.-99.abc"},
    {"o": "-"},
    {"o": "٣"},
    {"ordering": "owner__password"},
    {"p": "abc"},
    {"p": "-1"},
    {"p": "99999999999999999999"},
    {"p": "٣"},
    {"q": "\x00"},
    {"q": 'a "b'},
    {"q": "'; drop table x --"},
    {"q": "a " * 5000},
    {"q": "x" * 10_000},
    {"q\x00": "x"},
    {"area": "\x00"},
    {"area": "nosuch"},
    {"status": ["live", "nosuch"]},
    {"locale": "\x00"},
    {"locale": "xx"},
    {"retired": "maybe"},
    {"updated_from": "abc", "updated_to": "9999-99-99"},
    {"export": "exe"},
    {"export": "csv", "owner__password__startswith": "md5"},
    {"e": "1"},
]


@pytest.fixture
def admin_editor(newsroom, client):
    """Logged in: everything of pages and terms, but no superuser."""
    rights = ("add_area", "change_area", "delete_area", "view_area")
    user = make_editor("all", newsroom, rights=rights)
    client.force_login(user)
    return user


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def asked(client, url, parameters):
    """Return the final answer to a request.

    Status, body without its tokens and the address itself.
    """
    query = urllib.parse.urlencode(parameters, doseq=True)
    return client.get(f"{url}?{query}", follow=True)


def failures(client, newsroom, questions):
    publish_story(parent=newsroom, title="One")
    failed = []
    for url, parameters in questions:
        response = asked(client, url.format(index=newsroom.pk), parameters)
        if response.status_code not in (200, 404):
            failed.append((url, parameters, response.status_code))
        body(response)
    return failed


def test_nasty_parameters_never_fail(admin_editor, newsroom, client):
    assert not failures(client, newsroom, zip(itertools.cycle(LISTS), NASTY[::2], strict=False))


@pytest.mark.slow
def test_nasty_parameters_never_fail_on_any_list(admin_editor, newsroom, client):
    assert not failures(client, newsroom, itertools.product(LISTS, NASTY))


def test_lookups_of_other_tables_tell_nothing(admin_editor, newsroom, client):
    publish_story(parent=newsroom, title="One", owner=admin_editor)
    for url, row in ((NEWS, b"One"), (AREAS, b"Wessex"), (SNIPPETS, b"Wessex")):
        for lookup in (
            "owner__password__startswith",
            "locale__language_code__startswith",
            "translation_key__gt",
        ):
            right = asked(client, url, {lookup: "md5"})
            wrong = asked(client, url, {lookup: "zzz"})
            assert right.status_code == wrong.status_code == 200
            assert row in right.content
            assert row in wrong.content


def test_modeladmin_leads_to_the_list_without_them(admin_editor, client):
    response = client.get(AREAS, {"owner__password__startswith": "md5", "retired": "0", "p": "abc"})
    assert (response.status_code, response["Location"]) == (302, f"{AREAS}?retired=0")


@pytest.mark.parametrize("key", ["abc", "99999999999999999999999", "٣", "-1", "1_2F2", "0"])
@pytest.mark.parametrize("action", ["edit", "delete", "history"])
def test_nasty_keys_are_not_found(admin_editor, client, action, key):
    quoted = urllib.parse.quote(key)
    assert client.get(f"{AREAS}{action}/{quoted}/").status_code == 404


def test_no_rights_no_lists(newsroom, stories, client):
    """The same answer for rows that exist and rows that don't.

    So nothing can be counted.
    """
    area = Area.find("wessex")
    client.force_login(make_editor("nobody"))
    there, absent = f"{area.pk}/", "999999/"
    for url in (AREAS, SNIPPETS, NEWS, SPEECHES):
        for query in ("", "?q=wessex", "?export=csv", "?owner__password__startswith=md5"):
            answer = client.get(url + query)
            assert answer.status_code in (302, 403)
            assert answer["Location"] == "/admin/"
    for action in ("edit", "delete", "history"):
        answers = [client.get(f"{AREAS}{action}/{key}") for key in (there, absent)]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/admin/")}
    for key in (there, absent):
        answer = client.get(f"/admin/newsroom/merge/area/{key}")
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert "cpsnews-newsroom" not in client.get("/admin/account/").content.decode()


def test_anonymous_readers_are_sent_to_the_login(newsroom, client):
    area = Area.find("wessex")
    for url in (
        AREAS,
        SNIPPETS,
        NEWS,
        f"{NEWS}?export=csv",
        f"{AREAS}edit/{area.pk}/",
        f"{AREAS}edit/999999/",
        f"/admin/newsroom/merge/area/{area.pk}/",
    ):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


def test_a_section_editor_sees_no_terms_and_no_other_pages(section_editor, stories, client):
    theirs = stories["theirs"]
    assert client.get(AREAS).status_code == 302
    assert client.get(f"/admin/pages/{theirs.pk}/edit/").status_code in (302, 403)
    assert client.get(f"/admin/pages/{theirs.pk}/history/").status_code in (302, 403)
    explorer = client.get(f"/admin/pages/{theirs.get_parent().pk}/").content.decode()
    assert "Theirs" not in explorer
    found = client.get(f"/admin/pages/{stories['ours'].get_parent().get_parent().pk}/?q=theirs&search_all=1")
    assert "Theirs secret" not in found.content.decode()


def test_searches_are_limited_whatever_the_site_allows(section_editor, stories, client, settings):
    settings.WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = False
    parent = stories["ours"].get_parent()
    for url in (NEWS, f"/admin/pages/{parent.pk}/"):
        page = client.get(url, {"q": "theirs", "search_all": "1"}).content.decode()
        assert "Theirs secret" not in page


def test_filter_choices_tell_nothing_of_other_sections(section_editor, stories, sections, client):
    """A retired term is a choice only where it is on one of the editor's pages."""
    publish_story(parent=sections[1], title="Theirs too", crime_types=["terrorism"])
    publish_story(parent=sections[0], title="Ours too", crime_types=["hate-crime"])
    for slug in ("terrorism", "hate-crime"):
        term = CrimeType.find(slug)
        term.retired = True
        term.save()
    page = client.get(NEWS).content.decode()
    assert 'value="hate-crime"' in page
    assert 'value="terrorism"' not in page
    assert "edited_by" not in page
    assert 'name="owner"' not in page


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_exports_hold_no_formulas(admin_editor, newsroom, client, sign):
    draft_story(parent=newsroom, title=f"{sign}HYPERLINK(1)", slug="formula")
    Area.objects.filter(slug="wessex").update(name=f"{sign}cmd")
    for url in (NEWS, AREAS, SNIPPETS):
        rows = rows_of(client.get(url, {"export": "csv"}))
        cells = [cell for row in rows for cell in row]
        assert any(cell.startswith(f"'{sign}") for cell in cells), url
        assert not any(cell.startswith(sign) for cell in cells), url
        sheet = rows_of(client.get(url, {"export": "xlsx"}))
        assert any(str(cell).startswith(sign) for row in sheet for cell in row), url


def test_history_needs_the_right_to_edit(newsroom, client):
    area = Area.find("wessex")
    user = make_editor("viewer", rights=["view_area"])
    client.force_login(user)
    assert client.get(AREAS).status_code == 200
    assert client.get(f"{AREAS}history/{area.pk}/").status_code == 302
    assert client.get(f"{AREAS}edit/{area.pk}/").status_code == 302
    user.user_permissions.add(Permission.objects.get(codename="change_area"))
    assert client.get(f"{AREAS}history/{area.pk}/").status_code == 200


def test_terms_in_use_stay_by_every_way_to_delete(admin_client, newsroom, story):
    story("Uses it", areas=["wessex"])
    area = Area.find("wessex")
    for url in (
        f"{AREAS}delete/{area.pk}/",
        f"{SNIPPETS}delete/{area.pk}/",
        f"/admin/bulk/cpsnews/area/delete/?id={area.pk}&next=/admin/",
    ):
        answer = admin_client.post(url, follow=True)
        assert answer.status_code == 200
        assert "is used by 1 pages" in answer.content.decode(), url
        assert Area.objects.filter(pk=area.pk).exists()
    unused = Area.find("london-north")
    assert admin_client.post(f"{AREAS}delete/{unused.pk}/").status_code == 302
    assert not Area.objects.filter(pk=unused.pk).exists()


def test_a_successor_stays(admin_client, newsroom):
    old, new = Area.find("london-north"), Area.find("london-south")
    old.merge_into(new)
    answer = admin_client.post(f"{AREAS}delete/{new.pk}/", follow=True)
    assert "must stay" in answer.content.decode()
    assert Area.objects.filter(pk=new.pk).exists()


def test_the_system_checks_are_content(newsroom):
    call_command("check", fail_level="WARNING")
