"""The handlers: one module an API, one plain function an operationId."""
