"""The data plane: a Connexion application that serves compiled operations."""
