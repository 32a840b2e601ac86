"""Reporters consume the events of a run, or the scoreboard at its end; none knows Schemathesis."""
