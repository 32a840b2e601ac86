"""Any OpenAPI document to one Document, whatever its version, its form, its files and its flaws."""
