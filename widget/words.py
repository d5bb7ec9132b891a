"""Write the widget's words, `python words.py [FILE]`, from the package's gettext catalogues."""

import json
import sys
from pathlib import Path

import django
from django.conf import settings

PACKAGE = Path(__file__).resolve().parents[1] / "wagtail_cpsnews"
HEAD = """// Written by `make widget` from the registry of taxonomies and the gettext catalogues in locale/: change them there.
export const TAXONOMIES = "{taxonomies}";
/** @type {{Record<string, Record<string, string>>}} */
"""


def main(path: Path) -> None:
    settings.configure(LOCALE_PATHS=[PACKAGE / "locale"])
    django.setup()
    from wagtail_cpsnews.embed.words import widget_taxonomies, widget_words

    head = HEAD.format(taxonomies=widget_taxonomies())
    text = json.dumps(widget_words(), ensure_ascii=False, indent=2)
    path.write_text(f"{head}export const WORDS = {text};\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else PACKAGE / "embed/js/words.js")
