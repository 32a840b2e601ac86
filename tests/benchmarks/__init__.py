"""Measurements beside other mock servers and along the size of a store. Run by hand; they assert nothing."""
