"""Values for every place that can point to something.

In the package's page types, found by walking fields and blocks.
"""

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock

from wagtail_cpsnews.stories.blocks.lists import StoryChooserBlock

CHOOSERS = (DocumentChooserBlock, ImageChooserBlock, blocks.PageChooserBlock)


def leaves(block, path=()):
    """The (path, block) of every rich text, chooser and address in a block."""
    if isinstance(block, blocks.StructBlock | blocks.StreamBlock):
        for name, child in block.child_blocks.items():
            yield from leaves(child, (*path, name))
    elif isinstance(block, blocks.ListBlock):
        yield from leaves(block.child_block, (*path, "item"))
    elif isinstance(block, (blocks.RichTextBlock, blocks.URLBlock, *CHOOSERS)):
        yield path, block


def raw(block, path, value):
    """Return the stored value of ``block`` with ``value`` at ``path``.

    And as little as possible elsewhere.
    """
    if not path:
        return value
    name, *rest = path
    if isinstance(block, blocks.StreamBlock):
        return [{"type": name, "value": raw(block.child_blocks[name], rest, value), "id": "-".join(path)}]
    if isinstance(block, blocks.ListBlock):
        return [{"type": "item", "value": raw(block.child_block, rest, value), "id": "-".join(path)}]
    assert isinstance(block, blocks.StructBlock), block
    return {
        child_name: raw(child, rest, value) if child_name == name else empty(child)
        for child_name, child in block.child_blocks.items()
    }


def empty(block):
    if isinstance(block, blocks.StructBlock):
        return {name: empty(child) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock | blocks.StreamBlock):
        return []
    if isinstance(block, BaseTypedTableBlock):
        return None
    if isinstance(block, blocks.CharBlock | blocks.TextBlock):
        return "Words"
    return block.get_prep_value(block.get_default())


def rich_text_fields(model):
    return [field for field in model._meta.get_fields() if isinstance(field, RichTextField)]


def stream_fields(model):
    return [field for field in model._meta.get_fields() if isinstance(field, StreamField)]


def plug(page, rich, choose, url=""):
    """Plug every rich text and every chooser, and return the places.

    With ``rich(place)`` and ``choose[class]``.
    """
    places = []
    for field in rich_text_fields(type(page)):
        places.append(field.name)
        setattr(page, field.name, rich(field.name))
    for field in stream_fields(type(page)):
        stream = []
        for path, leaf in leaves(field.stream_block):
            place = "-".join((field.name, *path))
            if isinstance(leaf, blocks.RichTextBlock):
                value = rich(place)
            elif isinstance(leaf, blocks.URLBlock):
                value = url
            else:
                value = next((value for kind, value in choose.items() if isinstance(leaf, kind)), None)
            if not value or isinstance(leaf, StoryChooserBlock):
                continue
            places.append(place)
            stream += raw(field.stream_block, path, value)
        setattr(page, field.name, field.stream_block.to_python(stream))
    return places
