"""The output of the public pages that is an address of the package.

Wagtail serves stories and index pages.
"""

from ..outputs import Output

OUTPUTS = (Output(name="list", url_name="cpsnews:list", about_list={}),)
