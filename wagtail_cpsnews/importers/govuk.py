"""GOV.UK's content items: news articles and speeches.

They are read as its content API gives them (``/api/content/…``).
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from .fields import DATE_TIME_FORM, NO_TEXT, Unreadable
from .files import Files, Refusals, parse_object
from .remarks import Remark
from .story import Archived, Reading, Speech, Story, Update
from .text import clean_characters, read_words

SITE = "https://www.gov.uk"
#: The name of this source: a content id is unique in all of GOV.UK, and an item may move between publishing apps.
NAME = "www.gov.uk"
LONDON = ZoneInfo("Europe/London")

#: Which of its schemas are stories.
SCHEMAS = ("news_article", "speech")

#: Our kind by GOV.UK's ``document_type``.
KINDS = {
    "press_release": "press-release",
    "news_story": "news",
    "world_news_story": "news",
    "government_response": "statement",
    "statement": "statement",
    "speech": "speech",
    "authored_article": "article",
    "oral_statement": "statement",
    "written_statement": "statement",
}

#: What stands in a ``speech_type_explanation``, and what the text then is.
SCRIPTS = {
    "exactly as it was delivered": "as_delivered",
    "original script": "as_prepared",
    "speaker's notes": "speaking_notes",
    "draft": "draft",
}


def read(path: Path) -> Reading:
    """Return the stories of a content item's file, or of a folder of them.

    Of several states of one item (same ``content_id`` and ``locale``) the latest is taken. Raises ``SourceError``
    when there is nothing to read at ``path``.
    """
    stories: dict[tuple[str, str], tuple[tuple[datetime.datetime, datetime.datetime], Path, Story]] = {}
    refusals = Refusals()
    left_out: list[Remark] = []
    files = Files(path, (".json",), refusals)
    for file in files.paths:
        try:
            remarks: list[Remark] = []
            item = _load(files.read_item(file), remarks)
            if item.get("schema_name") not in SCHEMAS:
                message = f"{file.name}: no story: its schema_name is {item.get('schema_name')!r}, not {' or '.join(SCHEMAS)}"
                left_out.append(Remark("not-a-story", message))
                continue
            story, age = _story(item, file, remarks), _age(item)
        except Unreadable as error:
            refusals.add(file.name, error)
            continue
        except (AttributeError, TypeError) as error:
            refusals.add(file.name, Unreadable("", f"is not built like a content item ({error})"))
            continue
        known = stories.get(story.key)
        if known is None or age > known[0]:
            stories[story.key] = (age, file, story)
        if known is not None:
            left_out.append(_older(story, (age, file), known[:2]))
    return Reading(
        tuple(story for _age, _file, story in stories.values()), refusals.all(), tuple(left_out), NAME
    )


def _load(data: bytes, remarks: list[Remark]) -> dict[str, Any]:
    item = parse_object(data, "one content item, as UTF-8 JSON", remarks)
    if not isinstance(item.get("details"), dict):
        raise Unreadable("details", "is missing", "a GOV.UK content item with its details")
    if not isinstance(item.setdefault("links", {}), dict):
        raise Unreadable("links", "is no object", "a GOV.UK content item with its links")
    return item


def _age(item: dict[str, Any]) -> tuple[datetime.datetime, datetime.datetime]:
    """Return what decides between two states of an item.

    When it was updated, then when it was withdrawn or last made public.
    """
    never = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    withdrawn = _date_time(item, "withdrawn_at", (item.get("withdrawn_notice") or {}).get("withdrawn_at"))
    public = _date_time(item, "public_updated_at", item.get("public_updated_at"))
    return _date_time(item, "updated_at", item.get("updated_at")) or never, max(
        withdrawn or never, public or never
    )


def _older(story: Story, this: tuple[Any, Path], other: tuple[Any, Path]) -> Remark:
    loser, winner = (this, other) if this[0] <= other[0] else (other, this)
    if loser[0][0] != winner[0][0]:
        why = "was updated later"
    elif loser[0] != winner[0]:
        why = f"was updated at the same time, and withdrawn or made public later ({winner[0][1]:%Y-%m-%d %H:%M} UTC)"
    else:
        why = "has the same dates and was read first"
    same = f"is the same item ({story.source_id}, {story.language}) and {why}"
    return Remark("older-state", f"{loser[1].name}: left out: {winner[1].name} {same}")


def _story(item: dict[str, Any], file: Path, remarks: list[Remark]) -> Story:
    item = _clean(item, "", remarks)
    details, links = item["details"], item["links"]
    title, found = read_words(_required(item, "title"), "title")
    summary, more = read_words(_text(item, "description"), "description")
    remarks += [*found, *more]
    base_path = _text(item, "base_path")
    language = _text(item, "locale") or "en"
    published = _published(item)
    if details.get("images") or details.get("image"):
        remarks.append(Remark("media", "picture left at its source"))
    if details.get("attachments"):
        message = f"{len(details['attachments'])} attachment(s) left at their source"
        remarks.append(Remark("attachment", message))
    document_type = _text(item, "document_type")
    if document_type not in KINDS:
        message = (
            f"document_type {document_type!r} is none of {', '.join(KINDS)}: taken over without a news type"
        )
        remarks.append(Remark("no-kind", message, document_type))
    return Story(
        source_id=_required(item, "content_id"),
        language=language,
        title=title,
        slug=base_path.rsplit("/", 1)[-1].removesuffix(f".{language}"),
        summary=summary,
        body=_text(details, "body"),
        base_url=f"{SITE}{base_path}",
        published=published,
        last_changed=_date_time(item, "public_updated_at", item.get("public_updated_at")),
        kind=KINDS.get(document_type),
        updates=_updates(details),
        speech=_speech(item, details, links) if item["schema_name"] == "speech" else None,
        archived=_archived(item),
        translation_of=item["content_id"] if not language.startswith("en") else None,
        file=file.stem,
        origin=file.name,
        remarks=tuple(remarks),
    )


def _published(item: dict[str, Any]) -> datetime.datetime:
    details = item["details"]
    given = item.get("first_published_at") or details.get("first_public_at") or item.get("public_updated_at")
    published = _date_time(item, "first_published_at", given)
    if published is None:
        raise Unreadable("first_published_at", "is missing", DATE_TIME_FORM)
    if published > timezone.now():
        raise Unreadable("first_published_at", f"{given!r} is in the future", DATE_TIME_FORM)
    return published


def _speech(item: dict[str, Any], details: dict[str, Any], links: dict[str, Any]) -> Speech:
    speakers = [_text(person, "title") for person in links.get("speaker") or ()]
    delivered = _date_time(item, "details.delivered_on", details.get("delivered_on"))
    explanation = _text(details, "speech_type_explanation").lower().replace("’", "'")
    return Speech(
        speaker=speakers[0] if speakers else _text(details, "speaker_without_profile"),
        role=", ".join(_text(role, "title") for role in links.get("roles") or ()),
        location=_text(details, "location"),
        delivered_on=delivered.astimezone(LONDON).date() if delivered else None,
        script=next((script for words, script in SCRIPTS.items() if words in explanation), ""),
    )


def _updates(details: dict[str, Any]) -> tuple[Update, ...]:
    updates = []
    for change in details.get("change_history") or ():
        note, _remarks = read_words(_text(change, "note"), "details.change_history", lines=True)
        date = _date_time(change, "details.change_history", change.get("public_timestamp"))
        if note and date and note.rstrip(".").lower() != "first published":
            updates.append(Update(date=date, text=note))
    return tuple(sorted(updates, key=lambda update: update.date, reverse=True))


def _archived(item: dict[str, Any]) -> Archived | None:
    """Return the archiving.

    A withdrawn item stays readable on GOV.UK, with a notice: it is archived here, not removed.
    """
    notice = item.get("withdrawn_notice") or {}
    withdrawn = _date_time(item, "withdrawn_notice.withdrawn_at", notice.get("withdrawn_at"))
    if withdrawn is None:
        return None
    return Archived(on=withdrawn.astimezone(LONDON).date(), note=_text(notice, "explanation"))


def _clean(value: Any, name: str, remarks: list[Remark]) -> Any:
    """Return an item without characters that are not text.

    NUL and halves of characters are refused when read.
    """
    if isinstance(value, dict):
        return {key: _clean(inner, f"{name}.{key}".lstrip("."), remarks) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner, name, remarks) for inner in value]
    if not isinstance(value, str) or NO_TEXT.search(value):
        return value
    text, found = clean_characters(value, name)
    remarks += found
    return text


def _text(item: Any, name: str) -> str:
    value = item.get(name) if isinstance(item, dict) else None
    if not isinstance(value, str):
        return ""
    if NO_TEXT.search(value):
        raise Unreadable(name, "contains an invalid character", "text without NUL or half characters")
    return value.strip()


def _required(item: dict[str, Any], name: str) -> str:
    text = _text(item, name)
    if not text:
        raise Unreadable(name, "is missing", "some text")
    return text[:255] if name == "content_id" else text


def _date_time(item: dict[str, Any], name: str, value: Any) -> datetime.datetime | None:
    if not value:
        return None
    try:
        date_time = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unreadable(name, f"{value!r} is not a date and time", DATE_TIME_FORM) from error
    return date_time if date_time.tzinfo else date_time.replace(tzinfo=LONDON)
