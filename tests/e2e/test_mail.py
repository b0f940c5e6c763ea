"""Mails go out by SMTP: each once and surely, over TLS where a password goes along, and as mail programs want them."""
import pytest

from customer import Customer, eventually, is_problem
from program import Command, environment
from relay import PASSWORD, STEPS, USER, Relay, StoppingRelay, certificate
from stores import both_stores, look

FROM = "tenure@example.com"
LEASE, MINUTE, HOUR, DAY = 301, 60, 3600, 86400


def settings(url, *more):
    return ["--smtp", url, "--mail-from", FROM, "--public-url", "https://licenses.example.com", *map(str, more)]


def send_test(customer):
    answer = customer.post(f"{customer.org}/notifications/test-mail", {})
    assert answer.status == 201 and answer.json["recipient"] == customer.email, answer
    return answer.json["id"]


def outbox(server, what, email=None):
    whom = f" AND target = '{email}'" if email else ""
    return look(server.store_url, f"SELECT {what} FROM outbox WHERE kind = 'mail'{whom} ORDER BY queued_at, id LIMIT 1")


def is_sent(server):
    return eventually(lambda: outbox(server, "state") == "sent")


def log_of(server):
    return server.log.read_text(errors="replace")


@both_stores
def test_a_mail_arrives_as_mail_programs_want_it(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer = Customer.onboard(server, 1).found(name="Kühlkette Łódź, a name that needs more than one line of a header to be written out")
        send_test(customer)
        mail, = eventually(lambda: relay.to(customer.email))
    assert mail["Subject"] == "Test e-mail from Tenure"
    assert mail["To"].addresses[0].addr_spec == customer.email and mail["From"].addresses[0].addr_spec == FROM
    assert mail["Message-ID"].endswith("@licenses.example.com>") and mail["Auto-Submitted"] == "auto-generated"
    assert abs(mail["Date"].datetime.timestamp() - server.now()) < 60
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert "Kühlkette" in text and "Kühlkette" in html and "https://licenses.example.com/o/" in text
    is_sent(server)
    assert outbox(server, "attempts") == "1"
    assert customer.email not in log_of(server)


@pytest.mark.parametrize("step", STEPS)
def test_a_server_killed_at_any_step_of_a_send_sends_the_same_message_again(make_server, step):
    with StoppingRelay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer = Customer.onboard(server, 1)
        relay.stop_at = step
        send_test(customer)
        assert relay.reached.wait(10), "the server did not come to that step"
        server.kill()
        relay.go_on.set()
        server.offset = LEASE
        server.start()
        is_sent(server)
        customer.sign_in_again()
        send_test(customer)
        eventually(lambda: look(server.store_url, "SELECT count(*) FROM outbox WHERE state = 'sent'") == "2")
    first, second = dict.fromkeys(relay.arrived)
    whole = step in ("content", "taken")  # the relay had it when the server died
    assert relay.arrived.count(first) in ((1, 2) if whole else (1,)) and relay.arrived.count(second) == 1


def test_who_is_refused_holds_up_nobody(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        gone, full, good = (Customer.onboard(server, 1) for _ in range(3))
        relay.says = {gone.email: "550 5.1.1 no such user here", full.email: "451 4.2.2 mailbox full for now"}
        for customer in (gone, full, good):
            send_test(customer)
        eventually(lambda: relay.to(good.email))
        assert eventually(lambda: outbox(server, "state", gone.email) == "failed")
        assert "550 5.1.1 no such user here" in outbox(server, "last_error", gone.email)
        assert eventually(lambda: "451 4.2.2" in outbox(server, "last_error", full.email))
        assert outbox(server, "state", full.email) == "waiting"

        server.move_clock(2 * MINUTE)
        eventually(lambda: outbox(server, "attempts", full.email) == "2")
        relay.says = {}
        server.move_clock(DAY)
        eventually(lambda: relay.to(full.email))
        assert not relay.to(gone.email), "what was refused for good is not tried again"


def test_what_is_refused_for_three_days_has_failed(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer = Customer.onboard(server, 1)
        relay.says = {customer.email: "451 greylisted"}
        send_test(customer)
        eventually(lambda: "451" in outbox(server, "last_error"))
        server.move_clock(3 * DAY - HOUR)
        eventually(lambda: outbox(server, "attempts") == "2")
        assert outbox(server, "state") == "waiting"
        server.move_clock(3 * DAY + HOUR)
        eventually(lambda: outbox(server, "state") == "failed")


@pytest.mark.parametrize("step,answer,advice", [
    ("RCPT", "504 5.5.2 Helo command rejected: need fully-qualified hostname", "smtp-hello"),
    ("RCPT", "530 Authentication required", "password"),
    ("RCPT", "554 Relay access denied", "let the relay forward"),
    ("RCPT", "550 5.7.1 some policy of ours", ""), ("RCPT", "550 5.4.4 no route to host", ""),
    ("RCPT", "521 5.3.2 no mail here", "serve this server"), ("DATA", "550 5.7.1 looks like spam", ""),
    ("DATA", "554 5.2.252 SendAsDenied; you may not send as this", "mail-from"),
    ("MAIL", "550 5.1.1 unknown user", "mail-from"),
])
def test_a_refusal_of_us_or_of_the_way_is_tried_for_three_days(make_server, step, answer, advice):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer = Customer.onboard(server, 1)
        relay.refuses[step] = answer
        send_test(customer)
        error = eventually(lambda: outbox(server, "last_error"))
        assert error.startswith(answer) and advice in error and outbox(server, "state") == "waiting"
        server.move_clock(3 * DAY - HOUR)
        eventually(lambda: int(outbox(server, "attempts")) >= 2)
        relay.refuses = {}
        server.move_clock(3 * DAY)
        is_sent(server)


@pytest.mark.parametrize("step,answer", [
    ("RCPT", "550 5.1.1 user unknown"), ("RCPT", "550 User unknown"), ("RCPT", "551 User not local"),
    ("RCPT", "553 mailbox name not allowed"), ("RCPT", "552 5.2.2 over quota"), ("DATA", "552 5.3.4 too large"),
    ("DATA", "554 5.6.0 bad content"), ("MAIL", "552 5.3.4 too large"),
])
def test_a_refusal_of_the_recipient_or_the_content_is_final(make_server, step, answer):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        relay.refuses[step] = answer
        send_test(Customer.onboard(server, 1))
        eventually(lambda: outbox(server, "state") == "failed")
        assert answer in outbox(server, "last_error") and outbox(server, "attempts") == "1"


def test_a_relay_that_refuses_all_of_us_is_asked_seldom(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        relay.refuses["RCPT"] = "554 5.7.1 Relay access denied"
        customers = [Customer.onboard(server, 1) for _ in range(12)]
        for customer in customers:
            send_test(customer)
        eventually(lambda: look(server.store_url, "SELECT count(*) FROM outbox WHERE last_error <> ''") != "0")
        assert len(relay.heard_of("RCPT")) < len(customers), "the first refusal lets the others rest"
        relay.refuses = {}
        for customer in customers:
            eventually(lambda: relay.to(customer.email) or server.move_clock(server.offset + 2 * MINUTE))
        assert look(server.store_url, "SELECT count(*) FROM outbox WHERE attempts > 4") == "0"


def test_one_recipient_that_the_relay_does_not_serve_holds_up_nobody(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        first, *others = (Customer.onboard(server, 1) for _ in range(8))
        send_test(first)
        eventually(lambda: relay.to(first.email))
        for other in others[:-1]:
            relay.says[other.email] = "554 5.7.1 Relay access denied"
            send_test(other)
        send_test(others[-1])
        eventually(lambda: relay.to(others[-1].email))
        assert all(relay.heard_of("RCPT").count(other.email) <= 1 for other in others)
        assert outbox(server, "state", others[0].email) == "waiting"


def test_the_relay_is_greeted_by_a_full_name_or_an_address(make_server, tmp_path):
    with Relay() as relay:
        url = f"smtp+plain://127.0.0.1:{relay.port}"
        for given, greeted in (("tenure.example.com", "tenure.example.com"), ("bücher.example", "xn--bcher-kva.example"),
                               ("[192.0.2.1]", "[192.0.2.1]"), ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]")):
            relay.heard.clear()
            assert doctor(tmp_path, "--smtp", url, "--mail-from", FROM, "--smtp-hello", given)[0] == 0
            assert relay.heard_of("EHLO") == [greeted]
        relay.heard.clear()
        server = make_server(offset=0, arguments=settings(url))
        send_test(Customer.onboard(server, 1))
        is_sent(server)
        name, = relay.heard_of("EHLO")
        assert name == "[127.0.0.1]" or ("." in name and not name.startswith("localhost")), name


@both_stores
def test_domains_go_out_in_ascii_in_the_envelope_and_in_the_headers(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=["--smtp", f"smtp+plain://127.0.0.1:{relay.port}",
                                                  "--mail-from", "tenure@bücher.example"])
        customer = Customer.onboard(server, 1, email="ada@kühlhaus.example")
        send_test(customer)
        mail, = eventually(lambda: relay.to("ada@xn--khlhaus-n2a.example"))
        assert mail["To"].addresses[0].addr_spec == "ada@xn--khlhaus-n2a.example"
        assert mail["From"].addresses[0].addr_spec == "tenure@xn--bcher-kva.example"
        assert relay.heard_of("MAIL") == ["tenure@xn--bcher-kva.example"]
        is_sent(server)


@pytest.mark.parametrize("utf8", [True, False])
def test_an_address_beyond_ascii_needs_a_relay_that_takes_it(make_server, utf8):
    with Relay(utf8=utf8) as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer, other = Customer.onboard(server, 1, email="łukasz@example.com"), Customer.onboard(server, 1)
        send_test(other)
        eventually(lambda: relay.to(other.email))
        send_test(customer)
        if utf8:
            eventually(lambda: relay.to("łukasz@example.com"))
            return
        assert eventually(lambda: outbox(server, "state", "łukasz@example.com") == "failed")
        assert "only ASCII before the @" in outbox(server, "last_error", "łukasz@example.com")
        assert relay.heard_of("RCPT") == [other.email]


@pytest.mark.parametrize("how", ["STARTTLS", "TLS"])
def test_a_password_goes_over_tls_that_is_checked(make_server, tmp_path, how):
    files, password = certificate(tmp_path), tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    with Relay(files, starttls=how == "STARTTLS", sign_in=True) as relay:
        scheme = "smtp" if how == "STARTTLS" else "smtps"
        url = f"{scheme}://{USER}@localhost:{relay.port}"
        with_password = settings(url, "--smtp-password-file", password)
        server = make_server(offset=0, arguments=with_password)
        customer = Customer.onboard(server, 1)
        send_test(customer)
        eventually(lambda: outbox(server, "last_error") != "")
        assert outbox(server, "state") == "waiting" and not relay.mails, "nobody vouches for the certificate"
        server.arguments = with_password + ["--smtp-ca-file", str(files[0])]
        server.move_clock(10 * MINUTE)
        eventually(lambda: relay.to(customer.email))
        is_sent(server)
        assert PASSWORD not in log_of(server)


def test_the_password_may_be_a_credential_of_systemd(make_server, tmp_path, monkeypatch):
    files, credential = certificate(tmp_path), tmp_path / "credentials" / "smtp-password"
    credential.parent.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credential.parent))
    with Relay(files, starttls=True, sign_in=True) as relay:
        arguments = settings(f"smtp://{USER}@localhost:{relay.port}", "--smtp-ca-file", files[0])
        code, check = doctor(tmp_path, *arguments)
        assert code == 1 and "the systemd credential smtp-password" in check["detail"], check
        credential.write_text("another password")
        code, check = doctor(tmp_path, *arguments)
        assert code == 1 and "does not accept the sign-in" in check["detail"], check
        credential.write_text(PASSWORD + "\n")
        code, check = doctor(tmp_path, *arguments)
        assert code == 0 and check["state"] == "ok" and not relay.mails, check
        server = make_server(offset=0, arguments=arguments)
        customer = Customer.onboard(server, 1)
        send_test(customer)
        eventually(lambda: relay.to(customer.email))
        is_sent(server)
        assert PASSWORD not in log_of(server)


def test_a_password_is_not_sent_to_a_relay_without_tls(make_server, tmp_path):
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp://{USER}@127.0.0.1:{relay.port}",
                                                          "--smtp-password-file", password))
        send_test(Customer.onboard(server, 1))
        eventually(lambda: outbox(server, "last_error") != "")
        assert outbox(server, "state") == "waiting" and not relay.mails


def test_a_relay_that_turns_us_away_at_once_is_quoted_and_asked_again(make_server):
    with StoppingRelay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        relay.greeting = b"554 5.7.1 your address is on a list"
        send_test(Customer.onboard(server, 1))
        assert eventually(lambda: outbox(server, "last_error")).startswith("554 5.7.1 your address is on a list (")
        assert outbox(server, "state") == "waiting"
        relay.greeting = b"220 localhost"
        server.move_clock(2 * MINUTE)
        is_sent(server)


def test_a_relay_that_hangs_holds_up_neither_the_server_nor_its_end(make_server):
    with StoppingRelay() as relay:
        relay.stop_at = "RCPT"
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer = Customer.onboard(server, 1)
        send_test(customer)
        assert relay.reached.wait(10)
        assert customer.get(customer.org).status == 200
        assert server.stop() == 0
        assert outbox(server, "state || attempts") == "waiting0", "a try that we cut off ourselves does not count"


def test_without_a_relay_mails_wait_and_it_is_said(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    send_test(customer)
    assert customer.get(customer.org).json["mail_is_set"] is False
    with Relay() as relay:
        server.arguments = settings(f"smtp+plain://127.0.0.1:{relay.port}")
        server.move_clock(5 * DAY)
        customer.sign_in_again()
        mail, = eventually(lambda: relay.to(customer.email))
        is_sent(server)
        assert outbox(server, "attempts") == "1", "waiting for a relay is no try"
        assert customer.get(customer.org).json["mail_is_set"] is True
    assert log_of(server).count(" mail.not_set ") == 1


@both_stores
def test_whoever_asked_for_a_test_mail_sees_what_became_of_it(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=settings(f"smtp+plain://127.0.0.1:{relay.port}"))
        customer, stranger = Customer.onboard(server, 1), Customer.onboard(server, 1)
        ask = lambda: f"notifications/test-mail/{customer.post(f'{customer.org}/notifications/test-mail', {}).json['id']}"
        sent = ask()
        mail = eventually(lambda: (lambda now: now["state"] == "sent" and now)(customer.get(f"{customer.org}/{sent}").json))
        assert mail["recipient"] == customer.email and mail["attempts"] == 1 and mail["sent_at"] and not mail["last_error"]
        is_problem(stranger.get(f"{stranger.org}/{sent}"), 404, "not_found")
        relay.says[customer.email] = "550 5.1.1 no such user here"
        refused = ask()
        mail = eventually(lambda: (lambda now: now["state"] == "failed" and now)(customer.get(f"{customer.org}/{refused}").json))
        assert "no such user here" in mail["last_error"] and mail["sent_at"] is None


def test_after_five_test_mails_one_has_to_wait(make_server):
    server = make_server(offset=0)
    customer = Customer.onboard(server, 1)
    for _ in range(5):
        send_test(customer)
    is_problem(customer.post(f"{customer.org}/notifications/test-mail", {}), 429, "too_many_test_mails")


@pytest.mark.parametrize("arguments", [
    ["--smtp", "smtp://user:secret@localhost"], ["--smtp", "smtp://localhost"], ["--smtp", "http://localhost"],
    ["--smtp", "smtp://me@localhost", "--mail-from", FROM], ["--smtp", "smtp+plain://me@localhost", "--mail-from", FROM],
    ["--smtp", "smtp://localhost", "--mail-from", "nobody"],
    ["--smtp", "smtp://localhost", "--mail-from", FROM, "--smtp-hello", "not a name"],
])
def test_a_bad_setting_of_the_relay_is_said_before_anything_is_made(tmp_path, arguments):
    told = Command("serve", "--store", f"sqlite:{tmp_path}/t.db", *arguments, cwd=tmp_path, env=environment())
    assert told.code == 2 and told.err and "secret@" not in told.err and not (tmp_path / "t.db").exists(), told.err


def doctor(folder, *arguments):
    """The exit code, and what is said of the relay."""
    told = Command("doctor", "--json", "--store", f"sqlite:{folder}/t.db", *arguments, cwd=folder, env=environment())
    return told.code, next(check for check in told.json["checks"] if check["name"] == "mail relay")


def test_the_doctor_asks_the_relay_and_sends_nothing(tmp_path):
    code, check = doctor(tmp_path)
    assert code == 0 and check["state"] == "warning"
    with Relay() as relay:
        url = f"smtp+plain://127.0.0.1:{relay.port}"
        code, check = doctor(tmp_path, "--smtp", url, "--mail-from", FROM)
        assert code == 0 and check["state"] == "ok" and not relay.mails, check
        assert [step for step, _ in relay.heard] == ["EHLO", "MAIL", "RCPT", "RSET"]
        assert relay.heard_of("MAIL") == relay.heard_of("RCPT") == [FROM]
    code, check = doctor(tmp_path, "--smtp", url, "--mail-from", FROM)
    assert code == 1 and check["state"] == "failed", check


@pytest.mark.parametrize("step,answer,state,words", [
    ("EHLO", "550 5.7.1 who are you", "failed", "EHLO"),
    ("MAIL", "553 5.7.1 Sender address rejected: not owned by you", "failed", "mail-from"),
    ("RCPT", "504 5.5.2 Helo command rejected: need fully-qualified hostname", "failed", "smtp-hello"),
    ("RCPT", "554 5.7.1 Relay access denied", "failed", "user into smtp"),
    ("RCPT", "530 5.7.0 Authentication required", "failed", "password"),
    ("RCPT", "550 5.1.1 User unknown", "warning", "RCPT TO"),
    ("RCPT", "450 4.2.0 Greylisted", "warning", "Greylisted"),
])
def test_the_doctor_says_which_step_the_relay_refuses_and_what_to_do(tmp_path, step, answer, state, words):
    with Relay() as relay:
        relay.refuses[step] = answer
        code, check = doctor(tmp_path, "--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", FROM)
    assert check["state"] == state and code == (state == "failed"), check
    assert answer in check["detail"] and words in check["detail"] and step in check["detail"], check
    assert not relay.mails and not relay.heard_of("DATA")


@pytest.mark.parametrize("wants,words", [("TLS", "the relay requires TLS"), ("a sign-in", "check the user in smtp")])
def test_the_doctor_says_that_the_relay_wants_tls_or_a_sign_in(tmp_path, wants, words):
    files = certificate(tmp_path) if wants == "TLS" else None
    with Relay(files, starttls=wants == "TLS", sign_in=wants != "TLS") as relay:
        code, check = doctor(tmp_path, "--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from", FROM)
    assert code == 1 and check["state"] == "failed" and "MAIL FROM" in check["detail"] and words in check["detail"], check


@pytest.mark.parametrize("store,state,words", [
    ("sqlite:{}/new/t.db", "warning", "creates it"), ("sqlite:{}/new/er/t.db", "failed", "create the folder"),
    ("postgresql://u:secret@127.0.0.1:1/x", "failed", "see that its database runs"),
])
def test_the_doctor_says_of_a_store_that_is_not_there_what_to_do(tmp_path, store, state, words):
    told = Command("doctor", "--json", "--store", store.format(tmp_path), "--secret-file", tmp_path / "secret",
                   cwd=tmp_path, env=environment())
    check = next(check for check in told.json["checks"] if check["name"] == "store")
    assert check["state"] == state and words in check["detail"], check
    assert told.code == (state == "failed") and "secret@" not in told.out + told.err
    assert not any(tmp_path.iterdir())
