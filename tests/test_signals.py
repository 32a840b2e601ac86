"""TERM, HUP and INT are one exception, which waits where it has to."""

from __future__ import annotations

import signal
import threading

import pytest

from mockserver.signals import Interrupted, admitted, held, latest, raised


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_is_raised_as_it_comes(name: str) -> None:
    """With its number, and the handlers are what they were afterwards."""
    number = getattr(signal, name)
    before = signal.getsignal(number)

    with pytest.raises(Interrupted) as error, raised():
        signal.raise_signal(number)

    assert (error.value.number, str(error.value)) == (number, f"interrupted by {name}")
    assert latest() == f" by {name}"
    assert signal.getsignal(number) is before
    with raised():
        assert latest() == ""


def test_one_that_is_ignored_stays_so() -> None:
    """As under nohup, or behind an `&` of a script."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raised():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("passed_on", [True, False])
def test_what_was_meant_for_the_process_of_another_is_sent_again(passed_on: bool) -> None:
    """Such as pytest's, in which a command runs: the command comes to its end, and then whoever it was meant for."""
    came: list[int] = []
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with raised(passed_on=passed_on):
            with pytest.raises(Interrupted):
                signal.raise_signal(signal.SIGTERM)
            signal.signal(signal.SIGTERM, lambda number, _: came.append(number))
    finally:
        signal.signal(signal.SIGTERM, before)

    assert came == [signal.SIGTERM] * passed_on


def comes(name: str, done: list[str]) -> None:
    signal.raise_signal(getattr(signal, name))
    done.append(f"after {name}")


def test_what_is_held_is_finished_first() -> None:
    """The signal is raised at the end of the outermost block; the first one counts."""
    done: list[str] = []

    def whole() -> None:
        with raised(), held():
            with held():
                comes("SIGTERM", done)
            comes("SIGINT", done)

    with pytest.raises(Interrupted) as error:
        whole()

    assert done == ["after SIGTERM", "after SIGINT"]
    assert error.value.number == signal.SIGTERM


def test_a_signal_is_admitted_while_one_waits() -> None:
    """What comes within is raised at once, and what came before at the beginning."""
    done: list[str] = []
    with raised(), held():
        with pytest.raises(Interrupted), admitted():
            comes("SIGTERM", done)
        comes("SIGHUP", done)
        with pytest.raises(Interrupted), admitted():
            done.append("never")

    assert done == ["after SIGHUP"]


def test_other_threads_have_no_part_in_it() -> None:
    """Signals are the main thread's; a verification in another goes on."""
    done = []

    def run() -> None:
        with raised(), held(), admitted():
            done.append(threading.current_thread().name)

    thread = threading.Thread(target=run, name="other")
    with raised():
        thread.start()
        thread.join()

    assert done == ["other"]
