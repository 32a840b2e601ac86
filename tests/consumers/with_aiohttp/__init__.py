"""Subscribes people to a newsletter, over aiohttp."""
