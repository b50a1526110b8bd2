"""The servers of our own: they start, survive crashes, meet no strangers and leave nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.children import Server, ServiceError, descendants, until
from server.launch import MOST_SETS
from server.services import SETS, Postgres, Valkey, running_services

REPOSITORY = Path(__file__).resolve().parents[3]
LAUNCHER = """
import signal, sys
from pathlib import Path
from server.services import running_services

with running_services(root=Path(sys.argv[1]), testing=sys.argv[2] == "testing") as urls:
    print(urls["DATABASE_URL"], urls["REDIS_URL"], flush=True)
    signal.pause()
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its processes")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the servers' account can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="fundi-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def started() -> Iterator[Callable[[Server], Server]]:
    """Starts a server, which is stopped when the test is over."""
    with ExitStack() as stack:

        def start(server: Server) -> Server:
            stack.callback(server.stop)
            server.start()
            return server

        yield start


@pytest.fixture
def launcher(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a launcher on a folder and waits until its services are up."""
    with ExitStack() as stack:

        def launch(purpose: str = "running") -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, folder, purpose],
                env=bare_environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.terminate)
            return process

        yield launch


def bare_environment() -> dict[str, str]:
    """Our environment as if no server had been configured, and as if nobody had launched us."""
    hidden = ("DATABASE_URL", "REDIS_URL", "ENVIRONMENT", "SECRET_KEY", "PORT", "BEAT_SCHEDULE")
    paths = {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'platform'}"}
    return {name: value for name, value in os.environ.items() if name not in hidden} | paths


def services_of(process: subprocess.Popen[str]) -> list[str]:
    """The addresses that a launcher has printed."""
    assert process.stdout is not None
    return process.stdout.readline().split()


def wait_until(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    for _ in until(time.monotonic() + seconds):
        if condition():
            return
    raise AssertionError("It did not happen in time.")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def traces(folder: Path) -> list[Path]:
    """What running servers keep in the file system."""
    return [*folder.rglob("*.pid"), *folder.rglob(".s.PGSQL*"), *folder.rglob("services.json")]


@pytest.mark.parametrize("kind", [Postgres, Valkey])
def test_a_stopped_server_leaves_no_process_and_no_socket(folder, kind):
    server = kind(folder / "server")
    server.start()
    pid = server.pid

    server.stop()

    assert not is_running(pid)
    assert traces(folder) == []


def test_a_server_is_not_started_twice(folder, started):
    server = started(Valkey(folder / "valkey"))

    with pytest.raises(ServiceError, match="has been started already"):
        server.start()


def test_a_server_that_fails_says_why(folder):
    server = Postgres(folder / "postgres")
    server.start()
    server.stop()
    (server.folder / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(ServiceError, match=r"initialized by PostgreSQL version 9\.6"):
        server.start()


@linux_only
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
@pytest.mark.parametrize("kind", [Postgres, Valkey])
def test_a_server_of_root_runs_as_somebody_else(folder, started, kind):
    server = started(kind(folder / "server"))

    status = Path(f"/proc/{server.pid}/status").read_text().splitlines()

    fields = dict(line.split(":\t", 1) for line in status if ":\t" in line)
    assert fields["Uid"].split() == [str(server.account.uid)] * 4
    assert server.account.uid != 0
    assert fields["Groups"].split() == []


def test_committed_rows_survive_a_killed_postgres(folder, started):
    server = started(Postgres(folder / "postgres"))
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")

    server.kill()
    server.start()

    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT text FROM note").fetchall() == [("kept",)]


@linux_only
def test_postgres_starts_though_its_old_number_belongs_to_another_program(folder, started):
    server = started(Postgres(folder / "postgres"))
    server.kill()
    account = {"user": server.account.uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "60"], **account) as stranger:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            lines = (server.folder / name).read_text().split("\n")
            (server.folder / name).write_text("\n".join([str(stranger.pid), *lines[1:]]))

        server.start()

        assert stranger.poll() is None
        stranger.kill()


@linux_only
def test_an_orphaned_postgres_makes_way_for_a_new_one(folder, started):
    orphan = started(Postgres(folder / "postgres"))

    started(Postgres(folder / "postgres"))

    assert not is_running(orphan.pid)


def test_postgres_refuses_to_speak_to_a_strangers_server(folder, started):
    stranger = started(Postgres(folder / "stranger"))
    server = Postgres(folder / "ours")
    server.socket_folder = stranger.folder

    with pytest.raises(ServiceError, match="is not ours"):
        server.start()

    with psycopg.connect(stranger.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_postgres_listens_on_no_port_and_its_role_is_no_superuser(folder, started):
    server = started(Postgres(folder / "postgres"))

    with psycopg.connect(server.url) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), rolname, rolsuper, rolbypassrls,"
            " rolcreaterole, rolcreatedb, lower('ÄÖ')"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert row == ("", "fundi", False, False, False, True, "äö")


@pytest.mark.parametrize(("throwaway", "fsync"), [(False, "on"), (True, "off")])
def test_only_a_throwaway_postgres_skips_the_disk(folder, started, throwaway, fsync):
    server = started(Postgres(folder / "postgres", throwaway=throwaway))

    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == (fsync,)


@pytest.mark.parametrize("name", ["with space % and 'quotes'", "a,b", "long" * 25])
def test_postgres_can_be_reached_below_an_odd_path(folder, started, name):
    (folder / name).mkdir()
    server = started(Postgres(folder / name / "postgres"))

    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    server.stop()
    assert not server.socket_folder.exists() or server.socket_folder == server.folder


def test_valkey_keeps_its_address_when_it_is_killed_and_started_again(folder, started):
    server = started(Valkey(folder / "valkey"))
    url = server.url
    with redis.Redis.from_url(url) as client:
        client.set("key", "value")

    server.kill()
    server.start()

    assert server.url == url
    with redis.Redis.from_url(url) as client:
        assert client.get("key") is None


def test_valkey_is_wiped(folder, started):
    server = started(Valkey(folder / "valkey"))
    with redis.Redis.from_url(server.url) as client:
        client.set("key", "value")

        server.wipe()

        assert client.dbsize() == 0


def test_a_stopped_valkey_cannot_be_wiped(folder):
    with pytest.raises(ServiceError, match="nothing was wiped"):
        Valkey(folder / "valkey").wipe()


def test_valkey_wants_its_password_which_its_command_line_does_not_tell(folder, started):
    server = started(Valkey(folder / "valkey"))
    host, _, port = server.url.rpartition("@")[2].removesuffix("/0").partition(":")

    with (
        redis.Redis(host=host, port=int(port), retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()

    listing = subprocess.run(["ps", "-ww", "-p", str(server.pid)], capture_output=True, check=False)
    assert server.url.split("@")[0].removeprefix("redis://:").encode() not in listing.stdout


def test_valkey_does_not_take_a_strangers_server_for_its_own(folder, started):
    stranger = started(Valkey(folder / "stranger"))
    server = Valkey(folder / "ours")
    server.port = stranger.port

    with pytest.raises(ServiceError, match="did not start"):
        server.start()

    assert is_running(stranger.pid)


def test_what_is_configured_is_not_started(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/fundi")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")

    with running_services(root=folder, testing=False) as urls:
        assert urls == {}

    assert list(folder.iterdir()) == []


@linux_only
@pytest.mark.parametrize("purpose", ["running", "testing"])
def test_services_die_with_a_launcher_that_is_killed(launcher, purpose):
    process = launcher(purpose)
    services_of(process)
    family = descendants(process.pid)
    assert len(family) >= 2

    process.kill()

    wait_until(lambda: not any(is_running(pid) for pid in family))


@linux_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_services_before_the_launcher_ends(launcher, folder, number):
    process = launcher()
    services_of(process)
    family = descendants(process.pid)

    # A person who presses Ctrl-C again and again must not interrupt the stopping.
    for _ in until(time.monotonic() + 15, every=0.01):
        if process.poll() is not None:
            break
        process.send_signal(number)

    assert process.returncode in (128 + number, -number)
    assert not any(is_running(pid) for pid in family)
    assert traces(folder) == []


def test_a_second_launcher_joins_the_services_of_the_first(launcher):
    first, second = launcher(), launcher()

    assert services_of(first) == services_of(second) != []


def test_services_start_after_a_launcher_was_killed(launcher):
    killed = launcher()
    before = services_of(killed)
    killed.kill()
    killed.wait()

    after = services_of(launcher())

    assert after[0] == before[0]
    with psycopg.connect(after[0]) as connection, redis.Redis.from_url(after[1]) as client:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert client.ping()


def test_test_runs_at_the_same_time_share_nothing_and_leave_no_data(launcher, folder):
    first, second = launcher("testing"), launcher("testing")
    assert not set(services_of(first)) & set(services_of(second))

    for process in (first, second):
        process.terminate()
        process.wait(30)

    assert [path for path in (folder / ".data").iterdir() if path.is_dir()] == []


def test_sets_of_a_test_run_share_nothing_and_leave_no_data(folder, monkeypatch):
    for variable in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(variable)

    with running_services(root=folder, testing=True, sets=2) as urls:
        first, second = json.loads(urls[SETS])
        works = [answers(services) for services in (first, second)]

    assert urls == first | {SETS: urls[SETS]}
    assert first.keys() == second.keys() == {"DATABASE_URL", "REDIS_URL"}
    assert not set(first.values()) & set(second.values())
    assert works == [True, True]
    assert [path for path in (folder / ".data").iterdir() if path.is_dir()] == []


def test_what_is_configured_is_not_shared_between_sets(folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/fundi")
    monkeypatch.delenv("REDIS_URL")

    with running_services(root=folder, testing=True, sets=2) as urls:
        assert json.loads(urls[SETS]) == [{"REDIS_URL": urls["REDIS_URL"]}]


@linux_only
@pytest.mark.parametrize("cores", [1, None], ids=["one core", "all cores"])
def test_a_parallel_test_run_has_a_set_of_services_for_each_core(cores):
    usable = sorted(os.sched_getaffinity(0))[:cores]
    show = f"import json, os; print(len(json.loads(os.environ['{SETS}'])))"

    done = subprocess.run(
        [sys.executable, "-m", "server.launch", "test", "--parallel", "--", "python", "-c", show],
        env=bare_environment(),
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, usable),
    )

    assert int(done.stdout) == min(len(usable), MOST_SETS)


def answers(services: dict[str, str]) -> bool:
    """Whether a set of services can be used."""
    with (
        psycopg.connect(services["DATABASE_URL"]) as connection,
        redis.Redis.from_url(services["REDIS_URL"]) as client,
    ):
        return connection.execute("SELECT 1").fetchone() == (1,) and bool(client.ping())


@pytest.mark.soak
@linux_only
def test_the_whole_product_is_ready_soon_and_leaves_nothing_on_ctrl_c(folder):
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("apps", "platform", "schema"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    for name in ("manage.py", "Procfile"):
        shutil.copy(REPOSITORY / name, folder)

    first = run_product_once(folder)
    second = run_product_once(folder)

    assert first < 30
    assert second < 10


def run_product_once(folder: Path) -> float:
    """Run a copy of the product until it says that it is ready, press Ctrl-C, check what is left.

    Returns the seconds that it took to get ready.
    """
    began = time.monotonic()
    with (folder / "output").open("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.launch", "run"],
            cwd=folder,
            env=bare_environment() | {"PYTHONPATH": ".:platform", "PORT": "18765"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: says(folder / "output", process, "GraphiQL  http"), seconds=90)
            took = time.monotonic() - began
            family = descendants(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(30)
    assert code == 128 + signal.SIGINT
    assert len(family) >= 8
    assert not any(is_running(pid) for pid in family)
    assert traces(folder) == []
    return took


def says(output: Path, process: subprocess.Popen[bytes], words: str) -> bool:
    text = output.read_text()
    assert process.poll() is None, text
    return words in text
