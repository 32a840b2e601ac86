"""Keeps a list of employees in step with a directory, over httpx, synchronously and asynchronously."""
