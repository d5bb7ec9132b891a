"""What the press desk decides about a story: holds, embargoes and withdrawals."""
