"""One OpenAPI document, compiled: what it says, ready to be asked once per request."""
