"""Stories as JSON Lines: one JSON object a line, UTF-8. ``docs/importing.md`` describes the format."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..stories.blocks.updates import UPDATE_KINDS
from ..stories.speech import Script
from .fields import Fields, Unreadable
from .remarks import Remark
from .story import Letter, Picture, Reading, Refusal, SourceError, Speech, Story, Update

#: Every field that a line may have.
FIELDS = (
    *("id", "type", "kind", "title", "slug", "summary", "body", "published", "language", "translation_of"),
    *("crime_types", "areas", "topics", "updates", "notes_to_editors", "image", "speech", "letter"),
)
ENDINGS = (".jsonl", ".jsonl.gz")

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read(path: Path) -> Reading:
    """The stories of a ``.jsonl`` or ``.jsonl.gz`` file, or of a folder of them.

    A line that is no story is refused, with its file, line and field; the others are read. Raises ``SourceError``
    when there is nothing to read at ``path``.
    """
    stories: dict[str, Story] = {}
    refused: list[Refusal] = []
    for file in _files(path):
        try:
            for number, line in enumerate(_lines(file), start=1):
                if not line.strip():
                    continue
                origin = f"{file.name}, line {number}"
                try:
                    story = _story(_parse(line), file, origin)
                    if known := stories.get(story.source_id):
                        raise Unreadable(
                            "id",
                            f"{story.source_id!r} is used already, in {known.origin}",
                            "an id of its own",
                        )
                    stories[story.source_id] = story
                except Unreadable as error:
                    refused.append(Refusal(origin, error.field, error.problem, error.allowed))
        except (OSError, EOFError, zlib.error) as error:  # gzip says it in all of these ways
            refused.append(Refusal(file.name, "", f"cannot be read to its end ({error})"))
    return Reading(tuple(stories.values()), tuple(refused))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.is_file() and file.name.endswith(ENDINGS))
        if not files:
            raise SourceError(f"There is no {' or '.join(ENDINGS)} file in the folder {path}.")
        return files
    if not path.is_file():
        raise SourceError(f"There is no file or folder {path}.")
    if not path.name.endswith(ENDINGS):
        raise SourceError(f"{path} is not named as a {' or '.join(ENDINGS)} file.")
    return [path]


def _lines(file: Path) -> Iterator[bytes]:
    if file.name.endswith(".gz"):
        with gzip.open(file, "rb") as stream:
            yield from stream
    else:
        with file.open("rb") as stream:
            yield from stream


def _parse(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable("", f"is not JSON ({error})", "one JSON object a line, in UTF-8") from error
    if not isinstance(data, dict):
        raise Unreadable(
            "", "is not a JSON object", 'one JSON object a line: {"id": …, "title": …, "published": …}'
        )
    return data


def _story(data: dict[str, Any], file: Path, origin: str) -> Story:
    fields = Fields(data)
    remarks: list[Remark] = []
    language = fields.text("language") or "en"
    if not _LANGUAGE.match(language):
        raise Unreadable("language", f"{language!r} is no language", "a code such as en, cy or pt-BR")
    is_speech = fields.choice("type", ("news", "speech"), "news") == "speech"
    title = fields.required("title", 255)
    picture = _picture(fields, file, remarks)
    return Story(
        source_id=fields.required("id", 255),
        language=language,
        title=title,
        slug=fields.text("slug"),
        summary=fields.text("summary"),
        body=fields.text("body"),
        published=fields.moment("published"),
        kind=fields.text("kind") if "kind" in data else None,
        crime_types=fields.slugs("crime_types"),
        areas=fields.slugs("areas"),
        topics=fields.slugs("topics"),
        updates=_updates(fields),
        notes_to_editors=fields.text("notes_to_editors") if "notes_to_editors" in data else None,
        speech=_speech(fields, is_speech, remarks),
        letter=_letter(fields),
        picture=picture,
        translation_of=fields.text("translation_of") or None,
        origin=origin,
        remarks=(*remarks, *_unknown(data)),
    )


def _unknown(data: dict[str, Any]) -> Iterator[Remark]:
    for name in data:
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            message = f"the field {name!r} is not known and was left out{hint}"
            yield Remark("unknown-field", message, repr(name))


def _updates(fields: Fields) -> tuple[Update, ...]:
    kinds = tuple(kind for kind, _label in UPDATE_KINDS)
    updates = []
    for update in fields.objects("updates"):
        updates.append(
            Update(
                date=update.moment("date"),
                text=update.required("text"),
                kind=update.choice("kind", kinds, "update"),
            )
        )
    return tuple(sorted(updates, key=lambda update: update.date, reverse=True))


def _speech(fields: Fields, is_speech: bool, remarks: list[Remark]) -> Speech | None:
    speech = fields.object("speech")
    if not is_speech:
        if speech is not None:
            message = '"speech" was left out: it belongs to stories of "type": "speech"'
            remarks.append(Remark("wrong-field", message, "speech"))
        return None
    if speech is None:
        return Speech()
    return Speech(
        speaker=speech.text("speaker"),
        role=speech.text("role"),
        event=speech.text("event"),
        location=speech.text("location"),
        delivered_on=speech.day("delivered_on"),
        script=speech.choice("script", tuple(Script.values), ""),
    )


def _letter(fields: Fields) -> Letter | None:
    """``None`` when the line says nothing about a letter."""
    letter = fields.object("letter")
    if letter is None:
        return None
    return Letter(
        addressee=letter.text("addressee"),
        publication=letter.text("publication"),
        in_reply_to=letter.text("in_reply_to"),
        in_reply_to_url=letter.address("in_reply_to_url"),
        signatory=letter.text("signatory"),
    )


def _picture(fields: Fields, file: Path, remarks: list[Remark]) -> Picture | None:
    """The picture beside the file or in its ``images`` folder. ``None`` when the line says nothing about one."""
    image = fields.object("image")
    if image is None:
        return None
    name = image.required("file", 255)
    if Path(name).name != name or "\\" in name:
        raise Unreadable(
            "image.file", f"{name!r} is no plain file name", "a name without folders, such as bridge.png"
        )
    found = next(
        (path for path in (file.parent / name, file.parent / "images" / name) if path.is_file()), None
    )
    content_hash = ""
    if found is None:
        message = f"the picture {name} is neither beside {file.name} nor in its folder “images”"
        remarks.append(Remark("missing-picture", message))
    else:
        with found.open("rb") as stream:
            content_hash = hashlib.file_digest(stream, "sha1").hexdigest()
    return Picture(
        name=name, alt=image.text("alt"), credit=image.text("credit"), path=found, content_hash=content_hash
    )
