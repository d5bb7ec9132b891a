"""The settings.

Defaults, what ``manage.py check`` says about wrong ones, and that a change takes effect.
"""

import pytest

from wagtail_cpsnews.checks import check_settings, check_sqlite
from wagtail_cpsnews.conf import get_settings


def complaints(settings, value):
    settings.WAGTAIL_CPSNEWS = value
    return [message.id for message in check_settings(None)]


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ({}, []),
        (None, []),
        (
            {
                "LOOK_SECONDS": 0.5,
                "SITES": "all",
                "TAXONOMIES": {"crime_type": False, "area": {"en": ("ward", "wards")}},
            },
            [],
        ),
        ({"LOOK_SECOND": 1}, ["cpsnews.E001"]),
        ({"TAXONOMIES": {"ward": False}}, ["cpsnews.E002"]),
        ({"SITES": "both"}, ["cpsnews.E003"]),
        ({"TAXONOMIES": {"area": "ward"}}, ["cpsnews.E004"]),
        ({"TAXONOMIES": {"area": {}}}, ["cpsnews.E004"]),
        ({"TAXONOMIES": {"area": {"en": "ward"}}}, ["cpsnews.E004"]),
        ({"LOOK_SECONDS": "soon"}, ["cpsnews.E005"]),
        ({"MAX_AGE": -1}, ["cpsnews.E005"]),
        ({"FRAME_ANCESTORS": ["*"]}, ["cpsnews.E006"]),
        ({"STORY_BASE_URL": "www.example.org"}, ["cpsnews.E007"]),
        ({"STORY_BASE_URL": "https://www.example.org"}, []),
        ({"PUBLIC_BASE_URL": "www.example.org"}, ["cpsnews.E007"]),
        ({"PUBLIC_BASE_URL": {"cms": "https://www.example.org"}}, []),
        ({"PHONE_REGION": "UK"}, ["cpsnews.E032"]),
        ({"PHONE_REGION": ["GB"]}, ["cpsnews.E032"]),
        ({"PHONE_REGION": "IE"}, []),
    ],
)
def test_what_is_wrong_is_said(settings, value, ids):
    assert complaints(settings, value) == ids


def test_a_hint_names_what_was_meant(settings):
    settings.WAGTAIL_CPSNEWS = {"TAXONOMY": {}}
    (message,) = check_settings(None)
    assert "TAXONOMIES" in message.hint


def test_settings_take_effect_at_once(settings):
    settings.WAGTAIL_CPSNEWS = {}
    before = get_settings().fingerprint
    settings.WAGTAIL_CPSNEWS = {"MAX_AGE": 5}
    assert get_settings().MAX_AGE == 5
    assert get_settings().fingerprint != before
    settings.WAGTAIL_CPSNEWS = {}
    assert get_settings().fingerprint == before


def test_labels_by_language(settings):
    from django.utils import translation

    settings.WAGTAIL_CPSNEWS = {"TAXONOMIES": {"area": {"en": ("ward", "wards"), "cy": ("ward", "wardiau")}}}
    with translation.override("cy"):
        assert get_settings().label("area", 2) == "wardiau"
    with translation.override("en-gb"):
        assert get_settings().label("area", 2) == "wards"
    with translation.override("fr"):
        assert get_settings().label("area", 2) == "wards"


def test_sqlite_is_warned_about(settings):
    from django.db import connection

    found = [message.id for message in check_sqlite(None)]
    assert found == []
    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        connection.settings_dict["OPTIONS"] = {}
        try:
            assert [message.id for message in check_sqlite(None)] == ["cpsnews.W001"]
        finally:
            connection.settings_dict["OPTIONS"] = options
