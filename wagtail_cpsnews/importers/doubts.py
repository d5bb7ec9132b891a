"""What to ask before an import begins.

Whether it is the right source that changes so much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .identity import KnownStories
from .report import EXAMPLES
from .story import Story
from .writer import Writer

#: A run that changes more of the stories it knows than this, and more than one, asks first.
MOST_CHANGED = 0.1


def find_doubts(
    writer: Writer, known: KnownStories, stories: Sequence[Story], steps: Iterable[Story]
) -> list[str]:
    """Return why these stories may not be those that are known.

    Empty when there is no doubt.

    Args:
        steps: The same stories, one at a time: they may show how far this is.
    """
    promised = {(story.source_name, story.source_id) for story in stories}
    names = {story.source_name for story in stories}
    changed = 0
    replaced: list[str] = []
    for story in steps:
        row = known.get(story)
        if row is None or not writer.would_change(story, promised):
            continue
        changed += 1
        if known.is_another(row, story) and (facts := known.get_facts(row)):
            replaced.append(
                f"{story.origin}: “{story.title}” ({story.published:%Y-%m-%d}) would replace "
                f"“{facts.title}” ({facts.published:%Y-%m-%d}), page {row.page_pk}"
            )
    total = known.count(names)
    doubts = []
    if changed > 1 and changed > total * MOST_CHANGED:
        doubts.append(
            f"{changed:,} of the {total:,} stories that are known from this source would be changed."
        )
    if replaced:
        doubts.append(
            f"{len(replaced):,} would get another title, another date and another slug at once, as if it were another story:"
        )
        doubts += [f"  {line}" for line in replaced[:EXAMPLES]]
        if len(replaced) > EXAMPLES:
            doubts.append(f"  … and {len(replaced) - EXAMPLES:,} more")
    return doubts
