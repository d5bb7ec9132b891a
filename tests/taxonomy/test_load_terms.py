"""``load_newsroom_terms`` fills and never overwrites.

It says what it did or why it did nothing.
"""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale

from wagtail_cpsnews.taxonomy.models import Area, CrimeType, Kind

pytestmark = pytest.mark.django_db


def load(*args, **options):
    out = io.StringIO()
    call_command("load_newsroom_terms", *args, stdout=out, **options)
    return out.getvalue()


def test_the_set_of_a_prosecution_service():
    Locale.objects.get_or_create(language_code="cy")
    assert "crime_type: 12 made, 0 already there" in load("cps")
    assert "crime_type: 0 made, 12 already there" in load("cps")
    wessex = Area.find("Wiltshire")
    assert (wessex.slug, wessex.legacy_number) == ("wessex", 11)
    assert wessex.get_translation(Locale.objects.get(language_code="cy")).slug == "wessex"


def test_what_staff_changed_stays():
    load("cps")
    term = CrimeType.find("hate-crime")
    term.name, term.slug = "Hate offences", "hate-offences"
    term.save()
    load("cps")
    assert CrimeType.find("hate-crime").name == "Hate offences"
    assert CrimeType.objects.filter(locale=term.locale).count() == 12


def test_a_file_of_ones_own(tmp_path):
    file = tmp_path / "terms.json"
    file.write_text(
        json.dumps({"area": [{"name": "Harbour", "aliases": ["Docks"]}, {"name": "North", "slug": "n1th"}]})
    )
    assert "area: 2 made" in load(str(file))
    assert Area.find("docks").slug == "harbour"
    assert Area.find("north").slug == "n1th"


def test_names_in_every_language_of_the_site(tmp_path):
    """A regional locale gets the names of its language.

    Those of other languages are left out.
    """
    for code in ("cy", "fr-ca"):
        Locale.objects.get_or_create(language_code=code)
    rows = [{"name": "Harbour", "names": {"fr": "Port", "de": "Hafen"}, "welsh": "Harbwr"}]
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"area": rows}))
    for _again in range(2):
        load(str(file))
        names = dict(Area.objects.values_list("locale__language_code", "name"))
        assert names == {"en": "Harbour", "cy": "Harbwr", "fr-ca": "Port"}


def test_rows_of_a_model():
    Locale.objects.get_or_create(language_code="cy")
    assert "area: 2 made" in load("wagtailcore.Locale", taxonomy="area")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("{", "cannot be read"),
        ('{"place": []}', "not a taxonomy"),
        ('{"area": [{"slug": "x"}]}', "cannot be read"),
    ],
)
def test_a_file_that_makes_no_sense(tmp_path, content, wrong):
    file = tmp_path / "terms.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=wrong):
        load(str(file))


@pytest.mark.parametrize(
    ("args", "wrong"),
    [
        (["nonsense"], "is none of"),
        (["no.Model"], "--taxonomy"),
        (["missing.json"], "cannot be read"),
        (["wagtailcore.Nothing", "--taxonomy", "area"], "no model"),
    ],
)
def test_a_source_that_is_none(args, wrong):
    with pytest.raises(CommandError, match=wrong):
        load(*args)


def test_a_name_that_makes_no_slug(tmp_path):
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"kind": [{"name": "2026"}]}))
    with pytest.raises(CommandError, match="2026"):
        load(str(file))
    assert not Kind.objects.exists()


def test_a_second_sources_number_is_never_another_terms(tmp_path):
    """Two old sites number their areas from 1.

    The links of the first keep their way, and it is said.
    """
    load("cps")
    wessex = Area.find("wessex")
    file = tmp_path / "terms.json"
    rows = [
        {"name": "North ward", "legacy_number": wessex.legacy_number},
        {"name": "South ward", "legacy_number": 7001},
        {"name": "Twin ward", "legacy_number": 7001},
        {"name": "Wessex", "legacy_number": 7002},
        {"name": "2026"},
        {"name": "West ward"},
    ]
    file.write_text(json.dumps({"area": rows}))
    out = io.StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("load_newsroom_terms", str(file), stdout=out)
    text = str(raised.value)
    assert f"“North ward”: number {wessex.legacy_number} on the old site is that of “{wessex.name}”" in text
    assert "“Twin ward”: number 7001 on the old site is that of “South ward”" in text
    assert "area “2026”" in text
    assert "its number on the old site (11) was left; the source says 7002 for “Wessex”" in out.getvalue()
    numbers = dict(Area.objects.filter(name__endswith="ward").values_list("name", "legacy_number"))
    assert numbers == {"North ward": None, "South ward": 7001, "Twin ward": None, "West ward": None}
    assert Area.find("wessex").legacy_number == wessex.legacy_number


@pytest.mark.parametrize("number", ["122", -1, True, 1.5, [1]])
def test_a_number_that_is_none(tmp_path, number):
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"area": [{"name": "North ward", "legacy_number": number}]}))
    with pytest.raises(CommandError, match="is not a whole number"):
        load(str(file))


def test_a_taxonomy_that_is_off(settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"crime_type": False}}
    assert "crime_type: off" in load("cps")
    assert not CrimeType.objects.exists()


def test_a_council_finds_its_area(newsroom_catalogue):
    call_command("load_newsroom_terms", "cps", verbosity=0)
    for council, area in {
        "Bristol": "south-west",
        "Leeds": "yorkshire-and-humberside",
        "Cardiff": "cymru-wales",
        "Swindon": "wessex",
        "North Lincolnshire": "yorkshire-and-humberside",
        "Lincolnshire": "east-midlands",
    }.items():
        assert Area.find(council).slug == area
    for term in Area.objects.filter(locale__language_code="en"):
        assert len(term.alias_list) == len(set(term.alias_list))
