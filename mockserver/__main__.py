"""`python -m mockserver`, and the console script."""

from __future__ import annotations

import signal


def run() -> None:
    """Run the command line. Ctrl-C while it is loaded ends it as it ends any program, without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from mockserver.cli import main

    main(prog_name="mockserver")


if __name__ == "__main__":
    run()
