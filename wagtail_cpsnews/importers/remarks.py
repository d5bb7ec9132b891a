"""Remarks of an import, each with a stable code.

A report can group thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What a report says above the remarks of one kind, by code. A source of a host project may use codes of its own.
HEADINGS = {
    "attachment": "Attachments left at their source",
    "attributes": "Words and addresses in attributes, left out",
    "characters": "Characters that are not text, replaced",
    "comments": "Comments left out",
    "cut": "Texts cut to the length of their field",
    "deleted": "Text marked as deleted, left out",
    "draft-changed": "Stories not published here: their drafts were changed",
    "edited-here": "Stories edited here since the last import",
    "entities": "Texts that were escaped once too often",
    "flattened": "Structures that became lines of text",
    "inserted": "Text marked as inserted, kept as ordinary text",
    "json": "Fields given more than once, and numbers that are not JSON",
    "links": "Links left out, their text kept",
    "media": "Pictures and recordings in the text left at their source",
    "missing-outcome": "Labels of outcomes that are not here, shown as they are",
    "missing-picture": "Pictures that were not found",
    "missing-story": "Stories named as another language version that are not here",
    "missing-term": "Terms that are not here, left out",
    "no-kind": "Stories taken over without a news type",
    "no-speech-fields": "Speeches put in a page type without fields for speeches",
    "no-summary": "Stories without a summary",
    "no-taxonomy-field": "Terms that the page type has no field for, left out",
    "old-addresses": "Old addresses that could not become redirects",
    "picture": "Pictures that cannot be used",
    "plain-text": "Texts without any element, read as plain text",
    "relative-links": "Links without a host, left out: give a base address (base_url or --base-url)",
    "scripts": "Scripts left out",
    "table-headings": "Tables without column headings",
    "unknown-field": "Fields that are not known, left out",
    "words": "Words left out",
    "wrong-field": "Fields that don’t belong to the type of story, left out",
    # why a story was skipped, or failed
    "deleted-here": "Stories whose pages were deleted here",
    "failed": "Stories that could not be written",
    "refused": "Refused",
    "not-a-story": "Items that are not stories",
    "older-state": "Older states of an item",
    "translated-here": "Language versions that editors made here",
    "untouchable": "Pages left as their editors have them",
}


@dataclass(frozen=True)
class Remark:
    """One thing that an editor should know about an imported story.

    Attributes:
        code: The kind of remark, a key of ``HEADINGS`` (or a code of a host's own source).
        message: What happened, as a sentence part for people.
        subject: What the remark is about where many stories share it, such as ``area “mars”``: a report counts the
            stories of each subject.
    """

    code: str
    message: str
    subject: str = ""

    def __str__(self) -> str:
        return self.message

    def within(self, place: str) -> Remark:
        """Return the remark with the name of its text before its message."""
        return Remark(self.code, f"{place}: {self.message}", self.subject)


def get_heading(code: str) -> str:
    """Return the heading of a kind of remark.

    Made from the code where none is declared.
    """
    return HEADINGS.get(code) or code.replace("-", " ").replace("_", " ").capitalize()
