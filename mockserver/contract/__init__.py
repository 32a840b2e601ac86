"""One OpenAPI document, read and compiled."""
