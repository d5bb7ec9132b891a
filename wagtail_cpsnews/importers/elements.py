"""The elements of HTML by what they mean to an import."""

from __future__ import annotations

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu")

#: Elements that begin a new line.
BLOCKS = {
    *HEADINGS,
    *LISTS,
    *("address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dialog", "div"),
    *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend"),
    *("li", "main", "nav", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr"),
}

#: Inline elements that are kept, by what they become.
KEPT = {"b": "b", "strong": "b", "i": "i", "em": "i", "sup": "sup", "sub": "sub"}

#: What is no text: it stays at the source and is named.
MEDIA = ("img", "iframe", "video", "audio", "object", "embed")

#: Media, and what only occurs inside them.
EMBEDDED = (*MEDIA, "source", "track", "param", "svg", "image", "area", "picture")

#: Text that its writer has taken back. It is left out and named: without its stroke it would say the opposite.
DELETED = ("del", "s", "strike")

#: Elements whose content is for machines.
SCRIPTS = ("script", "style")
