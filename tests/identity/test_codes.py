from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import RateLimitItem
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis

from identity import codes
from identity.errors import CodeThrottledError, SignInUnavailableError, WrongCodeError

NUMBER = b"n" * 32
RIGHT = b"r" * 32
WRONG = b"w" * 32


@pytest.fixture
def remembered(redis: Redis) -> Redis:
    codes.remember(redis, number_index=NUMBER, digest=RIGHT)
    return redis


@pytest.fixture
def no_valkey() -> Generator[Redis]:
    with Redis.from_url("unix:///nowhere/valkey.sock") as client:
        yield client


def test_code_has_six_digits() -> None:
    code = codes.new_code()

    assert len(code) == 6
    assert code.isdecimal()


def test_right_code_is_accepted(remembered: Redis) -> None:
    codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def test_right_code_stays_usable_until_used_up(remembered: Redis) -> None:
    codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)
    codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)
    codes.use_up(remembered, number_index=NUMBER)

    with pytest.raises(WrongCodeError):
        codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def test_code_lives_five_minutes(remembered: Redis) -> None:
    (key,) = remembered.keys()

    assert 299 <= remembered.ttl(key) <= 300


def test_no_code_is_refused(redis: Redis) -> None:
    with pytest.raises(WrongCodeError):
        codes.check_code(redis, number_index=NUMBER, digest=bytes(32))


def test_code_of_another_number_is_refused(remembered: Redis) -> None:
    with pytest.raises(WrongCodeError):
        codes.check_code(remembered, number_index=b"o" * 32, digest=RIGHT)


def test_newer_code_ends_the_older(remembered: Redis) -> None:
    codes.remember(remembered, number_index=NUMBER, digest=b"2" * 32)

    with pytest.raises(WrongCodeError):
        codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def guess_wrong(valkey: Redis, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCodeError):
            codes.check_code(valkey, number_index=NUMBER, digest=WRONG)


def test_right_code_after_four_wrong_ones_is_accepted(remembered: Redis) -> None:
    guess_wrong(remembered, 4)

    codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def test_right_code_after_five_wrong_ones_is_refused(remembered: Redis) -> None:
    guess_wrong(remembered, 5)

    with pytest.raises(WrongCodeError):
        codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def test_parallel_guesses_are_all_counted(remembered: Redis) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: guess_wrong(remembered, 1), range(8)))

    with pytest.raises(WrongCodeError):
        codes.check_code(remembered, number_index=NUMBER, digest=RIGHT)


def test_only_one_of_parallel_uses_gets_the_code(remembered: Redis) -> None:
    def use(_: int) -> bool:
        try:
            codes.use_up(remembered, number_index=NUMBER)
        except WrongCodeError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(use, range(8))) == 1


def test_second_code_within_a_minute_is_refused(redis: Redis) -> None:
    codes.check_limits(redis, number_index=NUMBER)

    with pytest.raises(CodeThrottledError) as refusal:
        codes.check_limits(redis, number_index=NUMBER)

    assert 50 <= refusal.value.retry_after <= 61


def test_limits_are_per_number(redis: Redis) -> None:
    codes.check_limits(redis, number_index=NUMBER)

    codes.check_limits(redis, number_index=b"o" * 32)


@pytest.mark.parametrize(
    ("limit", "wait"), [(codes.CODE_LIMITS[1], 3600), (codes.CODE_LIMITS[2], 86400)], ids=str
)
def test_longer_limits_count_too(redis: Redis, limit: RateLimitItem, wait: int) -> None:
    limiter = MovingWindowRateLimiter(
        RedisStorage("redis://", connection_pool=redis.connection_pool)
    )
    limiter.hit(limit, codes.PURPOSE, NUMBER.hex(), cost=limit.amount)

    with pytest.raises(CodeThrottledError) as refusal:
        codes.check_limits(redis, number_index=NUMBER)

    assert wait - 10 <= refusal.value.retry_after <= wait + 1


def test_limits_are_one_five_and_ten() -> None:
    assert [(limit.amount, limit.get_expiry()) for limit in codes.CODE_LIMITS] == [
        (1, 60),
        (5, 3600),
        (10, 86400),
    ]


def test_parallel_requests_get_one_code(redis: Redis) -> None:
    def ask(_: int) -> bool:
        try:
            codes.check_limits(redis, number_index=NUMBER)
        except CodeThrottledError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(8))) == 1


def test_number_itself_is_not_stored(remembered: Redis) -> None:
    codes.check_limits(remembered, number_index=NUMBER)

    assert all(NUMBER.hex().encode() in key for key in remembered.scan_iter())


def test_outage_is_told_as_such(no_valkey: Redis) -> None:
    with pytest.raises(SignInUnavailableError):
        codes.check_limits(no_valkey, number_index=NUMBER)
