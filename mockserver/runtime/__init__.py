"""The data plane: a Connexion application whose operations are compiled when the document loads."""
