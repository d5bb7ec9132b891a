"""Contacts as editors meet them.

The form, its messages, deletion, the choice on a story.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission
from wagtail.test.utils.form_data import nested_form_data, streamfield

from tests.factories import make_contact
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.taxonomy.models import Area

ADD = "/admin/snippets/cpsnews/presscontact/add/"
LIST = "/admin/snippets/cpsnews/presscontact/"
OFFICE = [("0 1 2 3 4", "09:00", "17:00")]


@pytest.fixture
def editor(newsroom, client, django_user_model):
    """May change contacts, and pages below the news centre; nothing else."""
    user = django_user_model.objects.create_user("editor", password="editor")
    group = Group.objects.create(name="Contacts")
    codenames = ["access_admin", "add_presscontact", "change_presscontact", "delete_presscontact"]
    group.permissions.add(*Permission.objects.filter(codename__in=codenames))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=newsroom, permission=permission)
    user.groups.add(group)
    client.force_login(user)
    return client


def form(**fields):
    """What the form sends for an office with hours, an exception and a telephone."""
    data = {
        "name": "Office",
        "role": "press_office",
        "national": "on",
        "for_national": "on",
        "accredited_only": "on",
        "bank_holidays": "closed",
        "sort_order": "0",
        "hours": streamfield([("hours", {"opens": "09:00", "closes": "17:00"})]),
        "exceptions": streamfield(
            [
                (
                    "exception",
                    {
                        "first_day": "2026-12-01",
                        "last_day": "",
                        "hours": {"count": "0"},
                        "stand_in": "",
                        "reason": "Strike",
                    },
                )
            ]
        ),
        "channels": streamfield(
            [("channel", {"kind": "phone", "value": "020 7946 0123", "label": "", "public": "on"})]
        ),
    }
    lists = {"hours-0-value-days": ["0", "1"], "areas": fields.pop("areas", [])}
    return {**nested_form_data({**data, **fields}), **lists}


def test_an_editor_makes_a_contact(editor):
    area = Area.find("wessex")
    assert editor.get(ADD).status_code == 200
    response = editor.post(ADD, form(areas=[area.pk]))
    assert response.status_code == 302, response.context["form"].errors
    contact = PressContact.objects.get()
    assert contact.hours_display == "Monday and Tuesday, 9am to 5pm; not on bank holidays"
    assert contact.scope_display == "National, Wessex"
    assert contact.timetable.exceptions
    (info,) = current().reference.contacts.contacts
    assert info.areas == {str(area.translation_key)}
    html = editor.get(LIST).content.decode()
    assert "Monday and Tuesday" in html
    edit = f"/admin/snippets/cpsnews/presscontact/edit/{contact.pk}/"
    assert editor.get(edit).status_code == 200
    response = editor.post(edit, form(areas=[], name="Renamed", time_zone="Europe/Londn"))
    assert "Write it like Europe/London" in response.content.decode()
    assert editor.post(edit, form(areas=[], name="Renamed", retired="on")).status_code == 302
    assert current().reference.contacts.contacts == ()


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ({"kind": "phone", "value": "ring us"}, "as you would dial it"),
        ({"kind": "email", "value": "press.office"}, "like press.office@example.org"),
        ({"kind": "other", "value": "javascript:alert(1)"}, "with https://"),
    ],
)
def test_messages_say_what_to_do(channel, message, editor):
    data = {"label": "", "public": "on", **channel}
    response = editor.post(ADD, form(channels=streamfield([("channel", data)])))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not PressContact.objects.exists()


def test_a_contact_in_use_is_explained_and_not_deleted(editor, story):
    duty = make_contact("Duty")
    office = make_contact("Office", out_of_hours=duty)
    page = story("A story")
    page.contacts = [office]
    page.save_revision().publish()
    for contact, reason in ((office, "is named by 1 pages"), (duty, "answers for “Office” out of hours")):
        response = editor.post(f"/admin/snippets/cpsnews/presscontact/delete/{contact.pk}/", follow=True)
        assert reason in response.content.decode()
    assert PressContact.objects.count() == 2


def test_a_story_offers_current_contacts_and_says_whom_it_shows_without(editor, story):
    make_contact("Of the nation", national=True)
    make_contact("Of Wessex", areas=["wessex"])
    retired = make_contact("Long gone", retired=True)
    page = story("A story", areas=["wessex"])
    html = editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert (
        "If you choose nobody, these contacts are shown, from the story’s areas and subjects: Of Wessex, Of the nation."
        in html
    )
    assert "Long gone" not in html
    page.contacts = [retired]
    page.save_revision().publish()
    assert "Long gone" in editor.get(f"/admin/pages/{page.pk}/edit/").content.decode()


def test_what_a_list_of_contacts_costs(editor, django_assert_max_num_queries):
    duty = make_contact("Duty")
    for number in range(50):
        make_contact(f"No. {number}", areas=["wessex"], hours=OFFICE, out_of_hours=duty)
    editor.get(LIST)
    # Session, user, permissions and locales; the contacts with their terms.
    with django_assert_max_num_queries(25):
        editor.get(LIST)


CREATE = "/admin/newsroom/presscontact/create/"


@pytest.mark.parametrize(("params", "code"), [({}, "en"), ({"locale": "cy"}, "cy"), ({"locale": "xx"}, None)])
def test_a_new_contact_is_offered_terms_of_its_language_once(params, code, editor):
    response = editor.get(CREATE, params)
    if code is None:
        assert response.status_code == 404
        return
    offered = response.context["form"].fields["areas"].queryset
    assert {area.locale.language_code for area in offered} == {code}
    assert offered.count() == Area.objects.filter(locale__language_code=code).count()


def test_a_new_block_of_hours_holds_office_hours_with_the_days_first():
    block = PressContact._meta.get_field("hours").stream_block.child_blocks["hours"]
    assert list(block.child_blocks) == ["days", "opens", "closes"]
    value = block.get_default()
    assert (value["days"], str(value["opens"]), str(value["closes"])) == (
        ["0", "1", "2", "3", "4"],
        "09:00:00",
        "17:00:00",
    )
