"""A host's own block, with blocks of ours inside."""

from wagtail import blocks

from wagtail_cpsnews.stories.blocks.lists import LiveListBlock, RelatedStoriesBlock


class SectionBlock(blocks.StructBlock):
    parts = blocks.StreamBlock(
        [("related", RelatedStoriesBlock()), ("list", LiveListBlock())], required=False
    )

    class Meta:
        icon = "folder"
        label = "Section"
