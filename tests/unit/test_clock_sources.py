"""The machine's clock: sleeps to a deadline, and is woken."""

from __future__ import annotations

import threading
import time

from livecoder.clock.sources import MonotonicClock

HOUR = 3600 * 10**9


def test_it_is_the_clock_every_process_reads():
    clock = MonotonicClock()
    before, now, after = time.monotonic_ns(), clock.now_ns(), time.monotonic_ns()
    assert before <= now <= after


def test_a_sleep_lasts_to_its_deadline():
    clock = MonotonicClock()
    deadline = clock.now_ns() + 20_000_000
    clock.sleep_until_ns(deadline)
    assert clock.now_ns() >= deadline


def test_a_deadline_that_has_passed_is_not_waited_for():
    clock = MonotonicClock()
    clock.sleep_until_ns(clock.now_ns() - HOUR)


def test_a_sleeper_is_woken():
    clock = MonotonicClock()
    sleeper = threading.Thread(target=clock.sleep_until_ns, args=(clock.now_ns() + HOUR,))
    sleeper.start()
    clock.wake()
    sleeper.join(30)
    assert not sleeper.is_alive()


def test_a_wake_before_the_sleep_is_not_lost_and_ends_only_one():
    clock = MonotonicClock()
    clock.wake()
    clock.sleep_until_ns(clock.now_ns() + HOUR)
    deadline = clock.now_ns() + 5_000_000
    clock.sleep_until_ns(deadline)
    assert clock.now_ns() >= deadline
