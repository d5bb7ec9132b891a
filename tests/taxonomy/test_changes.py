"""Terms: renamed, retired, merged, translated, deleted.

Addresses go on working; nothing in use disappears.
"""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from wagtail.models import Locale

from tests.factories import make_contact
from tests.oracle import API, assert_true, get
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.taxonomy.models import Area, CrimeType, FormerSlug, Kind, Topic

ALL = ["Deep Lantern", "Deep Marigold", "Plain Harbour"]
IN_WESSEX = ["Deep Lantern", "Plain Harbour"]


def titles(**params):
    response = get(f"{API}/items/", **params)
    assert response.status_code == 200, response.content
    return sorted(item["title"] for item in response.json()["results"])


def area(slug, language="en"):
    return Area.objects.get(slug=slug, locale__language_code=language)


def labels(title):
    items = get(f"{API}/items/").json()["results"]
    return [term["label"] for item in items if item["title"] == title for term in item["areas"]]


def test_renamed(world):
    numbers = dict(Entry.objects.values_list("page_pk", "number"))
    term = area("wessex")
    term.name = "Wessex and the West"
    term.save()
    assert labels("Plain Harbour") == ["Wessex and the West"]
    assert dict(Entry.objects.values_list("page_pk", "number")) == numbers
    assert assert_true() == ALL


def test_slug_changed_twice_and_back(world):
    for slug in ("west", "wild-west", "wessex"):
        term = Area.objects.get(name="Wessex")
        term.slug = slug
        term.full_clean()
        term.save()
        for former in ("wessex", "west", "wild-west")[: ("west", "wild-west", "wessex").index(slug) + 1]:
            assert titles(area=former) == IN_WESSEX
    assert not FormerSlug.objects.filter(slug="wessex").exists()
    assert assert_true() == ALL


def test_former_slug_of_another_cannot_be_taken(world):
    term = area("wessex")
    term.slug = "west"
    term.save()
    other = area("mersey-cheshire")
    other.slug = "wessex"
    with pytest.raises(ValidationError):
        other.full_clean()


def facets(**params):
    """The areas that the API offers, by slug."""
    return {facet["slug"]: facet for facet in get(f"{API}/facets/", **params).json()["facets"]["area"]}


def test_retired(world):
    term = area("wessex")
    term.retired = True
    term.save()
    assert titles(area="wessex") == IN_WESSEX
    assert assert_true() == ALL
    assert "Wessex" in labels("Plain Harbour")
    assert "wessex" not in facets()  # though stories carry it
    chosen = facets(area="wessex")["wessex"]
    assert (chosen["label"], chosen["count"], chosen["selected"]) == ("Wessex", len(IN_WESSEX), True)
    term.retired = False
    term.save()
    assert facets()["wessex"]["count"] == len(IN_WESSEX)


def test_merged_both_slugs_lead_on(world):
    area("wessex").merge_into(area("mersey-cheshire"))
    assert titles(area="wessex") == titles(area="mersey-cheshire") == IN_WESSEX
    assert labels("Plain Harbour") == ["Mersey-Cheshire"]
    assert assert_true() == ALL
    for slug in ("wessex", "mersey-cheshire"):
        area(slug).full_clean()  # an editor can still save both


def test_merged_by_way_of_another(world):
    area("wessex").merge_into(area("mersey-cheshire"))
    area("mersey-cheshire").merge_into(area("cymru-wales"))
    assert titles(area="wessex") == titles(area="cymru-wales") == IN_WESSEX
    assert assert_true() == ALL


def test_merging_in_a_circle_is_refused_and_changes_nothing(world):
    a, b, c = area("wessex"), area("mersey-cheshire"), area("cymru-wales")
    a.merge_into(b)
    b = area("mersey-cheshire")
    b.merge_into(c)
    for target in (area("wessex"), area("mersey-cheshire")):
        c = area("cymru-wales")
        with pytest.raises(ValidationError):
            c.merge_into(target)
        assert c.successor_id is None
        assert not c.retired
    with pytest.raises(ValidationError):
        c.merge_into(area("cymru-wales", "cy"))
    assert assert_true() == ALL


def test_merged_and_back_again(world):
    area("wessex").merge_into(area("mersey-cheshire"))
    again = area("wessex")
    again.successor, again.retired = None, False
    again.save()
    assert titles(area="wessex") == IN_WESSEX
    assert titles(area="mersey-cheshire") == []
    area("mersey-cheshire").merge_into(area("wessex"))
    assert titles(area="mersey-cheshire") == IN_WESSEX
    for slug in ("wessex", "mersey-cheshire"):
        area(slug).full_clean()
    assert assert_true() == ALL


def test_draft_that_names_the_merged_term(world):
    page = world.plain
    page.title = "Plain Jetty"
    revision = page.save_revision()
    area("wessex").merge_into(area("mersey-cheshire"))
    revision.publish()
    assert titles(area="mersey-cheshire") == ["Deep Lantern", "Plain Jetty"]
    assert assert_true() == ["Deep Lantern", "Deep Marigold", "Plain Jetty"]


def test_merge_of_terms_in_two_languages(world):
    cy = Locale.objects.get(language_code="cy")
    area("wessex").copy_for_translation(cy).save()
    area("wessex").merge_into(area("cymru-wales"))
    assert area("wessex", "cy").successor == area("cymru-wales", "cy")
    assert area("wessex", "cy").retired
    assert titles(area="wessex") == IN_WESSEX
    assert assert_true() == ALL


def test_translated(world):
    cy = Locale.objects.get(language_code="cy")
    copy = area("wessex").copy_for_translation(cy)
    copy.name = "Gorllewin"
    copy.save()
    facets = get(f"{API}/facets/", lang="cy").json()["facets"]["area"]
    assert "Gorllewin" in {facet["label"] for facet in facets}
    assert assert_true() == ALL


def test_story_that_carries_the_welsh_row(world):
    story = world.publish("Welsh Row")
    story.areas = [area("cymru-wales", "cy")]
    story.save_revision().publish()
    assert titles(area="cymru-wales") == ["Welsh Row"]
    assert assert_true() == sorted([*ALL, "Welsh Row"])


# -- deletion -------------------------------------------------------------------------------------------------------


def test_unused_can_go(world):
    Area.objects.create(locale=Locale.get_default(), slug="never-used", name="Never used").delete()
    assert assert_true() == ALL


@pytest.mark.parametrize(
    ("model", "slug"), [(Area, "wessex"), (CrimeType, "fraud"), (Kind, "news"), (Topic, "victims")]
)
def test_in_use_stays(world, model, slug):
    with pytest.raises(ProtectedError):
        model.objects.get(slug=slug).delete()
    with pytest.raises(ProtectedError):
        model.objects.filter(slug=slug).delete()
    assert assert_true() == ALL


def test_all_languages_of_a_used_term_at_once(world):
    area("wessex").copy_for_translation(Locale.objects.get(language_code="cy")).save()
    with pytest.raises(ProtectedError):
        Area.objects.filter(slug="wessex").delete()
    assert Area.objects.filter(slug="wessex").count() == 2
    area("wessex", "cy").delete()  # one version may go: no page carries it
    assert assert_true() == ALL


def test_language_version_that_pages_carry_stays(world):
    story = world.publish("Welsh Row")
    story.areas = [area("cymru-wales", "cy")]
    story.save_revision().publish()
    with pytest.raises(ProtectedError):
        area("cymru-wales", "cy").delete()
    area("cymru-wales").delete()
    assert titles(area="cymru-wales") == ["Welsh Row"]
    assert assert_true() == sorted([*ALL, "Welsh Row"])


def test_was_public_stays(world):
    for page in (world.plain, world.deep):
        page.delete()
    with pytest.raises(ProtectedError, match="has been public"):
        area("wessex").delete()


def test_merged_stays_though_no_page_carries_it(world):
    area("wessex").merge_into(area("mersey-cheshire"))
    for page in (world.plain, world.deep):
        page.areas = [area("mersey-cheshire")]
        page.save_revision().publish()
    with pytest.raises(ProtectedError):
        area("wessex").delete()
    with pytest.raises(ProtectedError):
        area("mersey-cheshire").delete()


def test_successor_of_another_stays(world):
    unused = Area.objects.create(locale=Locale.get_default(), slug="unused", name="Unused")
    area("mersey-cheshire").merge_into(unused)
    with pytest.raises(ProtectedError):
        Area.objects.get(slug="unused").delete()


def test_a_contact_keeps_what_it_answers_for(world):
    """Without its area it would answer for all of them."""
    unused = Area.objects.create(locale=Locale.get_default(), slug="unused", name="Unused")
    contact = make_contact("Press desk", areas=["unused"])
    with pytest.raises(ProtectedError, match="“Press desk” answers for “Unused”"):
        unused.delete()
    with pytest.raises(ProtectedError):
        Area.objects.filter(pk=unused.pk).delete()
    contact.areas.clear()
    Area.objects.get(pk=unused.pk).delete()


@pytest.fixture
def admin(world, client):
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.create_superuser("editor", "editor@example.org", "x"))
    return client


def test_the_admin_says_why(world, admin):
    term = area("wessex")
    address = f"/admin/snippets/cpsnews/area/delete/{term.pk}/"
    response = admin.post(address, follow=True)
    assert (
        "“Wessex” is used by 2 pages. Retire it, or merge it into another term." in response.content.decode()
    )
    assert Area.objects.filter(slug="wessex").exists()


def test_the_admin_says_why_for_several(world, admin):
    area("wessex").copy_for_translation(Locale.objects.get(language_code="cy")).save()
    rows = Area.objects.filter(slug="wessex")
    ids = "&".join(f"id={row.pk}" for row in rows)
    response = admin.post(
        f"/admin/bulk/cpsnews/area/delete/?next=/admin/snippets/cpsnews/area/&{ids}", follow=True
    )
    assert "is used by 2 pages" in response.content.decode()
    assert rows.count() == 2


def test_the_admin_lets_an_unused_term_go(world, admin):
    term = Area.objects.create(locale=Locale.get_default(), slug="never-used", name="Never used")
    assert admin.post(f"/admin/snippets/cpsnews/area/delete/{term.pk}/").status_code == 302
    assert not Area.objects.filter(slug="never-used").exists()


def test_usage(world):
    assert sorted(page.title for page in area("wessex").used_by()) == IN_WESSEX
    assert area("mersey-cheshire").used_by().count() == 0
    world.plain.unpublish()
    assert area("wessex").used_by().count() == 2
    assert [page.title for page in Topic.objects.get(slug="victims").used_by()] == ["Deep Marigold"]
