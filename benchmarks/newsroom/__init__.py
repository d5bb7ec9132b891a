"""Measures the newsroom beside its peers, on the same invented stories and in one run: ``make benchmark``."""
