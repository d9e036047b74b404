"""What an anonymous complaint may still say."""

from cases import rules


def test_only_facts_a_whole_crew_shares_are_kept() -> None:
    facts = {"project_name": "某工程", "net": "5280.00", "months": ["2026-10"], "new": "fact"}

    assert rules.keep_impersonal(facts) == {"project_name": "某工程", "months": ["2026-10"]}
