"""What an editor may enter as an outcome, and what staff may call one."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError
from wagtail.models import Locale

from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

NOON = datetime.datetime(2026, 3, 14, 12, 0, tzinfo=datetime.UTC)
ABOUT = "One of three defendants"


def key(name):
    return str(OutcomeLabel.objects.get(name=name).translation_key)


def block():
    return NewsItemPage.updates.field.stream_block


def refused(value):
    stream = block()
    with pytest.raises(StreamBlockValidationError) as error:
        stream.clean(stream.normalize([("update", value)]))
    return set(error.value.block_errors[0].block_errors)


def test_a_new_update_has_no_kind_until_one_is_chosen(terms):
    stream = block()
    empty = stream.child_blocks["update"].get_default()
    assert not empty["kind"]
    assert str(next(iter(stream.child_blocks["update"].child_blocks["kind"].field.choices))[1]) == "Choose…"
    filled = {**empty, "date": NOON, "text": "The number is four."}
    assert refused(filled) == {"kind"}
    stream.clean_deferred(stream.normalize([("update", filled)]))  # as a draft
    for kind in ("update", "correction", "clarification"):
        stream.clean(stream.normalize([("update", {**filled, "kind": kind})]))


@pytest.mark.parametrize(
    ("kind", "label", "concerns", "fields"),
    [
        ("outcome", "", "", {"outcome"}),
        ("outcome", "", ABOUT, {"outcome"}),
        ("outcome", "gone", ABOUT, {"outcome"}),
        ("correction", "Not guilty", "", {"kind"}),
        ("update", "", ABOUT, {"kind"}),
    ],
)
def test_an_outcome_says_which_and_nothing_else_does(terms, kind, label, concerns, fields):
    chosen = key(label) if label in ("Not guilty",) else label
    value = {"kind": kind, "outcome": chosen, "concerns": concerns, "date": NOON, "text": "x"}
    assert refused(value) == fields
    stream = block()
    stream.clean_deferred(stream.normalize([("update", value)]))  # a draft may hold anything


def test_a_comparison_of_versions_names_the_label(terms):
    update = block().child_blocks["update"]
    assert update.child_blocks["outcome"].render_basic(key("Not guilty")) == "Not guilty"
    assert str(list(update.child_blocks["outcome"].field.choices)[1][1]) == "Not guilty"


def test_two_labels_of_one_name_are_refused(terms):
    label = OutcomeLabel(name="not GUILTY", locale=Locale.get_default())
    with pytest.raises(ValidationError) as error:
        label.full_clean(exclude=["translation_key"])
    assert "name" in error.value.message_dict
