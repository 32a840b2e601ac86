"""The control plane: a stock Connexion Flask app with its own OpenAPI document, at /_mock beside the data plane."""
