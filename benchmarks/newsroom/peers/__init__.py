"""What a Wagtail developer would have without the package.

Page types, APIs and a list page.
"""
