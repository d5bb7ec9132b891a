"""What every public answer shares."""
