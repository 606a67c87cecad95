"""Where a block's changes start from."""

from livecoder.core.rational import Rational
from livecoder.session.edges import Edge


def test_blocks_go_forward_where_time_is_stopped_and_stands_before_the_last() -> None:
    soonest = [Rational(5, 2)]
    edge = Edge(lambda: soonest[0])
    assert edge.begin(None) == Rational(5, 2)  # stop()
    edge.end()
    soonest[0] = Rational(97, 40)  # time stands where it was heard, a lookahead before
    assert edge.begin(None) == Rational(5, 2)  # play()
    edge.end()
    soonest[0] = Rational(3)
    assert edge.cycle() == Rational(3)


def test_a_block_that_takes_long_finds_its_edge_later() -> None:
    soonest = [Rational(1)]
    edge = Edge(lambda: soonest[0])
    edge.begin(None)
    soonest[0] = Rational(101, 100)
    assert edge.cycle() == Rational(1)
    soonest[0] = Rational(2)
    assert edge.cycle() == Rational(2)


def test_who_takes_over_where_time_was_stopped_goes_forward_too() -> None:
    edge = Edge(lambda: Rational(97, 40))
    edge.begin(Rational(5, 2))  # stop(), of the journal
    edge.end()
    assert edge.begin(None) == Rational(5, 2)  # play()


def test_a_block_of_a_script_acts_where_it_is_told() -> None:
    edge = Edge(lambda: Rational(7))
    assert edge.begin(Rational(3)) == edge.cycle() == Rational(3)
