"""Stories as JSON Lines: one JSON object a line, UTF-8.

``docs/importing.md`` describes the format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..catalogue.story_updates import OUTCOME, UPDATE_KINDS
from ..registry import BUILT_IN, OWN, PLURALS
from ..stories.blocks.updates import MAX_CONCERNS
from ..stories.speech import Script
from ..taxonomy.outcomes import MAX_LABEL
from .fields import Fields, Unreadable, shorten
from .files import Files, Refusals, check_size, parse_object, resolve_inside, too_large
from .remarks import Remark
from .story import Letter, Picture, Reading, SourceError, Speech, Story, Update

#: Every field that a line may have.
FIELDS = (
    *(
        "source",
        "id",
        "type",
        "kind",
        "title",
        "slug",
        "summary",
        "body",
        "published",
        "language",
        "translation_of",
    ),
    *PLURALS.values(),
    *("updates", "notes_to_editors", "image", "speech", "letter"),
    *("base_url", "source_url", "old_addresses", "authors"),
)
#: Fields that the first line of a file may hold alone: they then are those of every line of it.
DECLARATIONS = ("source", "base_url")
MAX_FIELDS = 200
ENDINGS = (".jsonl", ".jsonl.gz")

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read(path: Path) -> Reading:
    """Return the stories of ``.jsonl`` or ``.jsonl.gz`` files.

    One file, or those of a folder.

    A line that is no story is refused, with its file, line and field; the others are read. Raises ``SourceError``
    when there is nothing to read at ``path``.
    """
    stories: dict[tuple[str, str], Story] = {}
    refusals = Refusals()
    files = Files(path, ENDINGS, refusals)
    for file in files.paths:
        if not file.name.endswith(ENDINGS):
            raise SourceError(f"{file} is not named as a {' or '.join(ENDINGS)} file.")
        declared: dict[str, Any] | None = None
        for number, line in files.read_lines(file):
            if line is not None and not line.strip():
                continue
            origin = f"{file.name}, line {number}"
            try:
                remarks: list[Remark] = []
                data = _parse(line, remarks)
                if declared is None:
                    declared = data if data.keys() and data.keys() <= set(DECLARATIONS) else {}
                    if declared:
                        Fields(data).name("source")
                        Fields(data).address("base_url", 500)
                        continue
                story = _story({**declared, **data}, file, origin, remarks)
                if known := stories.get((story.source_name, story.source_id)):
                    problem = f"{shorten(story.source_id)} is used already, in {known.origin}"
                    raise Unreadable("id", problem, "an id of its own")
                stories[story.source_name, story.source_id] = story
            except Unreadable as error:
                refusals.add(origin, error)
    return Reading(tuple(stories.values()), refusals.all())


def _parse(line: bytes | None, remarks: list[Remark]) -> dict[str, Any]:
    if line is None:
        raise too_large()
    data = parse_object(
        line, 'one JSON object a line, in UTF-8: {"id": …, "title": …, "published": …}', remarks
    )
    if len(data) > MAX_FIELDS:
        raise Unreadable("", f"has {len(data):,} fields", f"at most {MAX_FIELDS} fields")
    return data


def _story(data: dict[str, Any], file: Path, origin: str, remarks: list[Remark]) -> Story:
    fields = Fields(data, remarks=remarks)
    language = fields.text("language") or "en"
    if not _LANGUAGE.match(language):
        raise Unreadable("language", f"{shorten(language)} is no language", "a code such as en, cy or pt-BR")
    is_speech = fields.choice("type", ("news", "speech"), "news") == "speech"
    title = fields.required_words("title", 255)
    picture = _picture(fields, file, remarks)
    source_url = fields.address("source_url", 500)
    terms: dict[str, Any] = {one.plural: fields.slugs(one.plural) for one in BUILT_IN if one.many}
    return Story(
        source_name=fields.name("source"),
        source_id=fields.required("id", 255),
        language=language,
        title=title,
        slug=fields.text("slug"),
        summary=fields.words("summary"),
        body=fields.text("body"),
        base_url=fields.address("base_url", 500) or source_url,
        source_url=source_url,
        old_addresses=fields.paths("old_addresses"),
        authors=fields.texts("authors", 150),
        published=fields.date_time("published"),
        kind=fields.text("kind") if "kind" in data else None,
        terms={
            taxonomy.name: slugs for taxonomy in OWN if (slugs := fields.slugs(taxonomy.plural)) is not None
        },
        updates=_updates(fields),
        notes_to_editors=fields.text("notes_to_editors") if "notes_to_editors" in data else None,
        speech=_speech(fields, is_speech, remarks),
        letter=_letter(fields),
        picture=picture,
        translation_of=fields.text("translation_of") or None,
        file=file.name.removesuffix(".gz").removesuffix(".jsonl"),
        origin=origin,
        remarks=(*remarks, *_unknown(data)),
        **terms,
    )


def _unknown(data: dict[str, Any]) -> Iterator[Remark]:
    for name in data:
        if name not in FIELDS:
            name = name if len(name) <= 100 else f"{name[:100]}…"
            near = get_close_matches(name, FIELDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            message = f"the field {shorten(name)} is not known and was left out{hint}"
            yield Remark("unknown-field", message, shorten(name))


def _updates(fields: Fields) -> tuple[Update, ...]:
    kinds = tuple(kind for kind, _label in UPDATE_KINDS)
    updates = []
    for update in fields.objects("updates"):
        kind = update.choice("kind", kinds, "update")
        words = {name: update.words(name) for name in ("outcome", "concerns")}
        if kind == OUTCOME:
            words["outcome"] = update.required_words("outcome", MAX_LABEL)
        elif any(words.values()):
            raise Unreadable(f"{update.prefix}kind", f"{kind!r} has no outcome", OUTCOME)
        if words["concerns"]:
            words["concerns"] = update.required_words("concerns", MAX_CONCERNS)
        text = update.required_words("text", lines=True)
        updates.append(Update(date=update.date_time("date"), text=text, kind=kind, **words))
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
        speaker=speech.words("speaker"),
        role=speech.words("role"),
        event=speech.words("event"),
        location=speech.words("location"),
        delivered_on=speech.day("delivered_on"),
        script=speech.choice("script", tuple(Script.values), ""),
    )


def _letter(fields: Fields) -> Letter | None:
    """Return the letter, or ``None`` when the line has none."""
    letter = fields.object("letter")
    if letter is None:
        return None
    return Letter(
        addressee=letter.words("addressee"),
        publication=letter.words("publication"),
        in_reply_to=letter.words("in_reply_to"),
        in_reply_to_url=letter.address("in_reply_to_url"),
        signatory=letter.words("signatory"),
    )


def _picture(fields: Fields, file: Path, remarks: list[Remark]) -> Picture | None:
    """Return the picture beside the file or in its ``images`` folder.

    ``None`` when the line names none.
    """
    image = fields.object("image")
    if image is None:
        return None
    name = image.required("file", 255)
    if Path(name).name != name or "\\" in name:
        raise Unreadable(
            "image.file",
            f"{shorten(name)} is no plain file name",
            "a name without folders, such as bridge.png",
        )
    places = (file.parent / name, file.parent / "images" / name)
    found = next((path for path in places if path.is_file()), None)
    content_hash = ""
    if found is None:
        message = f"the picture {name} is neither beside {file.name} nor in its folder “images”"
        remarks.append(Remark("missing-picture", message))
    else:
        try:
            found = resolve_inside(found, file.parent)
            check_size(found)
        except Unreadable as error:
            raise Unreadable("image.file", error.problem, error.allowed) from error
        with found.open("rb") as stream:
            content_hash = hashlib.file_digest(stream, "sha1").hexdigest()
    return Picture(
        name=name,
        alt=image.words("alt"),
        caption=image.words("caption"),
        credit=image.words("credit"),
        path=found,
        content_hash=content_hash,
    )
