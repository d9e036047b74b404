"""The canonical form and its hash."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import canonical_form, content_hash

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_members_are_sorted_and_nothing_is_escaped_needlessly() -> None:
    assert canonical_form({"b": 1, "a": "元"}) == '{"a":"元","b":1}'.encode()


def test_hash_is_that_of_the_canonical_bytes() -> None:
    # printf '{"a":"7200.00"}' | sha256sum
    expected = "f4640ed8f3f713606b4d04ba6cd7e641ba99ab450d0293a2b5bf5453528ed5d6"
    assert content_hash({"a": "7200.00"}) == expected


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=6))
def test_order_of_members_does_not_change_the_hash(document: dict[str, object]) -> None:
    assert content_hash(dict(reversed(document.items()))) == content_hash(document)


@pytest.mark.parametrize("document", [{"a": 1.0}, {"a": [{"b": 0.1}]}, {"a": ("x", 2.5)}])
def test_float_anywhere_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="float"):
        canonical_form(document)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=6))
def test_short_way_writes_the_same_bytes_as_the_library(document: dict[str, object]) -> None:
    assert canonical_form(document) == rfc8785.dumps(document)  # type: ignore[arg-type]
