"""The guide: short pages for people, as Markdown in this folder.

`terminal` shows them to whoever types `mockserver guide`, `browser` at /_mock/guide/. Their commands run in the test
suite, each page from its top to its end.
"""
