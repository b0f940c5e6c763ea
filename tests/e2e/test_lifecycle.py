"""What becomes of licenses and sensors, through the API."""
import concurrent.futures
import csv
import http.client
import io
import json

import pytest

from customer import DAY, Customer, has_happened, is_problem, issue, new_serial, until
from fleet import send
from stores import both_stores


@pytest.fixture
def analyst(customer):
    """Somebody else, who is no member."""
    return Customer.sign_up(customer.server, issue(customer.server))


def states(customer, serial):
    return [license_["state"] for license_ in customer.licenses(serial)]


def take_back(customer, license_id):
    return customer.delete(f"{customer.org}/licenses/{license_id}")


def queue(customer, serial):
    return [license_["id"] for license_ in customer.row(serial)["queue"]]


def left(customer):
    return customer.manager()["licenses_left"]


# taking back

def test_a_license_that_nothing_was_saved_under_goes_back_to_the_pool(customer):
    serial = customer.sensor()
    first, second = customer.row(serial)["license_id"], customer.assign(serial).json["id"]
    assert left(customer) == 1
    assert take_back(customer, first).status == 204
    row = customer.row(serial)
    assert (row["license_id"], row["state"], row["queue"], row["auto_renewal"]) == (second, "active", [], True)
    assert take_back(customer, second).status == 204
    row = customer.row(serial)
    assert (row["license_id"], row["state"], row["auto_renewal"]) == (None, "unlicensed", False)
    assert left(customer) == 3 and customer.licenses(serial) == []
    key, = customer.items(f"{customer.org}/activation-codes")
    assert (key["assigned"], key["left"]) == (0, 3)
    is_problem(take_back(customer, second), 404, "not_found")
    is_problem(take_back(customer, "nonsense"), 404, "not_found")


def test_a_license_in_use_stays(customer):
    serial = customer.sensor()
    send(customer.server, serial, customer.server.now(), 215)
    is_problem(take_back(customer, customer.row(serial)["license_id"]), 409, "license_in_use")
    waiting = customer.assign(serial).json["id"]
    assert take_back(customer, waiting).status == 204
    assert states(customer, serial) == ["active"]


# the queue

def test_a_queue_is_put_in_another_order(customer):
    serial = customer.sensor()
    assert customer.redeem(issue(customer.server, 2, "P1M")).status == 201
    ids = [customer.assign(serial).json["id"] for _ in range(3)]
    path = f"{customer.org}/sensors/{serial}/queue"
    wanted = [ids[2], ids[0], ids[1]]
    answer = customer.put(path, {"licenses": wanted})
    assert answer.status == 200 and [license_["id"] for license_ in answer.json["queue"]] == wanted
    assert queue(customer, serial) == wanted
    told = customer.licenses(serial)
    assert all(one["expires_at"] == other["starts_at"] for one, other in zip(told, told[1:]))
    for wrong in (wanted[:2], wanted + [wanted[0]], wanted[:2] + [told[0]["id"]], [], ["nonsense"] * 3):
        is_problem(customer.put(path, {"licenses": wrong}), 422, "queue_mismatch", "licenses")
    is_problem(customer.put(path, {}), 422, "field_missing", "licenses")
    is_problem(customer.put(path, {"licenses": "all"}), 400, "wrong_type", "licenses")
    is_problem(customer.put(path, {"licenses": [1]}), 400, "wrong_type", "licenses")
    assert queue(customer, serial) == wanted


# sensors

def test_a_removed_sensor_carries_on_when_it_comes_back(customer):
    serial = customer.sensor(name="Fridge")
    running = customer.row(serial)["license_id"]
    assert customer.assign(serial).status == 201
    send(customer.server, serial, customer.server.now(), 215)
    path = f"{customer.org}/sensors/{serial}"
    assert customer.delete(path).status == 204
    is_problem(customer.get(path), 404)
    is_problem(customer.delete(path), 404)
    assert left(customer) == 2
    send(customer.server, serial, customer.server.now() + 1, 216)  # answered, not saved
    back = customer.add(serial)
    assert back.status == 201
    assert (back.json["name"], back.json["license_id"], back.json["queue"]) == ("Fridge", running, [])
    assert left(customer) == 2 and len(customer.times(serial)) == 1


def test_a_replacement_takes_over_all_but_the_serial(customer):
    server, serial, new = customer.server, customer.sensor(name="Fridge"), new_serial()
    waiting = customer.assign(serial).json["id"]
    send(server, serial, server.now(), 215)
    path = f"{customer.org}/sensors/{serial}/replacement"
    dry = customer.post(path + "?dry_run=true", {"serial": new})
    assert dry.status == 200 and dry.json["dry_run"] is True and dry.json["serial"] == new
    assert customer.row(serial)["name"] == "Fridge"
    answer = customer.post(path, {"serial": new})
    assert answer.status == 200 and "dry_run" not in answer.json
    row = customer.row(new)
    assert row["name"] == "Fridge" and queue(customer, new) == [waiting]
    is_problem(customer.get(f"{customer.org}/sensors/{serial}"), 404)
    send(server, serial, server.now() + 1, 216)
    send(server, new, server.now() + 2, 217)
    assert len(customer.times(new)) == 2
    is_problem(customer.post(path, {"serial": new}), 404)
    path = f"{customer.org}/sensors/{new}/replacement"
    for wrong in ("nonsense", "", "28\n", "2" * 33):
        is_problem(customer.post(path, {"serial": wrong}), 422, "serial_malformed", "serial")
        is_problem(customer.add(wrong), 422, "serial_malformed", "serial")
    is_problem(customer.post(path, {"serial": new}), 409, "sensor_exists", "serial")
    other = Customer.onboard(server, 1)
    is_problem(customer.post(path, {"serial": other.sensor()}), 409, "sensor_not_available", "serial")
    assert other.add(serial).status == 409  # its pool is empty: the serial itself is free
    assert other.redeem(issue(server, 1)).status == 201 and other.add(serial).status == 201


# import

def rows_of(*serials):
    return "serial,name\r\n" + "".join(f"{serial},Sensor {n}\r\n" for n, serial in enumerate(serials))


def imports(customer, body, kind="text/csv", query=""):
    return customer.post(f"{customer.org}/sensors/import{query}", body, {"Content-Type": kind})


def test_an_import_of_csv_adds_all_rows(customer):
    one, two, three = new_serial(), new_serial(), new_serial()
    key = customer.items(f"{customer.org}/activation-codes")[0]["key"]
    body = io.StringIO()
    table = csv.writer(body)
    table.writerows([["name", "serial", "key", "auto_renewal"], ['Fridge "1", left', one.lower(), "", ""], [],
                     ["two", two, key, "FALSE"], ["", three, "", "true"]])
    text = ("\ufeff" + body.getvalue()).encode()
    dry = imports(customer, text, query="?dry_run=true")
    assert dry.status == 200 and dry.json["dry_run"] is True and dry.json["licenses_left"] == 0, dry
    assert left(customer) == 3
    answer = imports(customer, text, "text/csv; charset=utf-8")
    assert answer.status == 201, answer
    assert answer.json == {"licenses_left": 0, "results": [
        {"row": n, "serial": serial, "result": "added"} for n, serial in enumerate((one, two, three), 1)]}
    assert customer.row(one)["name"] == 'Fridge "1", left' and customer.row(two)["auto_renewal"] is False
    assert customer.delete(f"{customer.org}/sensors/{two}").status == 204
    again = imports(customer, json.dumps([{"serial": two}]), "application/json")
    assert again.status == 201 and again.json["results"] == [{"row": 1, "serial": two, "result": "resumed"}]
    assert customer.row(two)["name"] == "two"


def test_an_import_with_a_bad_row_adds_none(customer):
    known, good, foreign = customer.sensor(), new_serial(), Customer.onboard(customer.server, 1).sensor()
    answer = imports(customer, rows_of(good, known, foreign, "nonsense", good) + "a,b,c\r\n")
    assert is_problem(answer, 422, "import_refused")
    results = answer.json["results"]
    assert [row["row"] for row in results] == [1, 2, 3, 4, 5, 6]
    assert [row.get("code") for row in results] == [None, "sensor_exists", "sensor_not_available",
                                                   "serial_malformed", "serial_repeated", "malformed"]
    assert all(row["detail"].endswith(".") for row in results[1:]) and results[0]["result"] == "added"
    assert results[3]["serial"] == "nonsense"
    answer = imports(customer, json.dumps([{"serial": good}, {"serial": new_serial(), "nmae": "x"}, 7,
                                           {"name": "x"}, {"serial": new_serial(), "name": 1}]), "application/json")
    assert [row.get("code") for row in answer.json["results"]] == [None, "unknown_field", "wrong_type",
                                                                  "field_missing", "wrong_type"]
    answer = imports(customer, rows_of(*[new_serial() for _ in range(5)]))
    assert is_problem(answer, 409, "no_licenses_left") and (answer.json["needed"], answer.json["left"]) == (5, 2)
    assert left(customer) == 2 and len(customer.items(f"{customer.org}/sensors")) == 1


@pytest.mark.parametrize("body, kind, status, code", [
    ("serial\n\"open", "text/csv", 400, "malformed"),
    ("serial,colour\n", "text/csv", 400, "unknown_field"),
    ("name\nx\n", "text/csv", 422, "field_missing"),
    ("", "text/csv", 422, "field_missing"),
    (b"serial\n\xff\n", "text/csv", 400, "malformed"),
    (b"serial\n\x00\n", "text/csv", 400, "malformed"),
    ("{}", "application/json", 400, "malformed"),
    ("[", "application/json", 400, "malformed"),
    ("serial\n", "text/plain", 415, "unsupported_media_type"),
    ("serial\n" + "x\n" * 100_001, "text/csv", 413, "too_large"),
    ("serial\n" + "x" * (16 << 20), "text/csv", 413, "too_large"),
], ids=["open quote", "unknown column", "no serial", "empty", "no UTF-8", "NUL", "object", "no JSON", "other type",
        "too many rows", "too long"])
def test_an_import_that_cannot_be_read_is_refused(customer, body, kind, status, code):
    try:
        answer = imports(customer, body, kind)
    except (ConnectionResetError, BrokenPipeError):
        assert len(body) > 16 << 20  # it was cut off before all of it was sent
        return
    is_problem(answer, status, code)


def test_a_long_body_is_for_members_and_imports_only(customer, analyst):
    body = "serial\n" + "x" * 100_000
    for who, path, status in ((analyst, f"{customer.org}/sensors/import", 404),
                              (customer, f"{customer.org}/sensors", 413)):
        try:
            is_problem(who.post(path, body, {"Content-Type": "text/csv"}), status)
        except (ConnectionResetError, BrokenPipeError):
            pass  # the answer came before the body was sent


@both_stores
def test_an_import_of_a_hundred_thousand_rows_is_one_request(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    count = 100_000 if server.store_url.startswith("sqlite") else 20_000
    customer = Customer.onboard(server, count)
    body = "serial,name,auto_renewal\n" + "".join(f"{n:012X},Sensor {n},true\n" for n in range(count))
    connection = http.client.HTTPConnection(*server.http_address, timeout=600)
    connection.request("POST", f"{customer.org}/sensors/import", body,
                       {"Content-Type": "text/csv", "Cookie": customer.cookie, "Idempotency-Key": "all"})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 201 and told["licenses_left"] == 0
    assert len(told["results"]) == count and told["results"][-1] == {
        "row": count, "serial": f"{count - 1:012X}", "result": "added"}
    assert customer.manager()["counts"]["active"] == count
    send(server, f"{17_777:012X}", server.now(), 215)
    assert len(customer.times(f"{17_777:012X}")) == 1
    connection.request("POST", f"{customer.org}/sensors/import?dry_run=true", body,
                       {"Content-Type": "text/csv", "Cookie": customer.cookie})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 422 and {row["code"] for row in told["results"]} == {"sensor_exists"}
    connection.close()


# many at once

def test_licenses_are_assigned_to_many_sensors_at_once(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 2, "P1M")
    serials = sorted(customer.sensor() for _ in range(2))
    assert customer.redeem(issue(server, 7, "P1Y")).status == 201
    late = customer.sensor()
    path = f"{customer.org}/assignments"
    is_problem(customer.post(path, {"serials": [], "count": 1}), 422, field="serials")
    is_problem(customer.post(path, {"serials": [""], "count": 1}), 422, "serial_malformed", "serials")
    soon = {"filter": {"expires_before": "2026-05-10T00:00:00Z"}, "count": 2}
    dry = customer.post(path + "?dry_run=true", soon)
    assert dry.status == 200 and dry.json["dry_run"] is True and dry.json["licenses_left"] == 2
    assert left(customer) == 6
    answer = customer.post(path, soon)
    assert answer.status == 201 and answer.json["licenses_left"] == 2
    assert [result["serial"] for result in answer.json["results"]] == serials
    for result in answer.json["results"]:
        assert customer.licenses(result["serial"])[1:] == result["licenses"]
        assert queue(customer, result["serial"]) == [license_["id"] for license_ in result["licenses"]]
    answer = customer.post(path, {"serials": [late, serials[0]], "count": 2})
    assert is_problem(answer, 409, "no_licenses_left") and (answer.json["needed"], answer.json["left"]) == (4, 2)
    is_problem(customer.post(path, {"serials": [new_serial()], "count": 1}), 404, "not_found", "serials")
    is_problem(customer.post(path, {"serials": [late], "filter": {}, "count": 1}), 422)
    is_problem(customer.post(path, {"count": 1}), 422, "field_missing", "serials")
    is_problem(customer.post(path, {"serials": [late]}), 422, "field_missing", "count")
    is_problem(customer.post(path, {"serials": [late], "count": 11}), 422, "invalid", "count")
    is_problem(customer.post(path, {"filter": {"colour": "red"}, "count": 1}), 400, "unknown_field")
    answer = customer.post(path, {"serials": [late], "count": 1}, {"Idempotency-Key": "one"})
    assert answer.status == 201
    assert customer.post(path, {"serials": [late], "count": 1}, {"Idempotency-Key": "one"}).json == answer.json
    assert left(customer) == 1


def test_two_programs_that_wait_for_each_answer_find_no_place_taken(make_server):
    customer = Customer.onboard(make_server(), 2, "P1M")
    wanted = {"serials": [customer.sensor()], "count": 1}

    def run(_):
        return [customer.post(f"{customer.org}/assignments?dry_run=true", wanted).status for _ in range(1500)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(run, range(2)), []) == [200] * 3000, "an organization runs two bulk requests at a time"


def test_nobody_else_reaches_any_of_it(customer, analyst):
    serial = customer.sensor()
    license_id = customer.row(serial)["license_id"]
    sensor = f"{customer.org}/sensors/{serial}"
    for method, path, body in (("DELETE", f"{customer.org}/licenses/{license_id}", None), ("DELETE", sensor, None),
                               ("PUT", f"{sensor}/queue", {"licenses": []}),
                               ("POST", f"{sensor}/replacement", {"serial": new_serial()}),
                               ("POST", f"{customer.org}/assignments", {"serials": [serial], "count": 1}),
                               ("POST", f"{customer.org}/sensors/import", [{"serial": new_serial()}])):
        is_problem(analyst.request(method, path, body), 404)
    analyst.found()
    is_problem(analyst.delete(f"{analyst.org}/licenses/{license_id}"), 404)
    assert states(customer, serial) == ["active"]


# alarms, name

def test_alarms_are_paused_and_the_license_goes_on(customer):
    serial = customer.sensor()
    path, before = f"{customer.org}/sensors/{serial}", customer.row(serial)
    changed = customer.patch(path, {"alarms_paused": True, "name": "Cellar"})
    assert changed.status == 200 and changed.json["alarms_paused"] is True and changed.json["name"] == "Cellar"
    assert customer.row(serial) == before | {"name": "Cellar"}


def test_what_comes_back_renews_who_had_stopped(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 1, "P1D")
    stopped = customer.sensor()
    assert customer.redeem(issue(server, 2, "P1M")).status == 201
    serial = customer.sensor()
    waiting = customer.assign(serial).json["id"]
    server.move_clock(server.offset + 5 * DAY)
    assert customer.row(stopped)["state"] == "expired"
    began = server.now()
    assert take_back(customer, waiting).status == 204
    row = customer.row(stopped)
    assert row["state"] == "active" and has_happened(server, row["activated_at"], began)
