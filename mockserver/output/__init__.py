"""Where output is made: what commands print to, the streams below it, files that are replaced whole, and escaping.

Whatever a command, a report or the pytest plugin tells a person goes through here, so that no encoding, no closed or
full stream and nothing that a server answered can break or steer it.
"""
