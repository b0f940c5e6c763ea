"""Names, searches, e-mails and passwords, however they are typed and composed."""
import unicodedata

from customer import API, Customer, eventually, is_problem, issue, new_serial
from relay import Relay
from stores import both_stores, change, look
from web import Client

SECRET = "Grüße aus Łódź"


def apart(text):
    """As some keyboards and file systems compose it: the letter, then its accent."""
    return unicodedata.normalize("NFD", text)


@both_stores
def test_an_account_is_signed_into_however_email_and_password_are_composed(make_server):
    server = make_server(offset=0)
    body = {"email": apart("Jürgen@Bücher.example"), "password": apart(SECRET), "name": apart("Jürgen"),
            "activation_code": issue(server)}
    made = Client(server.http_address).post(f"{API}/users", body)
    assert made.status == 201, made
    assert made.json["user"]["email"] == "jürgen@bücher.example" and made.json["user"]["name"] == "Jürgen"
    for email in ("jürgen@bücher.example", apart("JÜRGEN@bücher.EXAMPLE"), "Jürgen@xn--bcher-kva.example"):
        for password in (SECRET, apart(SECRET)):
            answer = Client(server.http_address).sign_in(email, password)
            assert answer.status == 200 and answer.json["user"]["id"] == made.json["user"]["id"], email
    is_problem(Client(server.http_address).sign_in("jurgen@bucher.example", SECRET), 401, "sign_in_failed")
    is_problem(Client(server.http_address).sign_in("jürgen@bücher.example", SECRET.upper()), 401, "sign_in_failed")
    again = Client(server.http_address).post(f"{API}/users", body | {"email": "JÜRGEN@bücher.example"})
    is_problem(again, 409, "email_taken", "email")
    for bad in ("a\u200bb@example.com", "a\u202eb@example.com", "a@b\u00e4d_host.example", "a@-b.example"):
        is_problem(Client(server.http_address).post(f"{API}/users", body | {"email": bad}), 422, field="email")


@both_stores
def test_a_sensor_is_found_and_sorted_by_its_letters(make_server):
    someone = Customer.onboard(make_server(offset=0), 10)
    names = ["Zebra", apart("Kühlraum"), "Äpfel", "apricot", "Łódź", "Straße", "100 %"]
    serials = {name: someone.sensor(name=name) for name in names}
    for q, name in (("KÜHLRAUM", names[1]), ("kuhlraum", names[1]), (apart("kühl"), names[1]), ("apf", "Äpfel"),
                    ("lodz", "Łódź"), ("STRASSE", "Straße"), ("%", "100 %")):
        assert [row["serial"] for row in someone.manager(q=q)["items"]] == [serials[name]], q
    assert someone.manager(q="kuehlraum")["items"] == []
    ordered = [row["name"] for row in someone.items(f"{someone.org}/license-manager", sort="name", limit=2)]
    assert ordered == ["100 %", "Äpfel", "apricot", "Kühlraum", "Łódź", "Straße", "Zebra"]


def test_a_name_shows_what_it_holds(customer):
    for name in ("\u3000", "Fridge\u200b", "\u202eegdirF", "\ufeffFridge", "Kühl\u00adraum", "\u3164"):
        is_problem(customer.add(new_serial(), name=name), 422, field="name")
        is_problem(customer.patch(customer.org, {"name": name}), 422, field="name")
    family = "👩\u200d🔬 ❄\ufe0f می\u200cخواهم"
    assert customer.row(customer.sensor(name=f" {family} "))["name"] == family


@both_stores
def test_accounts_of_an_older_program_keep_their_sign_in_and_doctor_names_two_of_one_email(make_server):
    server = make_server(offset=0)
    people = [Customer.sign_up(server, issue(server), f"old{n}@example.com") for n in range(3)]
    server.stop()
    emails = ["jürgen@example.com", apart("jürgen@example.com"), "zOË@example.com"]
    for who, (number, email) in zip(people, enumerate(emails)):
        change(server.store_url, f"UPDATE user_account SET email = '{email}', created_at = {number}"
                                    f" WHERE email = '{who.email}'")
        who.email = email
    change(server.store_url, "DELETE FROM text_form")
    stale = server.command("doctor", "--json", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0")
    assert {check["name"]: check["state"] for check in stale.json["checks"]}["store"] == "warning"
    server.start()
    for who in people:
        who.sign_in_again()
    seen = [who.get(f"{API}/session").json["user"]["email"] for who in people]
    assert seen == [emails[0], emails[1], "zoë@example.com"]
    told = server.command("doctor", "--json", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0")
    said, = [check for check in told.json["checks"] if check["name"] == "e-mails"]
    assert said["state"] == "warning" and f"{emails[1]} and {emails[0]}" in said["detail"]


@both_stores
def test_a_command_makes_forms_that_were_never_made_and_a_server_leaves_those_of_a_newer_library(make_server, tmp_path):
    server = make_server(offset=0)
    someone = Customer.onboard(server)
    serial = someone.sensor(name="Kühlraum")
    server.stop()
    change(server.store_url, f"UPDATE user_account SET email = 'zOË@example.com' WHERE email = '{someone.email}'")
    change(server.store_url, "DELETE FROM text_form")
    password = tmp_path / "password"
    password.write_text(SECRET)
    again = server.command("user", "add", "--json", "--email", "zoë@example.com", "--password-file", password)
    assert again.code == 1 and again.problem["code"] == "email_taken", again.err
    change(server.store_url, "UPDATE text_form SET rules = '1.fffffff'")
    change(server.store_url, "UPDATE sensor SET name_folded = 'of a newer library'")
    server.start()
    said, = [line for line in server.log.read_text().splitlines() if " store.texts_newer " in line]
    assert "own=1." in said
    someone.email = "zoë@example.com"
    someone.sign_in_again()
    assert [row["serial"] for row in someone.manager(q="newer")["items"]] == [serial]
    assert look(server.store_url, "SELECT rules FROM text_form") == "1.fffffff"


def test_a_public_url_with_letters_beyond_ascii_is_as_a_browser_sends_it(make_server):
    server = make_server(offset=0, arguments=["--public-url", "https://Lizenzen.Bücher.example"])
    origin = "https://lizenzen.xn--bcher-kva.example"
    someone = Customer.onboard(server)
    assert someone.patch(someone.org, {"name": "x"}, {"Origin": origin}).status == 200
    is_problem(someone.patch(someone.org, {"name": "x"}, {"Origin": "https://xn--bcher-kva.example"}), 403, "wrong_origin")
    link = someone.post(f"{someone.org}/members", {"email": "new@example.com", "role": "analyst"}).json["link"]
    assert link.startswith(f"{origin}/invitations/")


def test_a_mail_goes_to_the_domain_in_ascii(make_server):
    with Relay() as relay:
        server = make_server(offset=0, arguments=["--smtp", f"smtp+plain://127.0.0.1:{relay.port}", "--mail-from",
                                                  "tenure@müller.example"])
        someone = Customer.onboard(server)
        made = someone.post(f"{someone.org}/members", {"email": "Anna@Bücher.example", "role": "analyst"})
        assert made.status == 201 and made.json["email"] == "anna@bücher.example", made
        mail, = eventually(lambda: relay.to("anna@xn--bcher-kva.example"))
        assert "tenure@xn--mller-kva.example" in mail["From"] and "anna@xn--bcher-kva.example" in mail["To"]
        eventually(lambda: someone.items(f"{someone.org}/members")[-1]["mail_state"] == "sent")
