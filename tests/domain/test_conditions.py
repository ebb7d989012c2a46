"""The values of conditions."""

from bot.domain.conditions import Frame


def test_a_frame_knows_its_length() -> None:
    """In seconds, a week the longest."""
    assert [frame.seconds for frame in Frame] == [3600, 14_400, 86_400, 604_800]
