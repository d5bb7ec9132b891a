"""Proof of absence: ask every output whether it still shows a story.

From outside, over HTTP.

See docs/proof.md. ``questions`` says what is asked, ``traces`` by what a story is recognised, ``fetching`` asks,
``rounds`` says when and how often, and ``models`` keeps the answers.
"""
