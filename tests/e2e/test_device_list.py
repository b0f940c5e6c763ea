"""Who may add a serial: what a refusal tells, the operator's device list, and the release of a serial."""
import json
import threading

import pytest

from customer import API, Customer, is_problem, new_serial
from stores import both_stores

IMPORT = {"Content-Type": "text/csv"}
DEVICES = f"{API}/operator/devices"


def lists(operator, text, query=""):
    return operator.post(f"{DEVICES}/import{query}", text, IMPORT)


def imports(customer, serials, query="?dry_run=true", headers=None):
    text = "serial\n" + "".join(f"{serial}\n" for serial in serials)
    return customer.post(f"{customer.org}/sensors/import{query}", text, IMPORT | (headers or {}))


def owned(server, count):
    """The serials of another organization."""
    other, serials = Customer.onboard(server, count), [new_serial() for _ in range(count)]
    assert imports(other, serials, "").status == 201
    return serials


@both_stores
def test_nobody_lists_the_serials_of_a_server(server):
    theirs = owned(server, 60)
    customer = Customer.onboard(server, 59)
    refused = imports(customer, theirs)
    assert is_problem(refused, 409, "no_licenses_left") and (refused.json["needed"], refused.json["left"]) == (60, 59)
    refused = imports(customer, theirs[:50])
    assert is_problem(refused, 422, "import_refused") and refused.json["not_judged"] == 31
    assert [row["row"] for row in refused.json["results"]] == list(range(1, 20))
    assert {row["code"] for row in refused.json["results"]} == {"sensor_not_available"}
    is_problem(customer.add(theirs[0]), 409, "sensor_not_available")
    # From here on neither a single sensor nor an import nor a replacement tells of another one.
    serial = customer.sensor()
    refused = customer.add(theirs[30])
    assert is_problem(refused, 429, "too_many_serials") and int(refused.headers["Retry-After"]) <= 30
    for query in ("", "?dry_run=true"):
        refused = imports(customer, theirs[31:35], query)
        assert is_problem(refused, 429, "too_many_serials") and "results" not in refused.json
        is_problem(customer.post(f"{customer.org}/sensors/{serial}/replacement{query}", {"serial": theirs[36]}), 429)
    is_problem(customer.add(new_serial()), 429, "too_many_serials")
    # The user has the same pause in another organization.
    customer.found(name="Second")
    is_problem(customer.add(theirs[40]), 429, "too_many_serials")


def test_questions_that_come_together_count_together(server):
    theirs, customer = owned(server, 40), Customer.onboard(server, 1)
    told, lock = [], threading.Lock()

    def ask(mine):
        for serial in mine:
            answer = customer.add(serial)
            with lock:
                told.append(answer.json["code"])

    threads = [threading.Thread(target=ask, args=(theirs[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 40 and told.count("sensor_not_available") == 19 and told.count("too_many_serials") == 21


def test_a_repeated_request_counts_once_and_gets_the_same_answer(server):
    theirs, customer = owned(server, 20), Customer.onboard(server, 20)
    added, headers = new_serial(), {"Idempotency-Key": "add"}
    path = f"{customer.org}/sensors"
    first = customer.post(path, {"serial": added}, headers)
    assert first.status == 201
    for _ in range(3):
        refused = customer.post(path, {"serial": theirs[0]}, {"Idempotency-Key": "foreign"})
        is_problem(refused, 409, "sensor_not_available")
    for serial in theirs[:19]:
        is_problem(customer.add(serial), 409, "sensor_not_available")
    is_problem(customer.add(theirs[19]), 429, "too_many_serials")
    again = customer.post(path, {"serial": added}, headers)  # while it has to wait
    assert again.status == 201 and again.body == first.body


@both_stores
def test_an_operator_keeps_a_list_of_devices(server, operator):
    customer = Customer.onboard(server, 2)
    bound, coded, label = new_serial(), new_serial(), new_serial()
    text = f"serial,claim_code,organization_id\r\n{bound},,{customer.id}\r\n{coded.lower()},K7Q2-M9,\r\n{label}:CODE9,,\r\n"
    dry = lists(operator, text, "?dry_run=true")
    assert dry.status == 200 and dry.json["dry_run"] is True and operator.get(DEVICES).json["items"] == []
    answer = lists(operator, text)
    assert answer.status == 201 and answer.json["results"] == [
        {"row": n, "serial": serial, "result": "added"} for n, serial in enumerate((bound, coded, label), 1)]
    assert lists(operator, f"serial,claim_code\n{coded},\n").json["results"][0]["result"] == "changed"
    first = operator.get(DEVICES, limit=1).json
    assert first["items"][0]["organization"] == {"id": customer.id, "name": "Cold Chain"} and first["next"]
    items = {item["serial"]: item for item in operator.get(DEVICES).json["items"]}
    assert [items[serial]["has_claim_code"] for serial in (bound, coded, label)] == [False, True, True]
    assert "K7Q2" not in json.dumps(items) and "CODE9" not in json.dumps(items)
    assert customer.add(bound).status == 201
    assert operator.get(DEVICES, q=bound[:12]).json["items"][0]["owner"]["id"] == customer.id
    is_problem(operator.get(DEVICES, q="fridge"), 400, "malformed", "q")

    bad = lists(operator, f"serial,claim_code,organization_id\n{coded},abc,\nx,,\n{bound},,0000000000001\n{bound},,\n{label},CODE9,,1\n")
    assert is_problem(bad, 422, "import_refused")
    assert [row["code"] for row in bad.json["results"]] == ["invalid", "serial_malformed", "not_found",
                                                           "serial_repeated", "malformed"]
    is_problem(lists(operator, "serial,colour\n"), 400, "unknown_field")
    is_problem(lists(operator, "claim_code\n"), 422, "field_missing", "serial")
    is_problem(operator.post(f"{DEVICES}/import", []), 415, "unsupported_media_type")
    assert operator.delete(f"{DEVICES}/{label}").status == 204
    is_problem(operator.delete(f"{DEVICES}/{label}"), 404, "not_found")
    for answer in (customer.get(DEVICES), lists(customer, text), customer.delete(f"{DEVICES}/{coded}"),
                   customer.post(f"{DEVICES}/{bound}/release", {})):
        is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("claim", ["listed", "code"])
def test_the_list_says_who_may_add_a_device(make_server, tmp_path, claim):
    server = make_server(offset=0, arguments=["--claim", claim])
    operator, customer, other = sign_in_operator(server, tmp_path), Customer.onboard(server, 5), Customer.onboard(server, 5)
    assert customer.get(f"{API}/session").json["claim"] == claim
    device, bound, unknown, spare = (new_serial() for _ in range(4))
    assert lists(operator, f"serial,claim_code,organization_id\n{device},K7Q2-M9,\n{bound},B0B0,{customer.id}\n"
                           f"{spare},SPARE1,\n").status == 201
    if claim == "listed":
        is_problem(customer.add(unknown), 409, "sensor_not_available", "serial")
        is_problem(other.add(bound), 409, "sensor_not_available", "serial")
        rows = imports(customer, [device, unknown]).json["results"]
        assert [row.get("code") for row in rows] == [None, "sensor_not_available"]
        assert customer.add(device).status == 201 and customer.add(f"{bound}:anything").status == 201
        return
    is_problem(customer.add(device), 403, "claim_required", "claim_code")
    is_problem(customer.add(unknown), 403, "claim_required", "claim_code")
    is_problem(customer.add(device, claim_code="K7Q2-M8"), 403, "claim_wrong", "claim_code")
    is_problem(customer.add(unknown, claim_code="K7Q2-M9"), 403, "claim_wrong", "claim_code")
    is_problem(other.add(bound, claim_code="B0B0"), 409, "sensor_not_available", "serial")
    text = f"serial,claim_code\n{device},k7q2 m9\n{spare},SPARE2\n{bound},\n"
    refused = customer.post(f"{customer.org}/sensors/import", text, IMPORT)
    assert [row.get("code") for row in refused.json["results"]] == [None, "claim_wrong", "claim_required"]
    assert customer.post(f"{customer.org}/sensors/import", f"serial,claim_code\n{device},k7q2 m9\n", IMPORT).status == 201
    path = f"{customer.org}/sensors/{device}/replacement"
    is_problem(customer.post(path, {"serial": spare}), 403, "claim_required", "claim_code")
    is_problem(customer.post(path + "?dry_run=true", {"serial": spare, "claim_code": "X"}), 403, "claim_wrong")
    assert customer.post(path, {"serial": f"{spare}:SPARE1"}).status == 200
    while (answer := customer.add(bound, claim_code="B0B1")).status == 403:
        is_problem(answer, 403, "claim_wrong")
    is_problem(answer, 429, "too_many_serials")
    is_problem(customer.add(bound, claim_code="B0B0"), 429, "too_many_serials")
    server.move_clock(31)
    assert customer.add(bound, claim_code="B0B0").status == 201


def sign_in_operator(server, folder):
    password = folder / "operator.password"
    password.write_text("a quiet green river\n")
    email = "operator@example.com"
    assert server.command("user", "add", "--email", email, "--operator", "--password-file", password).code == 0
    client = Customer(server, email)
    assert client.sign_in(email, "a quiet green river").status == 200
    return client


@both_stores
def test_the_operator_releases_and_moves_a_serial(server, operator):
    customer, other = Customer.onboard(server, 3), Customer.onboard(server, 3)
    serial = customer.sensor(name="Fridge")
    assert customer.assign(serial).status == 201 and customer.manager()["licenses_left"] == 1
    path = f"{DEVICES}/{serial}/release"
    is_problem(operator.post(f"{DEVICES}/{new_serial()}/release", {}), 404, "not_found")
    is_problem(operator.post(path, {"organization_id": customer.id}), 409, "sensor_exists", "organization_id")
    is_problem(operator.post(path, {"organization_id": "0000000000001"}), 404, "not_found", "organization_id")
    dry = operator.post(path + "?dry_run=true")
    assert dry.status == 200 and dry.json["released_from"]["id"] == customer.id and dry.json["reserved_for"] is None
    assert customer.row(serial)["name"] == "Fridge"
    moved = operator.post(path, {"organization_id": other.id})
    assert moved.status == 200 and moved.json == {
        "serial": serial, "name": "Fridge", "released_from": {"id": customer.id, "name": "Cold Chain"},
        "reserved_for": {"id": other.id, "name": "Cold Chain"}}
    assert customer.manager()["licenses_left"] == 2, "the waiting license is back in the pool"
    is_problem(customer.get(f"{customer.org}/sensors/{serial}"), 404)
    is_problem(customer.add(serial), 409, "sensor_not_available")
    assert other.add(serial).status == 201
    for who, actions in ((customer, ["sensor.release", "sensor.remove"]), (other, ["sensor.add", "sensor.reserve"])):
        log = who.items(f"{who.org}/audit-log")
        assert [item["action"] for item in log][:2] == actions
        assert [item["kind"] for item in who.items(f"{who.org}/notices")] == ["sensor_released"]
    assert operator.post(path, {}).status == 200 and customer.add(serial).status == 201
    assert customer.row(serial)["name"] == "Fridge"
