"""The clock: its error stays within the bound it claims, whatever the wall clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.clock import DRIFT, Anchor, GateClock, Measurement, anchor_by, choose_anchor, estimate
from tests.gate.world import MORNING, World

ANCHOR = Anchor(boot_id="boot-1", uptime=3600, server=MORNING.timestamp(), bound=0.1, wall_offset=0)


def contact(world: World, clock: GateClock, *, there: float, back: float, is_coarse: bool) -> None:
    """One call that takes so long on its way there and back; the stamp is made between."""
    sent = clock.uptime()
    world.pass_time(seconds=there)
    stamp = world.now.timestamp()
    world.pass_time(seconds=back)
    clock.observe(
        Measurement(
            server=float(int(stamp)) if is_coarse else stamp,
            resolution=1.0 if is_coarse else 0.0,
            sent=sent,
            received=clock.uptime(),
        )
    )


journeys = st.floats(0, 20)
contacts = st.tuples(journeys, journeys, st.booleans())
spells = st.tuples(st.floats(0, 10 * 86_400), st.floats(-1e6, 1e6))


@settings(deadline=None)
@given(
    drift=st.floats(-DRIFT * 0.99, DRIFT * 0.99),
    history=st.lists(st.tuples(contacts, spells), min_size=1, max_size=8),
)
def test_the_time_is_never_further_off_than_the_bound_says(
    drift: float, history: list[tuple[tuple[float, float, bool], tuple[float, float]]]
) -> None:
    world = World(drift=drift)
    clock = world.make_clock(None)

    for (there, back, is_coarse), (elapsed, jump) in history:
        contact(world, clock, there=there, back=back, is_coarse=is_coarse)
        world.pass_time(seconds=elapsed)
        world.wall_error += timedelta(seconds=jump)
        reading = clock.read()
        assert reading.bound is not None
        assert abs(reading.at - world.now) <= reading.bound + timedelta(milliseconds=2)
        assert reading.floor <= world.now + timedelta(milliseconds=2)


@settings(deadline=None)
@given(jump=st.floats(-1e9, 1e9))
def test_a_jump_of_the_wall_clock_between_contacts_changes_nothing(jump: float) -> None:
    world = World()
    clock = world.make_clock(ANCHOR)
    before = clock.read()

    world.wall_error = timedelta(seconds=jump)

    assert clock.read() == before


def test_a_restarted_program_of_the_same_boot_still_knows_the_time() -> None:
    world = World()
    world.pass_time(hours=5)
    world.wall_error = timedelta(days=-2000)

    reading = world.make_clock(ANCHOR).read()

    assert reading.is_sure
    assert abs(reading.at - world.now) < timedelta(seconds=1)


def test_after_a_reboot_the_time_is_unsure_and_not_before_the_last_contact() -> None:
    world = World()
    world.pass_time(hours=5)
    world.reboot()
    world.wall_error = timedelta(days=-2000)

    reading = world.make_clock(ANCHOR).read()

    assert not reading.is_sure
    assert reading.at == reading.floor == MORNING


def test_after_a_reboot_a_battery_backed_wall_clock_is_corrected_as_before() -> None:
    world = World(wall_error=timedelta(seconds=90))
    anchor = estimate_anchor(world)
    world.pass_time(hours=5)
    world.reboot()

    reading = world.make_clock(anchor).read()

    assert abs(reading.at - world.now) < timedelta(seconds=1)


def estimate_anchor(world: World) -> Anchor | None:
    clock = world.make_clock(None)
    contact(world, clock, there=0.01, back=0.01, is_coarse=False)
    return clock.anchor


def test_the_first_contact_after_a_reboot_makes_it_sure_again() -> None:
    world = World()
    world.reboot()
    clock = world.make_clock(ANCHOR)

    contact(world, clock, there=0.01, back=0.01, is_coarse=False)

    assert clock.read().is_sure


@pytest.mark.parametrize("years", [-60, -20, 0, 500])
def test_a_gate_that_never_heard_a_server_names_an_instant_the_server_takes(years: int) -> None:
    world = World(wall_error=timedelta(days=365.25 * years))

    reading = world.make_clock(None).read()

    assert not reading.is_sure
    assert reading.floor == datetime(2026, 1, 1, tzinfo=UTC)
    assert reading.floor <= reading.at <= datetime(2199, 1, 1, tzinfo=UTC)


def test_a_coarse_stamp_does_not_replace_a_sharp_one_it_agrees_with() -> None:
    coarse = anchor_by(
        Measurement(MORNING.timestamp(), 1.0, 3600, 3600), boot_id="boot-1", wall=0.0
    )

    assert choose_anchor(ANCHOR, coarse) is ANCHOR


def test_a_stamp_that_contradicts_the_known_time_replaces_it() -> None:
    moved = anchor_by(
        Measurement(MORNING.timestamp() + 60, 1.0, 3600, 3600), boot_id="boot-1", wall=0.0
    )

    assert choose_anchor(ANCHOR, moved) is moved


def test_an_old_anchor_gives_way_to_a_fresh_coarse_one() -> None:
    a_day = 86_400
    fresh = anchor_by(
        Measurement(MORNING.timestamp() + a_day, 1.0, 3600 + a_day, 3600 + a_day),
        boot_id="boot-1",
        wall=0.0,
    )

    assert choose_anchor(ANCHOR, fresh) is fresh


def test_how_wrong_the_wall_clock_is_is_known_only_after_a_contact() -> None:
    world = World(wall_error=timedelta(seconds=7))

    assert world.make_clock(None).wall_error() is None
    assert world.make_clock(ANCHOR).wall_error() == 7


def test_time_goes_on_without_a_contact() -> None:
    first = estimate(ANCHOR, boot_id="boot-1", uptime=3600, wall=0)
    later = estimate(ANCHOR, boot_id="boot-1", uptime=3600 + 86_400, wall=0)

    assert later.at - first.at == timedelta(days=1)
    assert later.bound is not None
    assert later.bound > timedelta(seconds=4)
