"""What this computer runs on, as Linux says."""

from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")
"""Documentation/ABI/testing/sysfs-class-power of the kernel."""


def read_power(supplies: Path = SUPPLIES) -> str | None:
    """Return ``mains``, ``battery 80`` or ``mains 80``; None where the computer does not know."""
    mains, charges = [], []
    for supply in sorted(supplies.glob("*")):
        kind = _read(supply / "type")
        if kind == "Battery":
            charges.append(_read(supply / "capacity"))
        elif kind in ("Mains", "USB"):
            mains.append(_read(supply / "online"))
    if not mains and not charges:
        return None
    source = "mains" if "1" in mains or not charges else "battery"
    percent = next((charge for charge in charges if charge.isdecimal()), "")
    return f"{source} {percent}".strip()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
