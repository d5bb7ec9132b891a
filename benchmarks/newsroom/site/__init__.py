"""The two Django projects that are measured.

The newsroom's and the peers', as alike as they can be.
"""
