"""Measure the newsroom beside its peers: ``make benchmark``.

On the same invented stories and in one run.
"""
