"""The first start: the link that makes the first user, and the secret that a store is bound to."""
import concurrent.futures
import re
import socket
import stat
import subprocess

import pytest

from customer import API, PASSWORD, is_problem
from program import BINARY, Command, environment, first_start
from stores import both_stores, look
from web import Client

TOKEN = re.compile(r"/set-up/([\w-]{43})$")


def token_of(server):
    return TOKEN.search(server.told["set_up"])[1]


def set_up(server, token, email="ada@example.com"):
    client = Client(server.http_address)
    return client, client.post(f"{API}/users", {"email": email, "password": PASSWORD, "set_up_token": token})


# the set-up link

@both_stores
def test_the_link_of_the_first_start_makes_an_operator_once(make_server):
    server = make_server(offset=0, arguments=["--sign-up", "closed"])
    assert server.told["set_up"].startswith("http://%s:%d/set-up/" % server.http_address)
    token = token_of(server)
    assert Client(server.http_address).get(f"/set-up/{token}").headers["Content-Type"].startswith("text/html")

    is_problem(set_up(server, "A" * 43)[1], 404, "set_up_link_not_valid", "set_up_token")
    is_problem(set_up(server, token[:-1])[1], 404, "set_up_link_not_valid")
    is_problem(set_up(server, token, email="ada")[1], 422, field="email")
    first, answer = set_up(server, token)
    assert answer.status == 201 and answer.json["user"]["operator"] is True
    assert first.get(f"{API}/session").json["user"]["email"] == "ada@example.com"
    assert first.post(f"{API}/operator/activation-codes", {"quantity": 1, "term": "P1Y"}).status == 201
    is_problem(set_up(server, token, email="eve@example.com")[1], 404, "set_up_link_not_valid")
    assert look(server.store_url, "SELECT count(*) FROM user_account") == "1"

    server.stop()
    assert server.start().told["set_up"] is None
    is_problem(set_up(server, token, email="eve@example.com")[1], 404, "set_up_link_not_valid")


def test_a_user_made_by_command_ends_the_link(make_server, tmp_path):
    server = make_server(offset=0)
    (tmp_path / "password").write_text(PASSWORD)
    assert server.command("user", "add", "--email", "a@example.com", "--password-file", tmp_path / "password").code == 0
    is_problem(set_up(server, token_of(server))[1], 404, "set_up_link_not_valid")


def test_each_start_has_a_link_of_its_own_at_the_public_address(make_server):
    server = make_server(offset=0, arguments=["--public-url", "https://licenses.example.com"])
    assert server.told["set_up"].startswith("https://licenses.example.com/set-up/")
    before = token_of(server)
    server.stop()
    server.start()
    assert token_of(server) != before
    is_problem(set_up(server, before)[1], 404, "set_up_link_not_valid")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@pytest.mark.parametrize("every", ["0.0.0.0:0", pytest.param("[::]:0", marks=needs_ipv6)])
def test_a_link_of_a_server_that_listens_on_all_addresses_can_be_opened(make_server, every):
    server = make_server(offset=0, arguments=["--http", every])
    port = server.http_address[1]
    assert server.told["set_up"].startswith(f"http://localhost:{port}/set-up/")
    assert set_up(server, token_of(server))[1].status == 201


@both_stores
def test_of_many_who_use_the_link_at_once_one_is_the_operator(make_server):
    server = make_server(offset=0)
    token = token_of(server)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: set_up(server, token, f"user{i}@example.com")[1].status, range(4)))
    assert sorted(answers) == [201, 404, 404, 404]
    assert look(server.store_url, "SELECT count(*) FROM user_account") == "1"


# the secret

def commands(store_url, secret, password):
    place = ["--store", store_url, "--secret-file", secret]
    yield ["serve", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", *place]
    yield ["user", "add", "--email", "b@example.com", "--password-file", password, *place]
    yield ["code", "issue", "--quantity", "1", "--term", "P1Y", *place]
    yield ["demo", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", *place]


def counts(store_url):
    return [look(store_url, f"SELECT count(*) FROM {table}")
            for table in ("user_account", "activation_code", "organization", "audit_entry")]


@both_stores
def test_a_store_is_used_with_its_own_secret_only(store_url, tmp_path):
    password, secret, other = (tmp_path / name for name in ("password", "secret", "other"))
    password.write_text(PASSWORD)
    first_start("--store", store_url, "--secret-file", secret)
    first = ["user", "add", "--email", "a@example.com", "--password-file", password, "--store", store_url]
    assert Command(*first, "--secret-file", secret).code == 0
    before = counts(store_url)

    for command in commands(store_url, other, password):  # its file is missing: no new one
        told = Command(*command)
        assert told.code == 1 and not told.out and not other.exists(), command
        assert re.fullmatch(r"tenure: the secret file \S+ is missing: restore it .*\.\n", told.err), told.err
        assert str(other) in told.err

    first_start("--store", f"sqlite:{tmp_path}/elsewhere.db", "--secret-file", other)
    for command in commands(store_url, other, password):
        told = Command(*command)
        assert told.code == 1 and not told.out, command
        assert re.fullmatch(r"tenure: the secret file \S+ belongs to another store: .*--secret-file.*\.\n", told.err)
    assert counts(store_url) == before, "nothing was changed"
    assert Command("code", "issue", "--json", "--quantity", "1", "--term", "P1Y", "--store", store_url,
                   "--secret-file", secret).code == 0
    told = Command("code", "issue", "--json", "--quantity", "1", "--term", "P1Y", "--store", store_url,
                   "--secret-file", other)
    assert told.problem["code"] == "secret_wrong"


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("same", [True, False])
def test_two_first_starts_at_once_agree_on_the_secret(store_url, tmp_path, same):
    def start(name):
        return subprocess.Popen([BINARY, "serve", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0", "--store", store_url,
                                 "--secret-file", str(tmp_path / name)], env=environment(), cwd=tmp_path, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    names, said = ["one", "one" if same else "two"], []
    processes = [start(name) for name in names]
    for process in processes:
        process.stdout.readline()  # it serves, or it has ended
        process.terminate()
    for process in processes:
        said.append((process.communicate(timeout=30)[1], process.returncode))
    assert sorted(code for _, code in said) == ([0, 0] if same else [0, 1]), said
    made = [name for name in ("one", "two") if (tmp_path / name).exists()]
    assert made == (["one"] if same else [names[[code for _, code in said].index(0)]])


def test_the_folders_of_the_secret_are_made_for_its_owner_alone(store_url, tmp_path):
    state = tmp_path / "home" / "state"
    secret = state / "tenure" / "tenure.secret"
    first_start("--store", store_url, "--secret-file", secret)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (state.parent, state, secret.parent, secret)] == [
        0o700, 0o700, 0o700, 0o600]


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_the_secret_of_a_postgresql_store_stands_in_the_state_folder_of_its_user(store_url, tmp_path):
    first_start("--store", store_url, env=environment(extra={"HOME": str(tmp_path / "new" / "home"), "XDG_STATE_HOME": ""}))
    assert (tmp_path / "new/home/.local/state/tenure/tenure.secret").is_file()
