"""Blocks of a media protocol: versions with parties, clauses and annexes.

Clauses are numbered.

The rules bite when the page is published; a draft may be as unfinished as it likes.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock

from .text import TextBlock

IN_FORCE, BEING_UPDATED, SUPERSEDED = "in_force", "being_updated", "superseded"

STATUSES = [
    (IN_FORCE, _("In force")),
    (BEING_UPDATED, _("In force, and being updated")),
    (SUPERSEDED, _("Superseded")),
]

PARTY_GROUPS = [
    ("police_chiefs", _("Police chiefs")),
    ("college_of_policing", _("College of Policing")),
    ("prosecutors", _("Prosecutors")),
    ("crime_reporters", _("Crime reporters")),
    ("news_media", _("News media")),
    ("media_lawyers", _("Media lawyers")),
    ("editors", _("Editors")),
    ("other", _("Others")),
]

#: When material of an annex's list is given to the media.
RELEASES = [
    ("normally", _("Normally released once relied on in court")),
    ("considered", _("May be released after consideration")),
    ("other", _("Other")),
]


class PartyBlock(blocks.StructBlock):
    """Who agreed to a version."""

    name = blocks.CharBlock(label=_("Name"), max_length=200)
    group = blocks.ChoiceBlock(label=_("Group"), choices=PARTY_GROUPS, default="other")

    class Meta:
        icon = "group"
        label = _("Party")


class ClauseBlock(blocks.StructBlock):
    """One clause.

    Its address comes from its id, so it stays when clauses are added, moved or renumbered.
    """

    number = blocks.CharBlock(
        label=_("Number"), max_length=20, help_text=_("As the agreement writes it, such as 4.2.")
    )
    heading = blocks.CharBlock(label=_("Heading"), max_length=200, required=False)
    text = TextBlock(label=_("Text"), required=False)

    class Meta:
        icon = "list-ol"
        label = _("Clause")


class MaterialListBlock(blocks.StructBlock):
    """A list of material, with when it is given to the media."""

    release = blocks.ChoiceBlock(label=_("When it is released"), choices=RELEASES, default="normally")
    title = blocks.CharBlock(
        label=_("Title"), max_length=200, required=False, help_text=_("Left empty, the line above is used.")
    )
    items = blocks.ListBlock(blocks.CharBlock(label=_("Material"), max_length=300), label=_("Material"))

    class Meta:
        icon = "list-ul"
        label = _("List of material")


class AnnexBlock(blocks.StructBlock):
    """An annex: text, lists of material, a document to download."""

    title = blocks.CharBlock(label=_("Title"), max_length=200)
    text = TextBlock(label=_("Text"), required=False)
    lists = blocks.ListBlock(MaterialListBlock(), label=_("Lists of material"), default=[])
    document = DocumentChooserBlock(label=_("Document"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Annex")


class VersionBlock(blocks.StructBlock):
    """One version of the agreement.

    Earlier ones stay, so that what was agreed can be looked up.
    """

    title = blocks.CharBlock(
        label=_("Title or year"), max_length=100, help_text=_("What readers call it, such as 2025 protocol.")
    )
    status = blocks.ChoiceBlock(label=_("Status"), choices=STATUSES, default=IN_FORCE)
    in_force_from = blocks.DateBlock(label=_("In force from"), required=False)
    in_force_to = blocks.DateBlock(
        label=_("In force to"), required=False, help_text=_("The last day on which it held.")
    )
    replaces = blocks.CharBlock(
        label=_("Replaces"),
        max_length=100,
        required=False,
        help_text=_("The title of the version that it took the place of, as it is written on this page."),
    )
    agreed_by = blocks.ListBlock(PartyBlock(), label=_("Agreed by"), default=[])
    introduction = blocks.RichTextBlock(
        label=_("Short introduction"), required=False, features=["bold", "italic", "link"]
    )
    clauses = blocks.ListBlock(ClauseBlock(), label=_("Clauses"), default=[])
    annexes = blocks.ListBlock(AnnexBlock(), label=_("Annexes"), default=[])

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        errors: dict[str, ValidationError] = {}
        if not self.is_deferred_validation:
            first, last = result.get("in_force_from"), result.get("in_force_to")
            if first and last and last < first:
                message = gettext("The last day is before the first. Change one of the two dates.")
                errors["in_force_to"] = ValidationError(message)
            if repeated := _repeated_numbers(result.get("clauses") or []):
                errors["clauses"] = ListBlockValidationError(block_errors=repeated)
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return result

    class Meta:
        icon = "history"
        label = _("Version")
        label_format = "{title}"


def _repeated_numbers(clauses: Any) -> dict[int, ValidationError]:
    errors: dict[int, ValidationError] = {}
    seen: set[str] = set()
    for index, clause in enumerate(clauses):
        number = tidy_number(clause.get("number"))
        if number and number in seen:
            message = gettext("Number %(number)s is used twice in this version. Give one of the two another.")
            errors[index] = blocks.StructBlockValidationError(
                block_errors={"number": ValidationError(message % {"number": number})}
            )
        seen.add(number)
    return errors


def tidy_number(text: str | None) -> str:
    """Return a clause's number for comparing: "4.2." and "4.2" are one."""
    return "".join((text or "").split()).rstrip(".").casefold()


class VersionsBlock(blocks.StreamBlock):
    """All versions of one agreement.

    At most one is in force on any day, and each has a title of its own.
    """

    version = VersionBlock()

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if not self.is_deferred_validation:
            errors = _between_versions([(str(child.id or ""), child.value) for child in result])
            if errors:
                raise StreamBlockValidationError(
                    block_errors={
                        index: blocks.StructBlockValidationError(block_errors={name: ValidationError(text)})
                        for index, (name, text) in errors.items()
                    }
                )
        return result

    class Meta:
        required = False


def _between_versions(versions: list[tuple[str, Any]]) -> dict[int, tuple[str, str]]:
    """Return what is wrong between versions, by the version's place.

    The field and a message, one for each version at most.
    """
    errors: dict[int, tuple[str, str]] = {}
    for index, (own_id, version) in enumerate(versions):
        title = name_key(version.get("title"))
        others = [(number, other) for number, other in enumerate(versions) if number != index]
        earlier = [other for number, (_id, other) in others if number < index]
        if title in [name_key(other.get("title")) for other in earlier]:
            errors[index] = "title", gettext("Another version has this title. Give each version its own.")
        elif clash := next((other for other in earlier if _overlap(version, other)), None):
            errors[index] = (
                "in_force_from",
                gettext(
                    "This version and “%(other)s” would both be in force on the same day. "
                    "Give the older one a last day, or set its status to superseded."
                )
                % {"other": clash.get("title")},
            )
        elif replaces := name_key(version.get("replaces")):
            names = {
                name for _n, (pk, other) in others for name in (pk, name_key(other.get("title"))) if name
            }
            if replaces in (own_id, title):
                errors[index] = "replaces", gettext("A version does not replace itself. Name an earlier one.")
            elif replaces not in names:
                errors[index] = (
                    "replaces",
                    gettext(
                        "There is no version “%(name)s” on this page. Write the title of one: %(titles)s."
                    )
                    % {
                        "name": version.get("replaces"),
                        "titles": ", ".join(f"“{other.get('title')}”" for _n, (_id, other) in others) or "–",
                    },
                )
            elif _replaces_in_a_circle(index, versions):
                errors[index] = (
                    "replaces",
                    gettext(
                        "These versions replace each other in a circle. Leave this empty on the oldest one."
                    ),
                )
    return errors


def name_key(text: Any) -> str:
    """Return a version's title for comparing: case and spaces do not count."""
    return " ".join(str(text or "").split()).casefold()


def _overlap(one: Any, other: Any) -> bool:
    first, second = _days(one), _days(other)
    return bool(first and second and first[0] <= second[1] and second[0] <= first[1])


def _days(version: Any) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and last day on which a version holds.

    ``None`` for a superseded one whose end is not known.
    """
    last = version.get("in_force_to")
    if version.get("status") == SUPERSEDED and last is None:
        return None
    return version.get("in_force_from") or datetime.date.min, last or datetime.date.max


def _replaces_in_a_circle(start: int, versions: list[tuple[str, Any]]) -> bool:
    places = {pk: index for index, (pk, _version) in enumerate(versions) if pk}
    places |= {name_key(version.get("title")): index for index, (_pk, version) in enumerate(versions)}
    seen, place = {start}, places.get(name_key(versions[start][1].get("replaces")))
    while place is not None and place not in seen:
        seen.add(place)
        place = places.get(name_key(versions[place][1].get("replaces")))
    return place == start
