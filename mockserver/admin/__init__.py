"""Everything that can be done to the worlds of a server, once: the control plane, Python and the command line are doors
to it, which translate and check nothing themselves.

Functions over a `Service` and its worlds. Values come in and go out as JSON, described once in `schemas.yaml`; whatever
cannot be done raises WorldError, which says why and names every flaw of the value by its place. Nothing of it is on the
way of a request to an API.
"""
