"""What the tests from outside share. TENURE_BINARY names the program (else build/tenure);
TEST_POSTGRES_URL a PostgreSQL on which databases may be made. TENURE_TEST_STORES=sqlite or =postgresql picks
the tests of one store; a test that names no store counts as one of SQLite."""
import os
import pathlib
import subprocess

import pytest

from customer import Customer, running, until
from device import Device
from disk import disk, disk_library  # noqa: F401
from fleet import Fleet
from program import Command, Server, environment, first_start
from stores import both_stores, new_store  # noqa: F401
from web import Client

OPERATOR_EMAIL, OPERATOR_PASSWORD = "operator@example.com", "a quiet green river"
STORES = ("sqlite", "postgresql")
SHARED = {"fleet", "house", "cluster"}  # fixtures that last longer than a test
LONG = {"test_durability", "test_disk", "test_lifecycle", "test_webhooks", "test_mail"}


def store_of(item):
    named = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((store for store in STORES if store in named), "sqlite")


def pytest_collection_modifyitems(config, items):
    """Picks the stores, and begins with the files whose tests take long. pytest-xdist gives the tests of one group to
    one worker: those of a file that share a server."""
    wanted = os.environ.get("TENURE_TEST_STORES", " ".join(STORES)).split()
    config.hook.pytest_deselected(items=[item for item in items if store_of(item) not in wanted])
    items[:] = sorted((item for item in items if store_of(item) in wanted), key=lambda item: item.path.stem not in LONG)
    for item in items:
        if SHARED & set(item.fixturenames):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{store_of(item)}"))

@pytest.fixture(scope="session")
def clock(tmp_path_factory):
    """The library that moves the program's wall clock, for LD_PRELOAD."""
    source = pathlib.Path(__file__).parents[1] / "support" / "clock.c"
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


@pytest.fixture
def store_url(request, tmp_path):
    """An empty store: SQLite, or with @both_stores PostgreSQL too."""
    with new_store(getattr(request, "param", "sqlite"), tmp_path) as url:
        yield url


@pytest.fixture
def make_server(store_url, tmp_path, clock):
    """Starts a server as wished (program.Server's arguments); it ends with the test."""
    servers = []

    def make(**how):
        servers.append(Server(store_url, tmp_path, clock, **how))
        return servers[-1].start()

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def server(make_server):
    """A server with an empty store under the machine's clock (which move_clock() changes)."""
    return make_server(offset=0)


@pytest.fixture
def http(server):
    """Nobody yet: a client without a session."""
    return Client(server.http_address)


@pytest.fixture
def operator(server, tmp_path):
    """A client signed in as the operator."""
    password = tmp_path / "operator.password"
    password.write_text(OPERATOR_PASSWORD + "\n")
    added = server.command("user", "add", "--email", OPERATOR_EMAIL, "--operator", "--password-file", password)
    assert added.code == 0, added.err
    client = Client(server.http_address)
    answer = client.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    assert answer.status == 200, answer
    return client


@pytest.fixture
def coap(server):
    """A device's socket towards the server."""
    with Device(server.coap_address) as device:
        yield device


@pytest.fixture(scope="session", params=STORES)
def fleet(request, tmp_path_factory, clock):
    """One for each store, for all tests that take a serial of their own."""
    with running(request.param, tmp_path_factory.mktemp("fleet"), clock, offset=until("2026-03-10T12:00:00Z")) as server:
        fleet = Fleet(server, sensors=100)
        with fleet.device:
            yield fleet


@pytest.fixture
def common_server(fleet):
    """The fleet's, for customers of their own who neither stop it nor move its clock."""
    return fleet.server


@pytest.fixture
def customer(common_server):
    """With 3 licenses of two years, in UTC."""
    return Customer.onboard(common_server, 3)


@pytest.fixture
def foreign_codes(tmp_path):
    """Well-formed codes that no server of the tests has issued."""
    def make(count):
        first_start("--store", f"sqlite:{tmp_path}/foreign.db", "--secret-file", tmp_path / "foreign.secret", cwd=tmp_path)
        return [Command("code", "issue", "--json", "--quantity", 1, "--term", "P1Y", "--store",
                        f"sqlite:{tmp_path}/foreign.db", "--secret-file", tmp_path / "foreign.secret", cwd=tmp_path,
                        env=environment()).json["code"] for _ in range(count)]
    return make
