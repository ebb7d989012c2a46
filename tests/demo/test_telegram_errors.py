"""The wording and envelope of refusals."""

from __future__ import annotations

import pytest

from bot.demo.telegram_errors import (
    Refusal,
    bad_request,
    envelope,
    forbidden,
    refused,
    too_many_requests,
)


@pytest.mark.parametrize(
    ("refusal", "status", "description"),
    [
        (bad_request("Message is too long"), 400, "Bad Request: message is too long"),
        (bad_request("TOPIC_CLOSED"), 400, "Bad Request: TOPIC_CLOSED"),
        (bad_request("A_B"), 400, "Bad Request: A_B"),
        (forbidden("CHAT_WRITE_FORBIDDEN"), 400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (forbidden("User is deactivated"), 403, "Forbidden: user is deactivated"),
        (refused(401), 401, "Unauthorized"),
        (too_many_requests(7), 429, "Too Many Requests: retry after 7"),
    ],
)
def test_wording(refusal: Refusal, status: int, description: str) -> None:
    assert (refusal.status, refusal.description) == (status, description)


def test_parameters_appear_only_where_there_are_some() -> None:
    assert envelope(refused(404)) == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert envelope(too_many_requests(7))["parameters"] == {"retry_after": 7}
