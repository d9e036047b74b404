"""What a gate's computer runs on, from the kernel's files."""

from pathlib import Path

import pytest

from gate.ports.power import read_power


@pytest.mark.parametrize(
    ("supplies", "power"),
    [
        ({}, None),
        ({"AC": {"type": "Mains", "online": "1"}}, "mains"),
        ({"AC": {"type": "Mains", "online": "0"}}, "mains"),
        ({"BAT0": {"type": "Battery", "capacity": "80"}}, "battery 80"),
        (
            {
                "AC": {"type": "Mains", "online": "1"},
                "BAT0": {"type": "Battery", "capacity": "80"},
            },
            "mains 80",
        ),
        (
            {"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery"}},
            "battery",
        ),
        ({"hid": {"type": "Unknown"}, "odd": {}}, None),
    ],
)
def test_power_is_what_the_kernel_says(
    tmp_path: Path, supplies: dict[str, dict[str, str]], power: str | None
) -> None:
    for name, values in supplies.items():
        (tmp_path / name).mkdir()
        for file, text in values.items():
            (tmp_path / name / file).write_text(f"{text}\n")
    assert read_power(tmp_path) == power
