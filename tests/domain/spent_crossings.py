"""What fires, read off from where a series is out and where it has come back: no state machine."""

import numpy as np

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def spent_by_hand(
    out: Flags,
    back: Flags,
) -> list[int]:
    """The indexes that fire: the first that is out, then after each return the first again."""
    fired: list[int] = []
    at = 0
    while True:
        armed = np.flatnonzero(back[at:])
        if not armed.size:
            return fired
        begin = at + int(armed[0]) + 1
        left = np.flatnonzero(out[begin:])
        if not left.size:
            return fired
        at = begin + int(left[0])
        fired.append(at)
