"""Which request meets which ordered fault."""

from __future__ import annotations

import pytest

from bot.demo.telegram_faults import Fault, FaultPlan, ordered_refusal


def test_a_fault_is_met_as_often_as_ordered_by_the_requests_it_names() -> None:
    plan = FaultPlan()
    plan.order(Fault("hang", "sendMessage", chat_id=7, left=2))
    assert plan.take("sendPhoto", "7") is None
    assert plan.take("sendMessage", "8") is None
    assert [plan.take("sendmessage", "7") is None for _ in range(3)] == [False, False, True]
    assert plan.faults == []


def test_faults_are_met_in_order_and_may_last() -> None:
    plan = FaultPlan()
    plan.order(Fault("drop_before"))
    plan.order(Fault("drop_after", left=None))
    met = [plan.take("getMe", "") for _ in range(3)]
    assert [fault.kind for fault in met if fault] == ["drop_before", "drop_after", "drop_after"]
    plan.clear()
    assert plan.take("getMe", "") is None


@pytest.mark.parametrize(
    ("status", "message", "parameters", "description"),
    [
        (429, "", {"retry_after": 9}, "Too Many Requests: retry after 9"),
        (429, "", None, "Too Many Requests: retry after 1"),
        (502, "", None, "Bad Gateway"),
        (500, "", None, "Internal Server Error"),
        (403, "Forbidden: made up", None, "Forbidden: made up"),
    ],
)
def test_ordered_refusals(
    status: int, message: str, parameters: dict[str, int] | None, description: str
) -> None:
    refusal = ordered_refusal(status, message, parameters)
    assert (refusal.status, refusal.description) == (status, description)
