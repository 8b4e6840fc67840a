"""A Ctrl-C that Python would lose still ends the run."""

import gc
import os
import signal
import threading

import pytest

from troth.runner.interrupt import Interrupt, listen


@pytest.fixture
def interrupt():
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    heard = Interrupt()
    restore = listen(heard)
    yield heard
    restore()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_it_is_raised_where_it_arrives(interrupt):
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    interrupt.pytest_keyboard_interrupt()
    interrupt.check()


def test_what_arrives_in_a_collection_is_raised_at_the_next_exchange(interrupt):
    def gc_callback(phase, info):
        if phase == "stop":
            os.kill(os.getpid(), signal.SIGINT)

    gc.callbacks.append(gc_callback)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(gc_callback)
    with pytest.raises(KeyboardInterrupt):
        interrupt.check()
    interrupt.check()


def test_a_second_one_is_raised_wherever_it_is(interrupt):
    interrupt.asked = True
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_other_threads_are_not_interrupted(interrupt):
    interrupt.asked = True
    beside = threading.Thread(target=interrupt.check)
    beside.start()
    beside.join()
    assert interrupt.asked


def test_whoever_listens_already_is_left_alone():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        listen(Interrupt())()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
