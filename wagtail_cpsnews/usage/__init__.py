"""The usage ledger: which sites show which lists and stories."""
