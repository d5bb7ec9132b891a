"""What a page holds, as readers may have it.

Without what is not public; texts are clean, addresses harmless.

Templates of the host's get these values too, so they need no rule of their own: to them a hidden document is one that
has been deleted.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Collection
from typing import Any

from django.db.models import ForeignKey, Model, URLField
from django.template.loader import render_to_string
from wagtail.blocks import StreamValue, StructValue, URLBlock
from wagtail.blocks.list_block import ListValue
from wagtail.contrib.typed_table_block.blocks import TypedTable
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import RichText, expand_db_html

from .references import Ref, Resolver, ref_of, refs_in
from .richtext import clean, safe_url

logger = logging.getLogger("wagtail_cpsnews")


class PublicRichText(RichText):
    """A rich text that renders as readers get it, in any template."""

    def __init__(self, source: Any, resolver: Resolver) -> None:
        self._stored = str(getattr(source, "source", source) or "")
        self._resolver = resolver

    @property
    def source(self) -> str:
        """Database HTML, clean and without links to what is not public."""
        return self._resolver.source(self._stored)

    def html(self) -> str:
        """Return the HTML without the template that Wagtail puts around it."""
        return self._resolver.html(self._stored)

    def __html__(self) -> str:
        return render_to_string("wagtailcore/shared/richtext.html", {"html": self.html()})

    def __bool__(self) -> bool:
        return bool(self._stored)


def rich_html(value: Any) -> str:
    """Return a rich text block's value as HTML.

    Nothing is hidden outside of an answer, in a preview.
    """
    if isinstance(value, PublicRichText):
        return value.html()
    return str(expand_db_html(clean(getattr(value, "source", value))))


def refs_of_page(page: Any) -> list[Ref]:
    """Return everything that a page's own fields, texts and blocks point to."""
    found: list[tuple[Any, ...]] = []
    for field in page._meta.get_fields():
        if field.name in _unused_by_templates(page):
            continue
        if isinstance(field, ForeignKey) and not field.remote_field.parent_link:
            found.append((field.related_model, field.value_from_object(page)))
        elif hasattr(field, "extract_references"):
            try:
                found += field.extract_references(field.value_from_object(page))
            except (
                KeyError
            ):  # a link without a key, by a raw write; what is not named here is read when it is met
                logger.warning("Page %s has a link that leads nowhere.", page.pk)
    return refs_in(found)


def _unused_by_templates(page: Any) -> Collection[str]:
    """Return the foreign keys of a page that templates never get.

    The catalogue shows what they lead to.
    """
    names: Collection[str] = getattr(page, "shown_by_catalogue", ())
    return names


def public_page(page: Any, resolver: Resolver) -> Any:
    """Return a copy of a page to render, without what is not public.

    It must not be saved.
    """
    resolver.want(refs_of_page(page))
    made = copy.copy(page)
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            setattr(made, field.name, PublicRichText(field.value_from_object(page), resolver))
        elif isinstance(field, StreamField):
            setattr(made, field.name, public_value(getattr(page, field.name), None, resolver))
        elif isinstance(field, URLField):
            setattr(made, field.name, safe_url(field.value_from_object(page)))
        elif isinstance(field, ForeignKey):
            ref = ref_of(field.related_model, field.value_from_object(page))
            if field.name in _unused_by_templates(page):
                setattr(made, field.name, None)
            elif ref is not None and not field.remote_field.parent_link:
                _set_public(made, field, ref, resolver)
    return made


def _set_public(made: Any, field: Any, ref: Ref, resolver: Resolver) -> None:
    """Set what a foreign key of a page to render leads to.

    The file that is read already, nothing where it is hidden.
    """
    if not resolver.is_open(ref):
        setattr(made, field.name, None)
        return
    known = {"image": resolver.image, "document": resolver.document}.get(ref[0])
    if (
        known is not None
        and not field.is_cached(made)
        and type(found := known(ref[1])) is field.related_model
    ):
        setattr(made, field.name, found)


def public_value(value: Any, block: Any, resolver: Resolver) -> Any:
    """Return a block's value as readers may have it.

    ``block`` is what it is a value of, as far as that is known.
    """
    if isinstance(value, Model):
        return value if resolver.shows(value) else None
    if isinstance(value, RichText):
        return PublicRichText(value, resolver)
    if isinstance(value, StreamValue):
        children = [
            (child.block_type, public_value(child.value, child.block, resolver), child.id) for child in value
        ]
        return StreamValue(value.stream_block, children)
    if isinstance(value, StructValue):
        return _public_struct(value, resolver)
    if isinstance(value, ListValue):
        child_block = value.list_block.child_block
        made = [
            ListValue.ListChild(child_block, public_value(child.value, child_block, resolver), id=child.id)
            for child in value.bound_blocks
        ]
        return ListValue(value.list_block, bound_blocks=made)
    if isinstance(value, TypedTable):
        return _public_table(value, resolver)
    if isinstance(block, URLBlock):
        return safe_url(value)
    return value


def _public_struct(value: StructValue, resolver: Resolver) -> Any:
    blocks = value.block.child_blocks
    made = {name: public_value(inner, blocks.get(name), resolver) for name, inner in value.items()}
    hidden = [
        ref
        for name, inner in value.items()
        if isinstance(inner, Model) and made[name] is None and (ref := ref_of(type(inner), inner.pk))
    ]
    for ref in hidden:  # a title beside a hidden document may be the document's own
        for name, inner in made.items():
            if isinstance(inner, str):
                made[name] = resolver.mask(inner, ref, plain=True)
    return type(value)(value.block, made)


def _public_table(table: TypedTable, resolver: Resolver) -> TypedTable:
    blocks = [column["block"] for column in table.columns]
    rows = [
        {
            **row,
            "values": [
                public_value(cell, block, resolver)
                for cell, block in zip(row["values"], blocks, strict=False)
            ],
        }
        for row in table.row_data
    ]
    made = copy.copy(table)
    made.row_data = rows
    return made
