"""How often a provider may be asked.

Owns the pace of requests to one provider, as plain values over monotonic seconds. Refuses to
wait: it tells when the next request may leave, its caller waits.
"""

from collections import deque

# A second more than the minute that is counted: requests take unequally long on their way.
_WINDOW_SECONDS = 61.0
_FIRST_HOLD_SECONDS = 15.0
_LONGEST_HOLD_SECONDS = 3600.0
_QUESTIONS_SHARE = 0.2


class Quota:
    """Requests to a provider that allows `requests_per_minute` in any minute.

    `now` is monotonic seconds throughout. Raises ValueError for less than one a minute.
    """

    def __init__(self, requests_per_minute: int) -> None:
        if requests_per_minute < 1:
            raise ValueError("a quota needs at least one request a minute")
        self._limit = requests_per_minute
        self._spent: deque[float] = deque(maxlen=requests_per_minute)
        self._held_until = float("-inf")
        self._refusals = 0

    def ready_at(self, now: float) -> float:
        """When the next request may leave: `now`, or later."""
        full = len(self._spent) == self._limit
        return max(now, self._held_until, self._spent[0] + _WINDOW_SECONDS if full else now)

    def left(self, now: float) -> int:
        """How many requests may leave at once; none while the provider refuses."""
        if self._held_until > now:
            return 0
        return self._limit - sum(at + _WINDOW_SECONDS > now for at in self._spent)

    def leaves_room(self, now: float, due: float) -> bool:
        """Whether a request may leave now and still lets another leave at `due`."""
        if self.ready_at(now) > now:
            return False
        later = [*self._spent, now]
        return len(later) < self._limit or later[-self._limit] + _WINDOW_SECONDS <= due

    def spend(self, now: float) -> None:
        """Count a request; those that fail count too, as they do at the provider."""
        self._spent.append(now)

    def hold_until(self, now: float, retry_after_seconds: float | None) -> float:
        """Hold every request after a refusal, and tell until when.

        For what the provider asked for, or 15 s doubled with each refusal in a row; an hour
        at most, so that an absurd answer cannot silence prices for a year.
        """
        doubled = _FIRST_HOLD_SECONDS * 2.0 ** min(self._refusals, 10)
        wait = doubled if retry_after_seconds is None else max(1.0, retry_after_seconds)
        self._refusals += 1
        self._held_until = max(self._held_until, now + min(wait, _LONGEST_HOLD_SECONDS))
        return self._held_until

    def release(self) -> None:
        """Forget the refusals in a row, after an answer that was none."""
        self._refusals = 0


def poll_interval_seconds(
    requests_per_round: int, requests_per_minute: int, poll_seconds: float
) -> float:
    """The time from one round of polls to the next.

    `poll_seconds`, or as much longer as it takes to leave a fifth of the requests, at least
    one a minute, for what people ask. A provider that allows only one a minute gives half of
    them to polls.
    """
    reserved = max(1.0, requests_per_minute * _QUESTIONS_SHARE)
    for_polls = max(0.5, requests_per_minute - reserved)
    return max(poll_seconds, 60.0 * requests_per_round / for_polls)
