"""Callbacks and webhooks: requests that a document has the provider send, made and sent by the mock."""
