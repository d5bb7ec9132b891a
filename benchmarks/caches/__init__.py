"""What a cache in front gives: a hot list from Varnish beside a static file from it, and beside the site itself."""
