"""An authorization server (OAuth 2.0, OpenID Connect) for the APIs that are served: it hands out tokens that they take.

It knows worlds and APIs, and nothing of how requests come in.
"""
