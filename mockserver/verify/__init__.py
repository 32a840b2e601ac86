"""Contract verification: Schemathesis against the mock or a provider, with additional checks.

The engine's events become events of ours (`campaign`), which the scoreboard and the reporters consume; what a failure
breaks is quoted from the document. This is the only room that imports Schemathesis.
"""
