"""Form data for any block and any page type, made of their definitions.

Right, missing, and odd in every field.
"""

import datetime

from django import forms
from django.utils import timezone
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

LONG = "Many words. " * 500
PAST, FUTURE = datetime.date(1901, 2, 3), datetime.date(2999, 12, 31)


def _times(kind):
    """An early and a late value of a date or time, as the browser posts it."""
    if kind == "time":
        return ["00:00", "23:59"]
    return [str(day) if kind == "date" else f"{day} 09:00" for day in (PAST, FUTURE)]


def odd_values(field):
    """Return values that can be typed and stored in a draft.

    They may be wrong when it is published.
    """
    if isinstance(field, forms.DateTimeField):
        return ["", *_times("datetime")]
    if isinstance(field, forms.DateField):
        return ["", *_times("date")]
    if isinstance(field, forms.TimeField):
        return ["", *_times("time")]
    if isinstance(field, forms.URLField):
        return ["", "no address", "http://["]
    if isinstance(field, forms.IntegerField):
        return ["", "-5", "0", "999999"]
    if isinstance(field, forms.MultipleChoiceField):
        return [[]]
    if isinstance(field, forms.CharField):
        return ["", "<b>&\u202e", "Ä ö!", "0"]
    return [""]


def right_value(block, objects):
    """A value of a field block that can be published."""
    field = getattr(block, "field", None)
    if isinstance(block, blocks.RichTextBlock):
        return rich_text("<p>Words.</p>")
    for chooser, name in (
        (ImageChooserBlock, "image"),
        (DocumentChooserBlock, "document"),
        (blocks.PageChooserBlock, "page"),
    ):
        if isinstance(block, chooser):
            return str(objects[name].pk)
    if isinstance(block, SnippetChooserBlock):
        return str(objects[block.target_model.__name__].pk)
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.MultipleChoiceField):
        return [str(next(iter(field.choices))[0])]
    if isinstance(field, forms.ChoiceField):
        return next(str(value) for value, _label in field.choices if value)
    if isinstance(field, forms.DateTimeField):
        return timezone.localtime().strftime("%Y-%m-%d 00:00")
    if isinstance(field, forms.DateField):
        return "2026-01-02"
    if isinstance(field, forms.TimeField):
        return "09:00"
    if isinstance(field, forms.URLField):
        return "https://example.org/"
    if isinstance(field, forms.IntegerField):
        return "5"
    return "words"


def table(heading="Heading", cell="Cell", rows=1):
    return {
        "caption": "",
        "row-count": str(rows),
        "column-count": "1",
        "column-0": {"type": "text", "order": "0", "deleted": "", "heading": heading},
        **{f"row-{row}": {"order": str(row), "deleted": ""} for row in range(rows)},
        **{f"cell-{row}-0": cell for row in range(rows)},
    }


def right(block, objects):
    """Nested form data of a block that can be published."""
    if isinstance(block, TypedTableBlock):
        return table()
    if isinstance(block, blocks.StructBlock):
        return {name: right(child, objects) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return streamfield([("item", right(block.child_block, objects))])
    if isinstance(block, blocks.StreamBlock):
        return streamfield([(name, right(child, objects)) for name, child in block.child_blocks.items()])
    return right_value(block, objects)


def variants(block, objects):
    """Form data of a block with one thing missing or odd in turn, with what it is."""
    if isinstance(block, TypedTableBlock):
        yield "no rows", table(rows=0)
        yield "empty", table(heading="", cell="")
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            for what, value in variants(child, objects):
                yield f"{name}: {what}", {**right(block, objects), name: value}
        yield "nothing", {name: nothing(child) for name, child in block.child_blocks.items()}
    elif isinstance(block, blocks.ListBlock):
        yield "no items", streamfield([])
        yield "too many", streamfield([("item", right(block.child_block, objects))] * 25)
        for what, value in variants(block.child_block, objects):
            yield f"item, {what}", streamfield([("item", value), ("item", value)])
    elif isinstance(block, blocks.StreamBlock):
        yield "no blocks", streamfield([])
        for name, child in block.child_blocks.items():
            for what, value in variants(child, objects):
                yield f"{name}, {what}", streamfield([(name, value)])
    elif isinstance(block, blocks.RichTextBlock):
        yield "missing", rich_text("")
        yield "long", rich_text(f"<p>{LONG}</p>")
    else:
        for value in odd_values(block.field):
            yield repr(value), value
        if isinstance(block, (blocks.CharBlock, blocks.TextBlock)):
            yield "long", LONG


def nothing(block):
    """Form data of a block in which nothing is filled in."""
    if isinstance(block, TypedTableBlock):
        return table(rows=0)
    if isinstance(block, blocks.StructBlock):
        return {name: nothing(child) for name, child in block.child_blocks.items()}
    if isinstance(block, (blocks.ListBlock, blocks.StreamBlock)):
        return streamfield([])
    if isinstance(block, blocks.MultipleChoiceBlock):
        return []
    return rich_text("") if isinstance(block, blocks.RichTextBlock) else ""


def page_data(form_class, objects, block_value=lambda block, objects: streamfield([])):
    """Return what the browser posts for a page of a type, all of it right.

    Streams by ``block_value``.
    """
    data = {"comments": inline_formset([])}
    for name, field in form_class.base_fields.items():
        if hasattr(field, "block"):
            data[name] = block_value(field.block, objects)
        elif "RichText" in type(field.widget).__name__ or "Draftail" in type(field.widget).__name__:
            data[name] = rich_text("<p>Words.</p>")
        elif isinstance(field, forms.SlugField):
            data[name] = "a-page"
        elif isinstance(field, forms.URLField):
            data[name] = "https://example.org/"
        elif isinstance(field, forms.ModelMultipleChoiceField):
            continue
        elif isinstance(field, (forms.DateField, forms.DateTimeField, forms.ChoiceField)):
            data[name] = ""
        elif isinstance(field, forms.CharField):
            data[name] = "en" if name == "language" else "Words"
    data["title"] = "A page"
    return data
