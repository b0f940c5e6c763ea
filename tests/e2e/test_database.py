"""A PostgreSQL that ends idle connections, has no space left, or cannot hold our texts."""
import contextlib
import os
import urllib.parse

import pytest

from customer import Customer, eventually, is_problem, new_serial
from device import CREATED, UNAVAILABLE, Device
from fleet import temperatures
from program import Command, environment
from stores import change, look, numbers, psql

on_postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
FULL = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""


def end_connections(store_url):
    """As a restart of the database does, or a firewall: all connections are idle."""
    look(store_url, "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'tenure'")


@on_postgresql
def test_the_first_request_after_a_lost_connection_succeeds(server):
    customer = Customer.onboard(server, 10)
    serial = customer.sensor()
    reads = ["/members", "/sensors", f"/sensors/{serial}", f"/sensors/{serial}/licenses", f"/sensors/{serial}/measurements",
             "/license-manager", "/forecast", "/audit-log", "/notices", "/alerts", "/alarm-rules", "/webhooks", ""]
    for path in reads:
        assert customer.get(customer.org + path).status == 200
        end_connections(server.store_url)
        answer = customer.get(customer.org + path)
        assert answer.status == 200, (path, answer)
    for _ in range(3):
        end_connections(server.store_url)
        answer = customer.add(new_serial())
        assert answer.status == 201, answer
        end_connections(server.store_url)
        assert customer.get("/readyz").status == 200
    with Device(server.coap_address) as device:
        end_connections(server.store_url)
        reply = device.post("m", temperatures(serial, server.now(), 45))
        assert reply and reply.code == CREATED, reply


@on_postgresql
def test_a_full_database_says_so_until_there_is_space(server):
    customer = Customer.onboard(server, 10)
    serial = customer.sensor()
    change(server.store_url, FULL)
    for table in ("journal", "sensor"):
        change(server.store_url, f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
    with Device(server.coap_address) as device:
        for _ in range(20):
            answer = customer.add(new_serial())
            assert is_problem(answer, 503, "storage_full"), answer
            assert answer.json["detail"] == "The database's disk is full."
            reply = device.post("m", temperatures(serial, server.now(), 45))
            assert reply and reply.code == UNAVAILABLE, reply
        lines = [line for line in server.log.read_text().splitlines() if "store.failed" in line]
        assert 0 < len(lines) < 20, lines
        for table in ("journal", "sensor"):
            change(server.store_url, f"DROP TRIGGER refuse ON {table}")
        assert customer.add(new_serial()).status == 201
        assert eventually(lambda: (r := device.post("m", temperatures(serial, server.now(), 45))) and r.code == CREATED)


@contextlib.contextmanager
def database(encoding):
    name = f"e2e_{os.getpid()}_{next(numbers)}"
    psql(f"CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        yield urllib.parse.urlparse(os.environ["TEST_POSTGRES_URL"])._replace(path="/" + name).geturl()
    finally:
        psql(f"DROP DATABASE {name} WITH (FORCE)")


@on_postgresql
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_in_another_encoding_is_refused(encoding, store_url, tmp_path):
    with database(encoding) as url:
        place = ["--store", url, "--secret-file", tmp_path / "secret"]
        refused = Command("serve", *place, "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", cwd=tmp_path, env=environment())
        assert refused.code == 2 and f"encoding of the database is {encoding} and has to be UTF8" in refused.err, refused.err
        assert "createdb --encoding=UTF8" in refused.err and len(refused.err.splitlines()) == 1
        assert not (tmp_path / "secret").exists()
        told = Command("doctor", *place, "--json", cwd=tmp_path, env=environment())
        assert told.code == 1
        store = next(check for check in told.json["checks"] if check["name"] == "store")
        assert store["state"] == "failed" and encoding in store["detail"], store
        assert look(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
