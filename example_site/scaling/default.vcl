# Varnish in front of the newsroom, purged by tag. Needs the module xkey (Debian: varnish-modules).
vcl 4.1;

import xkey;

backend default {
    .host = "127.0.0.1";
    .port = "8001";
}

# The machines that may purge: those that run db_worker.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(403, "Forbidden"));
        }
        if (req.http.xkey) {
            return (synth(200, "Purged " + xkey.purge(req.http.xkey)));
        }
        return (purge);
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    # Feeds, API and embeds are the same for everybody. The builder and the API's pages are for people.
    if (req.url ~ "^/newsroom/(api/v1/|feeds/|sitemap-news\.xml|embed/(v1\.js|list/|oembed/))") {
        unset req.http.Cookie;
    }
    # Whoever has a session may see more, or edits.
    if (req.http.Authorization || req.http.Cookie ~ "(^|;\s*)sessionid=") {
        return (pass);
    }
    unset req.http.Cookie;
    return (hash);
}

sub vcl_backend_response {
    # Nothing is shown after its max-age, not even while the site is down.
    set beresp.grace = 0s;
    # What has not changed since is confirmed by its ETag, without being sent again.
    set beresp.keep = 10m;
}

sub vcl_deliver {
    unset resp.http.xkey;
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
