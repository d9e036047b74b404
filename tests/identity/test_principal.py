from uuid import UUID

import pytest

from identity.principal import format_scope

SOME_ID = UUID("00000000-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("project_id", "employer_id", "county_code", "scope"),
    [
        (SOME_ID, None, None, f"project:{SOME_ID}"),
        (None, SOME_ID, None, f"employer:{SOME_ID}"),
        (None, None, "330106", "county:330106"),
        (None, None, None, None),
    ],
)
def test_scope_is_named_in_one_word(
    project_id: UUID | None, employer_id: UUID | None, county_code: str | None, scope: str | None
) -> None:
    assert format_scope(project_id, employer_id, county_code) == scope
