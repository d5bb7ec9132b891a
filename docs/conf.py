"""The documentation as a site: ``make docs``. Furo uses the reader's own fonts and requests nothing from third parties."""

from importlib.metadata import version as installed

project = "wagtail-cpsnews"
author = copyright = "The wagtail-cpsnews contributors"
version = release = installed("wagtail-cpsnews")

extensions = ["myst_parser"]
exclude_patterns = ["examples"]
language = "en_GB"

# Headings are targets of links (`catalogue.md#large-changes`), and a link to none is a warning, so an error.
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = "wagtail-cpsnews"
html_show_sourcelink = False
html_theme_options = {"source_repository": "https://example.org/wagtail-cpsnews/"}
# Without a source view there is nothing to copy; the downloads of a page still are.
html_copy_source = False
