"""“Find your area”: every force and council leads to its area.

In both languages and as people type it.
"""

import pytest
from django.core.management import call_command

from tests.places import AREAS_OF_FORCES, AS_TYPED, BOROUGHS, names
from wagtail_cpsnews.catalogue.snapshots import current
from wagtail_cpsnews.embed.area_search import find_areas
from wagtail_cpsnews.taxonomy.models import Area


@pytest.fixture
def find(newsroom):
    """A function that returns what a text finds, with slugs in the taxonomy's order."""
    reference = current().reference

    def found(text, lang="en"):
        return find_areas(text, reference, lang)

    return found


def slugs(found):
    return " ".join(area.slug for area in found.areas)


def test_every_force_and_every_council_leads_to_its_area(find):
    wrong = {}
    for name, areas in names():
        found = find(name)
        if slugs(found) != areas or not found.is_clear:
            wrong[name] = slugs(found), areas
    assert wrong == {}


def test_the_list_of_names_is_whole():
    forces = [force for forces in AREAS_OF_FORCES.values() for force in forces]
    assert len(set(forces)) == 43
    assert sum(len(places.split(", ")) for places in BOROUGHS.values()) + 1 == 33  # and the City


@pytest.mark.parametrize(
    ("typed", "areas"),
    [
        ("dyfed", "cymru-wales"),
        ("bris", "south-west"),
        ("avon and SOM", "south-west"),
        ("isle of w", "wessex"),
        ("Newcastle", "north-east west-midlands"),
        ("Kingston", "london-south yorkshire-and-humberside"),
        ("Richmond", "london-south yorkshire-and-humberside"),
    ],
)
def test_part_of_a_name_finds_all_that_have_it(find, typed, areas):
    found = find(typed)
    assert slugs(found) == areas
    assert found.is_clear == (" " not in areas)


@pytest.mark.parametrize(
    "typed",
    ["police", "County Council", "Cyngor Sir", "the", "K", "", "Kentish Town Crier", "National Trust"],
)
def test_words_that_say_no_place_find_no_area(find, typed):
    assert find(typed).areas == ()


def test_a_retired_area_is_not_found(find, newsroom):
    for area in Area.objects.filter(slug="wessex"):
        area.retired = True
        area.save()
    assert find_areas("Dorset", current().reference, "en").areas == ()


def test_a_shared_name_resolves_to_no_single_term(find):
    """An importer must not file a Metropolitan Police story under one area.

    Under one half of London, that is.
    """
    assert Area.find("Metropolitan Police") is None
    assert current().reference.taxonomies["area"].find("metropolitan-police") is None
    assert Area.find("Hackney").slug == "london-north"


def test_names_are_added_to_terms_that_exist_but_not_where_staff_moved_them(newsroom, capsys):
    north = Area.objects.get(slug="london-north", locale__language_code="en")
    south = Area.objects.get(slug="london-south", locale__language_code="en")
    north.aliases, south.aliases = "Our own name", "Hackney"
    north.save()
    south.save()
    call_command("load_newsroom_terms", "cps")
    north.refresh_from_db()
    assert north.alias_list == ["Our own name"]
    call_command("load_newsroom_terms", "cps", add_names=True)
    north.refresh_from_db()
    south.refresh_from_db()
    assert north.alias_list[0] == "Our own name"
    assert "Camden" in north.alias_list
    assert "Hackney" not in north.alias_list
    assert "Metropolitan Police" in north.alias_list
    assert "Metropolitan Police" in south.alias_list
    before = north.aliases
    capsys.readouterr()
    call_command("load_newsroom_terms", "cps", add_names=True)
    north.refresh_from_db()
    assert north.aliases == before
    assert "area: 0 names added" in capsys.readouterr().out


def test_staff_see_no_error_for_a_shared_name(newsroom):
    for area in Area.objects.all():
        area.full_clean()
    assert AS_TYPED
