"""Keys of punches."""

from hypothesis import given
from hypothesis import strategies as st

from devices.punches import make_key


@given(st.lists(st.text()), st.lists(st.text()))
def test_keys_fit_their_column_and_follow_the_facts(facts: list[str], others: list[str]) -> None:
    key = make_key("zk", *facts)
    assert len(key) <= 64
    assert key.isascii()
    assert (key == make_key("zk", *others)) == ("|".join(facts) == "|".join(others))
