"""The bundled PostgreSQL through starts, crashes and neighbours."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from stack import postgres
from stack.children import NOBODY, StackError, run_as_nobody

Query = Callable[[str, str], list[tuple[object, ...]]]
RunPython = Callable[[str], "subprocess.CompletedProcess[str]"]


def test_it_is_the_version_and_the_locale_of_production(place: Path, query: Query) -> None:
    with postgres.running(place / "pg") as server:
        settings = query(
            server.url,
            "SELECT current_setting('server_version_num')::int / 10000, datlocprovider, datlocale,"
            " current_setting('fsync'), current_setting('listen_addresses')"
            " FROM pg_database WHERE datname = current_database()",
        )

    assert settings == [(18, "b", "C.UTF-8", "on", "")]


def test_committed_rows_survive_kill_nine_and_an_immediate_restart(
    place: Path, query: Query
) -> None:
    with postgres.running(place / "pg") as server:
        query(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        server.child.process.kill()
        server.child.process.wait()

    with postgres.running(place / "pg") as server:
        assert query(server.url, "SELECT answer FROM kept") == [(42,)]


def test_the_server_ends_with_a_launcher_that_is_killed(place: Path, run_python: RunPython) -> None:
    killed = run_python(
        f"import os, pathlib\nfrom stack import postgres\n"
        f"with postgres.running(pathlib.Path({str(place / 'pg')!r})) as server:\n"
        f"    print(server.child.process.pid, flush=True)\n"
        f"    os.kill(os.getpid(), 9)\n"
    )

    _gone, alive = psutil.wait_procs(_processes(int(killed.stdout)), timeout=10)

    assert alive == []


def test_a_server_left_running_is_stopped_and_its_rows_are_kept(
    place: Path, run_python: RunPython, query: Query
) -> None:
    left = run_python(
        f"import os, pathlib\nfrom stack import children, postgres\n"
        f"children._die_with_parent = lambda stop, prefix: prefix\n"  # as where setpriv is missing
        f"with postgres.running(pathlib.Path({str(place / 'pg')!r})) as server:\n"
        f"    print(server.child.process.pid, server.url, flush=True)\n"
        f"    os.kill(os.getpid(), 9)\n"
    )
    pid, url = left.stdout.split()
    query(url, "CREATE TABLE kept AS SELECT 42 AS answer")

    with postgres.running(place / "pg") as server:
        assert query(server.url, "SELECT answer FROM kept") == [(42,)]
        assert server.child.process.pid != int(pid)


def test_a_dead_servers_process_id_may_belong_to_somebody_else(place: Path) -> None:
    with postgres.running(place / "pg") as server:
        server.child.process.kill()
        server.child.process.wait()
    stranger = subprocess.Popen([*run_as_nobody(), "sleep", "60"])
    stale = place / "pg" / "postmaster.pid"
    stale.write_text(stale.read_text().replace(str(server.child.process.pid), str(stranger.pid), 1))

    with postgres.running(place / "pg") as server:
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_an_interrupted_first_start_is_begun_again(place: Path, query: Query) -> None:
    (place / "pg.draft").mkdir()
    (place / "pg.draft" / "PG_VERSION").write_text("18\n")

    with postgres.running(place / "pg") as server:
        assert query(server.url, "SELECT 1") == [(1,)]


def test_two_checkouts_run_side_by_side(place: Path, query: Query) -> None:
    with (
        postgres.running(place / "one" / "pg", scratch=True) as one,
        postgres.running(place / "two" / "pg", scratch=True) as two,
    ):
        query(one.url, "CREATE TABLE only_here (id int)")
        with pytest.raises(psycopg.errors.UndefinedTable):
            query(two.url, "SELECT * FROM only_here")


def test_one_directory_has_one_launcher(place: Path) -> None:
    with (
        postgres.running(place / "pg", scratch=True),
        pytest.raises(StackError, match="in use"),
        postgres.running(place / "pg"),
    ):
        pass


def test_a_path_too_long_for_a_socket_is_no_obstacle(place: Path, query: Query) -> None:
    deep = place / ("d" * 100)

    with postgres.running(deep / "pg", scratch=True) as server:
        assert str(deep) not in server.url
        assert query(server.url, "SELECT 1") == [(1,)]


def test_it_runs_as_us_or_for_root_as_nobody(place: Path) -> None:
    expected = NOBODY if os.geteuid() == 0 else os.geteuid()

    with postgres.running(place / "pg", scratch=True) as server:
        assert set(psutil.Process(server.child.process.pid).uids()) == {expected}


def _processes(pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid)] if psutil.pid_exists(pid) else []
