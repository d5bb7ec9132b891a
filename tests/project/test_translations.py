"""The Welsh catalogue.

Complete, compiled, in step with the source, and used by the API.
"""

import ast
import datetime
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.utils import translation

import wagtail_cpsnews
from wagtail_cpsnews.catalogue.dates import display
from wagtail_cpsnews.conf import NewsroomSettings
from wagtail_cpsnews.registry import TAXONOMIES

PACKAGE = Path(wagtail_cpsnews.__file__).parent
WELSH = PACKAGE / "locale" / "cy" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?\w+[^>]*>")
MARKERS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}


def read(path):
    with path.open("rb") as file:
        return read_po(file, locale="cy")


def entries(catalogue):
    return [message for message in catalogue if message.id]


def strings(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def key(message):
    return message.context, strings(message.id)[0]


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


@pytest.fixture(scope="module")
def welsh():
    return read(WELSH / "django.po")


def test_every_entry_is_translated_and_certain(welsh):
    assert entries(welsh)
    assert welsh.num_plurals == 4
    assert [key(message) for message in entries(welsh) if message.fuzzy] == []
    bare = [
        key(message)
        for message in entries(welsh)
        if not all(text.strip() for text in strings(message.string))
        or (message.pluralizable and len(strings(message.string)) != welsh.num_plurals)
    ]
    assert bare == []


def test_nothing_is_left_of_the_template_or_of_people(welsh):
    head = (WELSH / "django.po").read_text(encoding="utf-8").split("\n\n", 1)[0]
    assert "Language: cy\\n" in head
    assert "Project-Id-Version: wagtail-cpsnews\\n" in head
    assert not re.search(r"@|FULL NAME|SOME DESCRIPTIVE|YEAR|fuzzy", head)
    assert not welsh.obsolete


def test_placeholders_and_edges_are_kept(welsh):
    wrong = []
    for message in entries(welsh):
        english = strings(message.id)[-1]
        for text in strings(message.string):
            edges = [(t[:1] == " ", t[-1:] == " ", t[-1:] == ":") for t in (english, text)]
            if placeholders(text) != placeholders(english) or edges[0] != edges[1]:
                wrong.append((english, text))
    assert wrong == []


def test_a_label_keeps_its_small_first_letter(welsh):
    """Labels are used in the middle of sentences.

    What begins a line in English begins one in Welsh.
    """
    wrong = [
        (english, text)
        for message in entries(welsh)
        for english, text in [(strings(message.id)[0], strings(message.string)[0])]
        if english[0].isalpha() and text[0].isalpha() and english[0].isupper() != text[0].isupper()
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_one_in_text(welsh):
    fresh = io.BytesIO()
    write_mo(fresh, welsh)
    fresh.seek(0)
    with (WELSH / "django.mo").open("rb") as file:
        shipped = read_mo(file)

    def content(catalogue):
        return {(message.context, str(message.id)): message.string for message in entries(catalogue)}

    assert content(shipped) == content(read_mo(fresh))


def test_every_literal_in_the_code_has_an_entry(welsh):
    """xgettext does not look inside f-strings; this does."""
    known = {key(message)[1] for message in entries(welsh)}
    missing = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS
            ):
                continue
            first = 1 if node.func.id in ("pgettext", "npgettext") else 0
            text = node.args[first] if len(node.args) > first else None
            if isinstance(text, ast.Constant) and text.value not in known:
                missing.append(f"{path.relative_to(PACKAGE)}:{node.lineno}: {text.value}")
    assert missing == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs GNU gettext")
def test_the_source_has_nothing_that_the_catalogue_lacks(welsh, tmp_path):
    copy = tmp_path / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "cy", "node_modules"))
    (copy / "locale").mkdir(exist_ok=True)
    # -P: or the package's own ``http`` is found before Python's.
    command = [sys.executable, "-P", "-m", "django", "makemessages", "-l", "cy", "--no-wrap", "--no-obsolete"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fresh = read(copy / "locale" / "cy" / "LC_MESSAGES" / "django.po")
    assert len(entries(fresh)) > 100
    assert {key(message) for message in entries(fresh)} - {
        key(message) for message in entries(welsh)
    } == set()


def test_months_are_welsh():
    months = [
        *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
        *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    ]
    with translation.override("cy"):
        shown = [display(datetime.date(2026, month, 14)) for month in range(1, 13)]
    # Django (5.2 at least) spells July with one n; its day may come.
    assert [day.replace("Gorffenaf", "Gorffennaf") for day in shown] == [
        f"14 {month} 2026" for month in months
    ]


def test_labels_are_plural_for_two_and_for_many():
    """Welsh has a form of its own for two.

    A label without a number is the same for all.
    """
    settings = NewsroomSettings()
    with translation.override("cy"):
        one = [settings.label(name) for name in TAXONOMIES]
        many = [{settings.label(name, count) for count in (2, 3, 8, 11, 40)} for name in TAXONOMIES]
    assert one == ["math o newyddion", "math o drosedd", "ardal", "pwnc"]
    assert many == [{"mathau o newyddion"}, {"mathau o droseddau"}, {"ardaloedd"}, {"pynciau"}]


@pytest.mark.django_db
def test_the_api_answers_in_welsh(story, api):
    when = datetime.datetime(2026, 3, 14, 12, tzinfo=datetime.UTC)
    for title in ("A haulier jailed", "A driver jailed"):
        story(
            title, areas=["north-west"], crime_types=["hate-crime"], kind="press-release", published_at=when
        )
    answer = api(
        "items/",
        lang="cy",
        area="north-west",
        crime_type="hate-crime",
        q="jailed",
        published_after="2026-03-01",
    )
    assert answer["summary"] == (
        "Yn dangos 1 - 2 o 2 o ganlyniadau ar gyfer "
        'math o drosedd "Troseddau casineb" & ardal "Gogledd-orllewin Lloegr" & term chwilio "jailed" '
        "& dyddiad cyhoeddi ar neu ar ôl 1 Mawrth 2026"
    )
    assert answer["results"][0]["published_display"] == "14 Mawrth 2026"
    labels = {facet["slug"]: facet["label"] for facet in answer["facets"]["crime_type"]}
    assert labels["drug-offences"] == "Troseddau cyffuriau"
    assert (
        api("items/", lang="cy", area="london-south")["summary"]
        == 'Dim canlyniadau ar gyfer ardal "De Llundain"'
    )
    assert api("items/", lang="cy", cursor="start")["summary"] == "2 ganlyniad"
    errors = api("items/", status=400, lang="cy", area="nowhere")["errors"]
    assert errors[0]["message"] == "Nid oes ardal o’r enw “nowhere”."
