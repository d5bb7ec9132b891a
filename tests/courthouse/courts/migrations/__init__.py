"""Migrations of the host project."""
