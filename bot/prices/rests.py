"""How long a stream that broke rests before it is tried again.

Owns that decision, for every kind of stream. Refuses to wait, and clocks.
"""

_MOST_DOUBLINGS = 20


class Rests:
    """The rests of one stream, in seconds.

    The first is `first`, each after that twice as long as the one before, `longest` at most; they
    begin anew once it held for `steady`.
    """

    def __init__(self, first: float, longest: float, steady: float) -> None:
        self._first = first
        self._longest = longest
        self._steady = steady
        self._breaks = 0

    def after_break(self, held: float) -> float:
        """How long to rest after a break, of a stream that held for so many seconds until then."""
        if held >= self._steady:
            self._breaks = 0
        rest = min(self._first * 2.0 ** min(self._breaks, _MOST_DOUBLINGS), self._longest)
        self._breaks += 1
        return rest
