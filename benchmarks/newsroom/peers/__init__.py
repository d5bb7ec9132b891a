"""What a Wagtail developer would have without the package: page types, APIs and a list page."""
