"""Map an imported story onto a page.

What does not fit, or has no field, is reported.
"""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any

from django.utils.dateparse import parse_datetime

from ..registry import TAXONOMIES
from ..stories.speech import SpeechMixin
from ..taxonomy.outcomes import OutcomeLabel
from ..taxonomy.usage import own_taxonomies
from .html import RawBlock, to_blocks, to_rich_text
from .markup import parse
from .remarks import Remark
from .story import Story, Update
from .terms import Filing

#: Ids of imported blocks are made from their content, so a block that has not changed keeps its id.
NAMESPACE = uuid.UUID("0b9f3f0e-54a6-4c0b-9f7c-5f2a6b1d8e11")

#: A summary that has to be taken from the story's first words is not longer than this.
SUMMARY_LENGTH = 260


def fill(page: Any, story: Story, filing: Filing, source: str) -> list[Remark]:
    """Write ``story`` into ``page`` and return remarks for the report.

    The page may be new, and is not saved here.
    """
    remarks: list[Remark] = []
    _fit(page, "title", story.title, remarks)
    body = to_blocks(story.body, page._meta.get_field("body").stream_block.child_blocks, story.base_url)
    remarks += body.remarks
    page.body = json.dumps(_with_ids(body.blocks, source, story))
    _fit(page, "summary", story.summary or _first_words(story, remarks), remarks)
    page.published_at = story.published
    if story.notes_to_editors is not None:
        page.notes_to_editors, lost = to_rich_text(story.notes_to_editors, story.base_url)
        remarks += [remark.within("notes to editors") for remark in lost]
    if story.archived is not None:
        page.archived_on = story.archived.on
        page.archived_note, lost = to_rich_text(story.archived.note, story.base_url, lists=False)
        remarks += [remark.within("archive notice") for remark in lost]
    _fill_updates(page, story, source, remarks)
    _fill_terms(page, filing, remarks)
    _fill_speech(page, story, remarks)
    if story.letter is not None:
        for name, text in dataclasses.asdict(story.letter).items():
            _fit(page, f"letter_{name}", text, remarks)
    return remarks


def fill_picture(page: Any, story: Story, image: Any) -> list[Remark]:
    """Attach ``image`` with its words, and return remarks."""
    remarks: list[Remark] = []
    assert story.picture is not None
    page.image = image
    _fit(page, "image_alt", story.picture.alt, remarks)
    _fit(page, "image_caption", story.picture.caption, remarks)
    _fit(page, "image_credit", story.picture.credit, remarks)
    return remarks


def _fit(page: Any, name: str, text: str, remarks: list[Remark]) -> None:
    field = page._meta.get_field(name)
    if field.max_length and len(text) > field.max_length:
        message = f"{name} has {len(text)} characters and was cut to {field.max_length}"
        remarks.append(Remark("cut", message, name))
        text = _cut(text, field.max_length)
    setattr(page, name, text)


def _cut(text: str, longest: int) -> str:
    """Return the first words of ``text`` that fit, with an ellipsis."""
    if len(text) <= longest:
        return text
    whole = text[:longest].rsplit(maxsplit=1)[0] if " " in text[:longest] else text
    return f"{whole[: longest - 1].rstrip()}…"


def _first_words(story: Story, remarks: list[Remark]) -> str:
    words = " ".join(parse(story.body).get_text(" ").split())
    taken = "first words were" if words else "title was"
    remarks.append(Remark("no-summary", f"has no summary; its {taken} taken"))
    return _cut(words, SUMMARY_LENGTH) or story.title


def _with_ids(blocks: list[RawBlock], source: str, story: Story) -> list[RawBlock]:
    """Return the blocks with ids. Of equal blocks in one story each has its own."""
    seen: dict[str, int] = {}
    found = []
    for block in blocks:
        name = json.dumps([source, *story.key, block], sort_keys=True, default=str)
        seen[name] = seen.get(name, 0) + 1
        found.append({**block, "id": str(uuid.uuid5(NAMESPACE, f"{name}{seen[name]}"))})
    return found


def _is_imported(block: RawBlock) -> bool:
    """Return whether a block was written by an import.

    Wagtail's own ids are of version 4.
    """
    try:
        return uuid.UUID(str(block.get("id"))).version == 5
    except ValueError:
        return False


def _fill_updates(page: Any, story: Story, source: str, remarks: list[Remark]) -> None:
    """Replace the updates that the source gave before.

    Those that editors wrote here stay.
    """
    kept = [block for block in page.updates.get_prep_value() if not _is_imported(block)]
    given = [{"type": "update", "value": _update_value(update, remarks)} for update in story.updates]
    updates = [*kept, *_with_ids(given, source, story)]
    page.updates = json.dumps(sorted(updates, key=_time_of, reverse=True), default=str)


def _update_value(update: Update, remarks: list[Remark]) -> dict[str, Any]:
    """Return an update as its block stores it.

    Words that name no label stay: readers see them as they are.
    """
    value = {"date": update.date.isoformat(), "kind": update.kind, "text": update.text}
    if update.outcome:
        label = OutcomeLabel.objects.filter(name__iexact=update.outcome).order_by("pk").first()
        if label is None:
            message = f"there is no outcome label {update.outcome!r}; it is shown as it is, in one language"
            remarks.append(Remark("missing-outcome", message, f"outcome “{update.outcome}”"))
        value["outcome"] = str(label.translation_key) if label else update.outcome
        value["concerns"] = update.concerns
    return value


def _time_of(block: RawBlock) -> float:
    date_time = parse_datetime(str(block["value"]["date"]))
    return date_time.timestamp() if date_time else 0.0


def _fill_terms(page: Any, filing: Filing, remarks: list[Remark]) -> None:
    for name, terms in filing.terms.items():
        taxonomy = TAXONOMIES[name]
        if terms is None:
            continue
        if taxonomy.is_own and taxonomy not in own_taxonomies(type(page)):
            if terms:
                named = ", ".join(map(str, terms))
                message = f"{page._meta.verbose_name} has no field {taxonomy.field!r}: left out: {named}"
                remarks.append(Remark("no-taxonomy-field", message, taxonomy.field))
            continue
        setattr(page, taxonomy.field, terms if taxonomy.many else next(iter(terms), None))


def _fill_speech(page: Any, story: Story, remarks: list[Remark]) -> None:
    speech = story.speech
    if speech is None:
        return
    if not isinstance(page, SpeechMixin):
        if facts := [text for text in (speech.speaker, speech.role, speech.event, speech.location) if text]:
            message = f"{page._meta.verbose_name} “{page.title}” has no fields for a speech: left out: {'; '.join(facts)}"
            remarks.append(Remark("no-speech-fields", message))
        return
    for name in ("speaker", "role", "event", "location"):
        _fit(page, name, getattr(speech, name), remarks)
    page.delivered_on = speech.delivered_on
    page.script = speech.script
