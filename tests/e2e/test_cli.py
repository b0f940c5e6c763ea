"""The command line from outside: exit codes, sentences, JSON, and what each bad setting is told."""
import contextlib
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess

import pytest

from conftest import both_stores
from program import BINARY, Command, environment, first_start
from stores import change, look

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}")


def one_sentence(text):
    return text.startswith("tenure: ") and text.endswith(".\n") and text.count("\n") == 1


@pytest.fixture
def run(tmp_path):
    """Runs a command in an empty folder."""
    def run(*arguments, env=None, **how):
        return Command(*arguments, cwd=tmp_path, env=environment(extra=env), **how)
    return run


@pytest.fixture
def store(tmp_path):
    """A store at the default place of that folder."""
    first_start(cwd=tmp_path)


@pytest.fixture
def password_file(tmp_path):
    def write(content):
        file = tmp_path / "password"
        file.write_bytes(content)
        return file
    return write


# help, version, wrong usage

def test_help_names_every_command(run):
    told = run("help")
    assert told.code == 0 and not told.err
    for name in ("serve", "demo", "user add", "code issue", "code check", "help", "version"):
        assert f"tenure {name}" in told.out


@pytest.mark.parametrize("arguments", [["help", "code", "issue"], ["code", "issue", "--help"]])
def test_help_of_a_command_tells_its_flags_and_settings(run, arguments):
    told = run(*arguments)
    assert told.code == 0 and not told.err
    for flag in ("--quantity", "--term", "--redeem-by", "--store", "--json"):
        assert flag in told.out
    assert "--http" not in told.out


@pytest.mark.parametrize("group, commands", [("user", ["user add"]), ("code", ["code issue", "code check"]),
                                             ("audit", ["audit verify", "audit head"])])
def test_help_of_a_first_word_lists_what_can_follow(run, group, commands):
    told = run("help", group)
    assert told.code == 0 and not told.err
    listed = re.findall(r"^  tenure (\w+ \w+)  ", told.out, re.MULTILINE)
    assert listed == commands
    assert run(group, "--help").out == told.out
    assert f"`tenure help {group}`" in run(group).err
    assert run("help", group, "nonsense").code == 2


def flat(text):
    return " ".join(text.split())


def test_help_of_the_demonstration_tells_its_own_defaults(run):
    told, of_serve = flat(run("help", "demo").out), flat(run("help", "serve").out)
    assert "sqlite:FILE or postgresql://USER@HOST/DATABASE (default: a temporary one)" in told
    assert "./data" not in told and "state folder" not in told
    assert "(default: 127.0.0.1:5683)" in told and "(default: [::]:5683)" not in told
    assert "./data" in of_serve and "state folder" in of_serve and "(default: [::]:5683)" in of_serve


def test_help_tells_that_only_a_server_logs_what_goes_well(run):
    assert "(default: info)" in run("help", "serve").out
    for command in (["demo"], ["user", "add"], ["doctor"]):
        assert "(default: warning)" in run("help", *command).out


def test_version_is_a_number(run):
    assert re.fullmatch(r"tenure \d+\.\d+\.\d+\n", run("version").out)
    assert run("--version").out == run("version").out
    assert run("version", "--json").json["version"] in run("version").out


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["user"], ["code"], ["code", "check"], ["serve", "now"], ["serve", "--htp", "x"], ["serve", "-x"],
    ["serve", "--http"], ["version", "--store", "sqlite:x"], ["user", "add"], ["code", "issue"], ["help", "nonsense"],
    ["serve", "--json=yes", "--http", "127.0.0.1:0"]])
def test_wrong_usage_is_one_sentence_and_exit_2(run, tmp_path, arguments):
    told = run(*arguments)
    assert told.code == 2
    assert one_sentence(told.err), told.err
    assert not told.out and not list(tmp_path.iterdir())


def test_a_value_for_a_flag_that_takes_none_is_said(run):
    told = run("user", "add", "--email", "a@example.com", "--operator=no")
    assert told.code == 2 and told.err == "tenure: --operator takes no value.\n"


def test_a_typing_slip_in_a_flag_is_named(run):
    assert "did you mean --http?" in run("serve", "--htp", "x").err.replace("--http.", "--http?")


def test_a_failure_in_json_is_a_code_and_a_sentence(run):
    told = run("code", "issue", "--json", "--quantity", "5", "--term", "2Y")
    assert told.code == 2
    assert told.problem["field"] == "term" and told.problem["code"] and "P2Y" in told.problem["detail"]


# settings: each source, each way to be wrong

BAD = [("http", "8080", "127.0.0.1:8080"), ("http", "127.0.0.1:65536", "127.0.0.1:8080"),
       ("http", "localhost:80", "127.0.0.1:8080"), ("coap", "::1:5683", "[::]:5683"), ("sign-up", "nobody", "with_code"),
       ("log-level", "loud", "warning"), ("http-threads", "0", "1 to 64"), ("http-threads", "65", "1 to 64"),
       ("http-threads", "4x", "1 to 64"), ("public-url", "licenses.example.com", "https://"),
       ("public-url", "https://example.com/path", "https://"), ("coap-prefix", "p" * 33, "32 characters"),
       ("coap-prefix", "a/b/c/d/e/f/g/h", "7 words"), ("coap-prefix", "efento//m", "separated by /"),
       ("coap-prefix", "with space", "letters, digits"),
       ("store", "mysql://localhost", "sqlite:"), ("store", "sqlite:", "sqlite:")]


@pytest.mark.parametrize("name, value, right", BAD)
@pytest.mark.parametrize("source", ["flag", "environment", "file"])
def test_a_bad_setting_is_told_where_it_came_from_and_what_is_right(run, tmp_path, name, value, right, source):
    before = set()
    if source == "flag":
        told, origin = run("serve", f"--{name}", value), f"--{name}"
    elif source == "environment":
        variable = "TENURE_" + name.upper().replace("-", "_")
        told, origin = run("serve", env={variable: value}), variable
    else:
        file = tmp_path / "tenure.conf"
        file.write_text(f"# first\n\n {name} = {value} \n")
        before = {file}
        told, origin = run("serve", "--config", file), f"{file}:3: {name}"
    assert told.code == 2
    assert one_sentence(told.err), told.err
    assert origin in told.err and right in told.err
    assert set(tmp_path.iterdir()) == before, "something was made"


@pytest.mark.parametrize("content, what", [
    (b"htp = 127.0.0.1:0\n", "there is no setting htp; did you mean http."), (b"colour = red\n", "there is no setting colour"),
    (b"http 127.0.0.1:0\n", "name = value"), (b"email = a@example.com\n", "email"),
    (b"http = 127.0.0.1:0\nhttp = 127.0.0.1:0\n", "line 1"), (b"http = \x00\n", "configuration file"),
    (b"sign_up = nobody\n", "with_code"), (b"sign-up = open\nsign_up = open\n", "line 1"),
    (b"#" * 70000, "configuration file"), (b"sign-up = " + b"x" * 5000, "4096 bytes")])
def test_a_bad_configuration_file_is_told_with_its_line(run, tmp_path, content, what):
    file = tmp_path / "tenure.conf"
    file.write_bytes(content)
    told = run("serve", "--config", file)
    assert told.code == 2
    assert one_sentence(told.err) and str(file) in told.err and what in told.err


def test_a_configuration_file_that_was_named_must_be_there(run, tmp_path):
    told = run("serve", "--config", tmp_path / "none.conf")
    assert told.code != 0 and one_sentence(told.err) and "none.conf" in told.err


def test_a_flag_wins_over_the_environment_and_that_over_the_file(run, tmp_path, password_file):
    file = tmp_path / "tenure.conf"
    file.write_text(f"store = sqlite:{tmp_path}/by-file.db\n")
    add = ["user", "add", "--config", file, "--password-file", password_file(b"a long password")]

    def store_of(*more, env=None):
        told = run(*add, *more, env=env)
        assert told.code == 0, told.err
        urls = {name: f"sqlite:{tmp_path}/by-{name}.db" for name in names}
        found = [name for name, url in urls.items() if look(url, "SELECT count(*) FROM user_account") == "1"]
        for name in found:
            change(urls[name], "DELETE FROM user_account")
        return found

    names = ("file", "environment", "flag")
    for name in names:
        first_start("--store", f"sqlite:{tmp_path}/by-{name}.db", cwd=tmp_path)
    by_environment = {"TENURE_STORE": f"sqlite:{tmp_path}/by-environment.db"}
    assert store_of("--email", "a@example.com") == ["file"]
    assert store_of("--email", "a@example.com", env=by_environment) == ["environment"]
    assert store_of("--email", "a@example.com", f"--store=sqlite:{tmp_path}/by-flag.db",
                    env=by_environment) == ["flag"]


def test_the_password_of_a_store_is_never_repeated(run):
    told = run("serve", "--store", "mysql://ada:topsecret@localhost/x")
    assert told.code == 2 and "topsecret" not in told.err + told.out
    told = run("user", "add", "--email", "a@example.com", "--password-file", "/dev/null",
               "--store", "postgresql://ada:topsecret@127.0.0.1:1/x")
    assert told.code != 0 and "topsecret" not in told.err + told.out


def test_the_default_store_stands_in_the_state_folder(run, tmp_path, password_file):
    add = ["user", "add", "--email", "a@example.com", "--password-file", password_file(b"a long password")]
    first_start(cwd=tmp_path)
    assert run(*add).code == 0
    assert (tmp_path / "data" / "tenure.db").is_file()
    state = tmp_path / "state"
    state.mkdir()
    first_start(cwd=tmp_path, env=environment(extra={"STATE_DIRECTORY": str(state)}))
    assert run(*add, env={"STATE_DIRECTORY": str(state)}).code == 0
    assert stat.S_IMODE((state / "tenure.db.secret").stat().st_mode) == 0o600


# a store that cannot be opened, ports in use

@pytest.mark.parametrize("command", [["serve", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"],
                                     ["code", "issue", "--quantity", "1", "--term", "P1Y"]])
@pytest.mark.parametrize("store, todo", [("sqlite:/proc/none/tenure.db", ""), ("sqlite:{folder}/text.db", "name another file"),
                                         ("sqlite:{folder}", "name a file in it"),
                                         ("postgresql://nobody@127.0.0.1:1/none", "refused: see that its database runs")])
def test_a_store_that_cannot_be_opened_is_one_sentence(run, tmp_path, command, store, todo):
    (tmp_path / "text.db").write_text("this is no database, but long enough to be looked at\n" * 30)
    told = run(*command, "--store", store.format(folder=tmp_path), "--secret-file", tmp_path / "secret")
    assert told.code in (1, 2)
    assert one_sentence(told.err) and todo in told.err, told.err
    assert not (tmp_path / "secret").exists(), "a secret was made for a store that is not"


@pytest.mark.parametrize("secret, what", [(".", "is a folder"), ("short", "32 bytes"), ("open", "chmod 600")])
def test_for_a_secret_file_that_cannot_be_used_no_store_is_made(run, tmp_path, secret, what):
    for name, size, mode in (("short", 31, 0o600), ("open", 32, 0o644)):
        (tmp_path / name).write_bytes(b"s" * size)
        (tmp_path / name).chmod(mode)
    told = run("code", "issue", "--quantity", "1", "--term", "P1Y", "--store", f"sqlite:{tmp_path}/tenure.db",
               "--secret-file", tmp_path / secret)
    assert told.code == 2 and one_sentence(told.err) and what in told.err, told.err
    assert not list(tmp_path.glob("tenure.db*"))


BESIDE = [["user", "add", "--email", "a@example.com", "--password-file", "{password}"],
          ["code", "issue", "--quantity", "1", "--term", "P1Y"], ["audit", "verify"], ["audit", "head"],
          ["clock", "reset", "--yes"]]


def beside(command, password_file):
    return [word.replace("{password}", str(password_file(b"a long password"))) for word in command]


@pytest.mark.parametrize("command", BESIDE, ids=lambda command: " ".join(command[:2]))
@pytest.mark.parametrize("there", ["nothing", "no folder", "an empty file", "another database"])
def test_a_command_makes_no_store(run, tmp_path, password_file, command, there):
    path = tmp_path / ("none/tenure.db" if there == "no folder" else "tenure.db")
    if there == "an empty file":
        path.touch()
    if there == "another database":
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE theirs (id INTEGER)")
    told = run(*beside(command, password_file), "--store", f"sqlite:{path}")
    assert told.code == 1 and one_sentence(told.err) and not told.out, told.err
    assert f"there is no store at {path}: start `tenure serve` once" in told.err, told.err
    (tmp_path / "password").unlink()
    stays = there in ("an empty file", "another database")
    assert [made.name for made in tmp_path.iterdir()] == ["tenure.db"] * stays
    if stays:
        assert look(f"sqlite:{path}", "SELECT count(*) FROM sqlite_schema") == str(int(there == "another database"))


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("command", BESIDE, ids=lambda command: " ".join(command[:2]))
def test_a_command_fills_no_empty_database(run, tmp_path, store_url, password_file, command):
    told = run(*beside(command, password_file), "--store", store_url, "--secret-file", tmp_path / "secret")
    assert told.code == 1 and one_sentence(told.err) and "there is no store at postgresql://" in told.err, told.err
    assert "start `tenure serve` once" in told.err and not (tmp_path / "secret").exists()
    assert look(store_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"


@both_stores
@pytest.mark.parametrize("command", BESIDE, ids=lambda command: " ".join(command[:2]))
def test_a_command_leaves_an_update_to_the_server(run, tmp_path, store_url, password_file, command):
    place = ["--store", store_url, "--secret-file", tmp_path / "secret"]
    first_start(*place, cwd=tmp_path)
    assert run(*beside(command, password_file), *place).code == 0
    change(store_url, "DELETE FROM schema_migration WHERE number = (SELECT max(number) FROM schema_migration)")
    told = run(*beside(command, password_file), *place)
    assert told.code == 1 and "older version" in told.err and "`tenure serve` once" in told.err, told.err
    change(store_url, "INSERT INTO schema_migration (number, name, applied_at) VALUES (9999, 'later', 1)")
    told = run(*beside(command, password_file), *place)
    assert told.code == 1 and "newer version" in told.err, told.err


@pytest.mark.parametrize("flag, kind", [("--http", socket.SOCK_STREAM), ("--coap", socket.SOCK_DGRAM)])
def test_a_port_in_use_is_one_sentence_and_exit_1(run, tmp_path, flag, kind):
    ports = {"--http": "127.0.0.1:0", "--coap": "127.0.0.1:0"}
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        ports[flag] = "127.0.0.1:%d" % taken.getsockname()[1]
        told = run("serve", "--store", f"sqlite:{tmp_path}/tenure.db", *sum(map(list, ports.items()), []))
    assert told.code == 1 and not told.out
    assert one_sentence(told.err) and ports[flag] in told.err, told.err
    assert not list(tmp_path.iterdir()), "a store was made for a server that cannot listen"


@pytest.mark.parametrize("flag", ["--http", "--coap"])
def test_an_address_of_another_machine_is_one_sentence_and_exit_2(run, tmp_path, flag):
    elsewhere = "192.0.2.1:5683"  # RFC 5737: of no machine
    ports = {"--http": "127.0.0.1:0", "--coap": "127.0.0.1:0", flag: elsewhere}
    told = run("serve", *sum(map(list, ports.items()), []))
    assert told.code == 2 and one_sentence(told.err) and elsewhere in told.err and flag in told.err, told.err
    assert not list(tmp_path.iterdir())


# serve

@both_stores
def test_a_server_listens_where_it_says_and_ends_within_its_time(server):
    with socket.create_connection(server.http_address, timeout=5):
        pass
    assert server.stop() == 0


def test_a_server_listens_on_ipv6_and_ipv4_at_once(make_server):
    server = make_server(coap="[::]:0")
    assert server.coap_address[0] == "::" and server.coap_address[1] > 0


def test_an_interrupt_ends_a_server_as_well(make_server):
    server = make_server()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(5) == 0


def test_a_first_start_says_how_to_make_a_user(tmp_path):
    with subprocess.Popen([BINARY, "serve", "--store", f"sqlite:{tmp_path}/tenure.db", "--http", "127.0.0.1:0",
                           "--coap", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          cwd=tmp_path, env=environment()) as process:
        try:
            serves, link, command = (process.stdout.readline() for _ in range(3))
            assert "coap://127.0.0.1:" in serves
            http = re.search(r"http://127\.0\.0\.1:\d+", serves)[0]
            assert re.search(rf"{http}/set-up/[\w-]{{43}}\n$", link)
            assert "tenure user add" in command and "--operator" in command
        finally:
            process.terminate()
            process.wait(5)


# user add

@both_stores
def test_an_added_operator_can_sign_in(operator):
    assert operator.get("/api/v1/session").json["user"]["operator"] is True


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_break_at_the_end_of_the_file_is_not_part_of_the_password(server, http, password_file, end):
    told = server.command("user", "add", "--json", "--email", "Ada@Example.com", "--name", "Ada",
                          "--password-file", password_file(b"nine and more " + end))
    assert told.code == 0, told.err
    assert told.json["email"] == "ada@example.com" and told.json["name"] == "Ada" and told.json["operator"] is False
    assert http.sign_in("ada@example.com", "nine and more ").status == 200


@pytest.mark.parametrize("password", [b"", b"123456789", b"x" * 1025, b"zero \x00 in the middle",
                                      "éàüöñ".encode(), b"abcabcabcabc", b"Password123!", b"a@example.com"])
def test_a_password_that_will_not_do_is_refused(run, tmp_path, password_file, password):
    told = run("user", "add", "--email", "a@example.com", "--password-file", password_file(password))
    assert told.code == 2 and one_sentence(told.err)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("email", ["ada", "@example.com", "ada@", "a@b@c", "a" * 250 + "@example.com", "a b@example.com"])
def test_an_address_that_is_none_is_refused(store, run, password_file, email):
    told = run("user", "add", "--email", email, "--password-file", password_file(b"a long password"))
    assert told.code == 2 and one_sentence(told.err), told.err


def test_an_address_that_is_taken_is_exit_1(store, run, password_file):
    add = ["user", "add", "--email", "a@example.com", "--password-file", password_file(b"a long password")]
    assert run(*add).code == 0
    again = run(*add, "--json")
    assert again.code == 1 and again.problem["code"] == "email_taken"


def test_without_terminal_and_file_nothing_is_asked(run, tmp_path):
    told = run("user", "add", "--email", "a@example.com")
    assert told.code == 2 and "--password-file" in told.err
    assert not list(tmp_path.iterdir())


def typed(tmp_path, *lines):
    """`user add` at a terminal of its own at which these lines are typed; (exit code, all that was shown)."""
    import pty
    child, terminal = pty.fork()
    if not child:
        os.chdir(tmp_path)
        os.execve(BINARY, [BINARY, "user", "add", "--email", "a@example.com"], environment())
    shown = b""
    for line in lines:
        while not shown.endswith(b": "):
            shown += os.read(terminal, 1024)
        os.write(terminal, line)
        shown += os.read(terminal, 1024)
    try:
        while got := os.read(terminal, 1024):
            shown += got
    except OSError:
        pass  # the other end has closed it
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_the_terminal_is_asked_twice_and_does_not_show_it(store, tmp_path):
    code, shown = typed(tmp_path, b"a long password\n", b"a long password\n")
    assert code == 0 and "a long password" not in shown and "can sign in" in shown


def test_two_different_passwords_change_nothing(tmp_path):
    code, shown = typed(tmp_path, b"a long password\n", b"another password\n")
    assert code == 2 and "differ" in shown
    assert not list(tmp_path.iterdir())


# code issue, code check

@both_stores
def test_an_issued_code_is_listed_but_never_shown_again(server, operator):
    told = server.command("code", "issue", "--quantity", "5", "--term", "P2Y", "--reference", "order 12", "--json")
    assert told.code == 0, told.err
    issued = told.json
    assert CODE.fullmatch(issued["code"]) and issued["quantity"] == 5 and issued["term"] == "P2Y"
    listed = operator.get("/api/v1/operator/activation-codes", reference="order 12").json["items"]
    assert [item["id"] for item in listed] == [issued["id"]]
    assert issued["code"] not in str(listed)


def test_standard_output_holds_the_code_alone(store, run):
    told = run("code", "issue", "--quantity", "1", "--term", "P30D", "--redeem-by", "2099-12-31")
    assert told.code == 0 and CODE.fullmatch(told.out.strip())
    assert told.err.startswith("1 license of P30D. ")
    assert run("code", "issue", "--quantity", "2", "--term", "P1Y").err.startswith("2 licenses of P1Y each. ")
    assert run("code", "check", told.out.strip()).code == 0


@pytest.mark.parametrize("arguments", [["code", "issue", "--quantity", "1", "--term", "P1Y"], ["help"], ["version", "--json"],
                                       ["serve", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"],
                                       ["demo", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"],
                                       ["code", "check", "7Q2FM-9XH4C-M0K3T-V8RNE-5WZ1K", "--json"]])
def test_an_answer_that_cannot_be_written_is_exit_1(tmp_path, arguments):
    if arguments[:2] == ["code", "issue"]:
        first_start(cwd=tmp_path)
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
                              env=environment(), timeout=30)
    assert done.returncode == 1 and "cannot be written" in done.stderr and "shown only once" not in done.stderr


@pytest.mark.parametrize("field, arguments", [
    ("quantity", ["--quantity", "0", "--term", "P1Y"]), ("quantity", ["--quantity", "100001", "--term", "P1Y"]),
    ("quantity", ["--quantity", "-1", "--term", "P1Y"]), ("quantity", ["--quantity", "1.5", "--term", "P1Y"]),
    ("term", ["--quantity", "1", "--term", "P0D"]), ("term", ["--quantity", "1", "--term", "P11Y"]),
    ("term", ["--quantity", "1", "--term", "P1Y2M"]), ("redeem-by", ["--quantity", "1", "--term", "P1Y", "--redeem-by", "2027-02-30"]),
    ("redeem-by", ["--quantity", "1", "--term", "P1Y", "--redeem-by", "2001-01-01"]),
    ("organization", ["--quantity", "1", "--term", "P1Y", "--organization", "nobody"]),
    ("reference", ["--quantity", "1", "--term", "P1Y", "--reference", "r" * 201])])
def test_a_code_that_may_not_be_is_refused_with_the_flag_named(store, run, field, arguments):
    told = run("code", "issue", *arguments)
    assert told.code == 2 and not told.out
    assert one_sentence(told.err) and f"--{field}" in told.err, told.err


def test_an_organization_that_is_not_there_is_exit_1(store, run):
    told = run("code", "issue", "--quantity", "1", "--term", "P1Y", "--organization", "0000000000001", "--json")
    assert told.code == 1 and told.problem["field"].startswith("organization")



def test_check_accepts_every_way_of_writing(store, run):
    code = run("code", "issue", "--quantity", "1", "--term", "P1Y").out.strip()
    for written in ([code], [code.lower()], [code.replace("-", "")], code.split("-"), [code.replace("-", " ")],
                    [code.replace("0", "O").replace("1", "l")]):
        told = run("code", "check", "--json", *written)
        assert told.code == 0 and told.json == {"well_formed": True, "code": code}


def test_check_says_what_is_wrong(store, run):
    code = run("code", "issue", "--quantity", "1", "--term", "P1Y").out.strip()
    slip = ("1" if code[0] != "1" else "2") + code[1:]
    for wrong in (slip, code[:-1], code + "0", "U" + code[1:], ""):
        told = run("code", "check", wrong)
        assert told.code == 1 and told.out.endswith(".\n") and told.out.count("\n") == 1
        assert run("code", "check", "--json", wrong).json["well_formed"] is False
    assert "neighbo" in run("code", "check", slip).out


# doctor

def findings(told):
    return {check["name"]: check["state"] for check in told.json["checks"]}


def test_doctor_of_a_fresh_machine_warns_and_makes_nothing(run, tmp_path):
    told = run("doctor", "--json", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0")
    assert told.code == 0 and told.json["ok"] is True
    assert findings(told)["store"] == "warning" and findings(told)["public URL"] == "warning"
    assert not list(tmp_path.iterdir())


def test_doctor_finds_a_store_without_its_secret_and_a_clock_set_back(store, run, tmp_path, password_file, clock):
    made = run("user", "add", "--email", "a@example.com", "--password-file", password_file(b"a quiet green river"))
    assert made.code == 0, made.err
    told = run("doctor", "--json", "--public-url", "https://licenses.example.com")
    assert told.code == 0, told.out
    assert {findings(told)[name] for name in ("store", "secret file", "public URL", "disk")} == {"ok"}
    (tmp_path / "data" / "tenure.db.secret").rename(tmp_path / "elsewhere")
    told = run("doctor")
    assert told.code == 1
    assert re.search(r"^failed +secret file .*restore it from a backup", told.out, re.M)
    back = Command("doctor", "--json", cwd=tmp_path, env=environment(clock, -7200))
    assert findings(back)["clock"] == "failed"


def test_doctor_says_which_port_is_taken(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = run("doctor", "--json", "--http", "127.0.0.1:%d" % taken.getsockname()[1], "--coap", "127.0.0.1:0")
    assert told.code == 1 and findings(told)["http"] == "failed" and findings(told)["coap"] == "ok"
