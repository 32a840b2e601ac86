"""Contract verification: Schemathesis' engine against the mock or a provider, with checks of ours beside its own.

The engine's events become events of ours (`campaign`), which the scoreboard and the reporters consume; what a failure
breaks is quoted from the document. This is the only room that imports Schemathesis.
"""
