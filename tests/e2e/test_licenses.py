"""The license rules through the API, under a chosen clock."""
import concurrent.futures

import pytest

from customer import API, Customer, eventually, has_happened, instant, is_problem, issue, new_serial, until, written
from fleet import send
from stores import both_stores

NO_SENSORS = dict.fromkeys(("active", "expiring", "expired", "unlicensed", "stopping", "not_saving"), 0)


# from a code to sensors

def test_whoever_holds_a_code_gets_from_it_to_licensed_sensors(common_server):
    code = issue(common_server, 2, "P2Y", "--reference", "order 7")
    customer = Customer.sign_up(common_server, code, "Ada@Example.com")
    session = customer.get(f"{API}/session").json
    assert session["user"]["email"] == "ada@example.com" and session["organizations"] == []
    customer.found("Europe/Warsaw", "Cold Chain")
    assert [(o["id"], o["name"], o["role"]) for o in customer.get(f"{API}/session").json["organizations"]] == [
        (customer.id, "Cold Chain", "administrator")]
    shown = customer.get(customer.org).json
    assert (shown["name"], shown["time_zone"]) == ("Cold Chain", "Europe/Warsaw")
    assert customer.manager()["licenses_left"] == 0

    dry = customer.redeem(code, dry_run="true")
    assert dry.status == 200 and dry.json["dry_run"] is True and dry.json["licenses_left"] == 2
    assert customer.manager()["licenses_left"] == 0
    began = common_server.now()
    first = customer.redeem(code.lower().replace("-", " "))
    assert first.status == 201
    told = first.json
    assert (told["key"], told["quantity"], told["term"], told["licenses_left"], told["renewed"]) == (
        code, 2, "P2Y", 2, [])
    assert has_happened(common_server, told["redeemed_at"], began)

    one, two = new_serial(), new_serial()
    colons = ":".join(one[i:i + 2] for i in range(0, 12, 2)).lower()
    row = customer.add(colons, name="Freezer 1")
    assert row.status == 201
    assert (row.json["serial"], row.json["name"], row.json["state"]) == (one, "Freezer 1", "active")
    assert customer.add(two, auto_renewal=False).json["auto_renewal"] is False
    is_problem(customer.add(new_serial()), 409, "no_licenses_left")
    is_problem(customer.add(one), 409, "sensor_exists")

    again = customer.redeem(code)
    assert again.status == 200 and again.json == told, "the first answer, whatever happened since"
    manager = customer.manager()
    assert manager["licenses_left"] == 0
    assert manager["counts"] == NO_SENSORS | {"active": 2}
    key, = customer.items(f"{customer.org}/activation-codes")
    assert (key["key"], key["quantity"], key["assigned"], key["left"], key["term"]) == (code, 2, 2, 0, "P2Y")
    assert key["redeemed_by"] == "ada@example.com"


def test_a_row_of_the_license_manager_has_every_column(customer):
    serial = customer.sensor(name="Dock")
    row = customer.row(serial)
    license_, = customer.licenses(serial)
    assert set(row) == {"serial", "name", "state", "activated_at", "expires_at", "last_day", "days_left", "key",
                        "key_assigned", "key_quantity", "auto_renewal", "covered_until", "queue", "next", "refused",
                        "license_id"}
    assert set(license_) == {"id", "serial", "key", "term", "state", "starts_at", "expires_at", "last_day", "assigned_at",
                             "assigned_by"}
    assert (row["key_assigned"], row["key_quantity"]) == (1, 3)
    assert (row["license_id"], row["activated_at"], row["expires_at"], row["covered_until"], row["last_day"], row["key"]) == (
        license_["id"], license_["starts_at"], license_["expires_at"], license_["expires_at"], license_["last_day"],
        license_["key"])
    assert row["queue"] == [] and row["next"] == "pool" and row["auto_renewal"] is True
    assert row["refused"] == {"count": 0, "first_at": None, "last_at": None, "reasons": dict.fromkeys(
        ("unlicensed", "expired", "before_first_license", "bad_timestamp", "bad_token"), 0)}
    assert (license_["state"], license_["term"], license_["assigned_by"]) == ("active", "P2Y", customer.email)


def test_what_comes_next_is_the_queue_the_pool_or_the_end(customer):
    serial = customer.sensor()
    assert customer.row(serial)["next"] == "pool"
    path = f"{customer.org}/sensors/{serial}"
    assert customer.patch(path, {"auto_renewal": False}).json["auto_renewal"] is False
    assert customer.row(serial)["next"] == "stops" and customer.row(serial)["auto_renewal"] is False
    assert customer.assign(serial).status == 201
    assert customer.row(serial)["next"] == "queue"


# rule 2: the table of rules.md

RULE_2 = [("Europe/Warsaw", "2026-11-24T13:05:00Z", "P2Y", "2028-11-24", "2028-11-24T23:00:00Z", 731),
          ("UTC", "2024-02-28T10:00:00Z", "P1Y", "2025-02-28", "2025-03-01T00:00:00Z", 366),
          ("UTC", "2024-02-29T10:00:00Z", "P1Y", "2025-02-28", "2025-03-01T00:00:00Z", 365),
          ("UTC", "2027-01-30T10:00:00Z", "P1M", "2027-02-28", "2027-03-01T00:00:00Z", 29),
          ("Europe/Warsaw", "2027-03-27T11:00:00Z", "P1D", "2027-03-28", "2027-03-28T22:00:00Z", 1),
          ("America/New_York", "2027-01-01T04:59:30Z", "P1Y", "2027-12-31", "2028-01-01T05:00:00Z", 365),
          ("Asia/Kolkata", "2026-06-15T02:30:00Z", "P30D", "2026-07-15", "2026-07-15T18:30:00Z", 30)]


@pytest.mark.parametrize("zone, starts, term, last_day, expires_at, days_left", RULE_2,
                         ids=[f"{row[0]} {row[1]}" for row in RULE_2])
def test_a_term_ends_at_a_local_midnight_and_never_runs_short(make_server, zone, starts, term, last_day, expires_at,
                                                             days_left):
    server = make_server(offset=until(starts))
    customer = Customer.onboard(server, 1, term, zone)
    row = customer.row(customer.sensor())
    assert 0 <= instant(row["activated_at"]) - instant(starts) < 30
    assert (row["last_day"], row["expires_at"], row["days_left"]) == (last_day, expires_at, days_left)


CHAINS = [("UTC", "2027-01-29T10:00:00Z", "P1D", "P1M", "2027-01-31T00:00:00Z", "2027-02-28", "2027-03-01T00:00:00Z"),
          ("UTC", "2027-01-26T10:00:00Z", "P1D", "P1M", "2027-01-28T00:00:00Z", "2027-02-27", "2027-02-28T00:00:00Z"),
          ("Europe/Warsaw", "2026-11-24T13:05:00Z", "P2Y", "P2Y", "2028-11-24T23:00:00Z", "2030-11-24",
           "2030-11-24T23:00:00Z")]


@pytest.mark.parametrize("zone, now, first, then, starts_at, last_day, expires_at", CHAINS, ids=[row[4] for row in CHAINS])
def test_a_queued_license_starts_exactly_where_coverage_ends(make_server, zone, now, first, then, starts_at, last_day,
                                                            expires_at):
    server = make_server(offset=until(now))
    customer = Customer.onboard(server, 1, first, zone)
    second = issue(server, 2, then)
    serial = customer.sensor()
    assert customer.redeem(second).status == 201
    dry = customer.post(f"{customer.org}/sensors/{serial}/licenses?dry_run=true", {"key": second})
    assert dry.status == 200 and dry.json["dry_run"] is True and dry.json["starts_at"] == starts_at
    assert len(customer.licenses(serial)) == 1
    added = customer.assign(serial, key=second)
    assert added.status == 201, added
    assert (added.json["state"], added.json["starts_at"], added.json["last_day"], added.json["expires_at"]) == (
        "queued", starts_at, last_day, expires_at)
    row = customer.row(serial)
    assert row["expires_at"] == starts_at and row["covered_until"] == expires_at
    assert [waiting["id"] for waiting in row["queue"]] == [added.json["id"]]
    third = customer.assign(serial)
    assert third.json["starts_at"] == expires_at
    is_problem(customer.assign(serial), 409, "no_licenses_left")
    assert [license_["state"] for license_ in customer.licenses(serial)] == ["active", "queued", "queued"]


# what the clock does

@both_stores
def test_a_sensor_expires_by_the_clock_alone_and_its_history_stays_readable(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 2, "P1D", "Europe/Warsaw")
    serial = customer.sensor(auto_renewal=False)
    end = instant("2026-03-11T23:00:00Z")
    assert customer.row(serial)["expires_at"] == written(end)
    assert customer.manager()["counts"] == NO_SENSORS | {"active": 1, "expiring": 1, "stopping": 1}
    at = server.now()
    send(server, serial, at, 215)

    server.move_clock(until("2026-03-11T22:00:00Z"))
    row = customer.row(serial)
    assert (row["state"], row["days_left"], row["last_day"]) == ("active", 0, "2026-03-11")

    server.move_clock(until("2026-03-11T23:00:01Z"))
    row = customer.row(serial)
    assert (row["state"], row["days_left"], row["covered_until"], row["next"]) == ("expired", None, None, None)
    assert row["expires_at"] == written(end), "that of the last license"
    assert customer.licenses(serial)[0]["state"] == "expired"
    assert customer.get(f"{customer.org}/sensors/{serial}").json["state"] == "expired"
    assert customer.manager()["counts"] == NO_SENSORS | {"expired": 1}
    assert customer.manager(state="stopping")["items"] == customer.manager(state="not_saving")["items"] == []
    assert [r["serial"] for r in customer.manager(state="expired")["items"]] == [serial]
    assert customer.manager(state="active")["items"] == []

    began = server.now()
    send(server, serial, began, 1, 2, 3)  # acknowledged all the same
    assert [item["value"] for item in customer.measurements(serial)] == [21.5]
    assert customer.manager()["counts"] == NO_SENSORS | {"expired": 1, "not_saving": 1}
    assert [r["serial"] for r in customer.manager(state="not_saving")["items"]] == [serial]
    refused = customer.row(serial)["refused"]
    assert refused["count"] == 3 and has_happened(server, refused["first_at"], began)

    began = server.now()
    renewed = customer.assign(serial)
    assert renewed.status == 201 and renewed.json["state"] == "active"
    assert has_happened(server, renewed.json["starts_at"], began), "never back-dated by hand"
    send(server, serial, end + 0, 9)  # measured in the gap, delivered after the renewal
    send(server, serial, end - 60, 8)  # measured under the first license
    assert [item["value"] for item in customer.measurements(serial)] == [21.5, 0.8]
    assert customer.row(serial)["refused"]["count"] == 4


@both_stores
def test_a_queued_license_takes_over_at_its_instant(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 2, "P1D")
    serial = customer.sensor()
    queued = customer.assign(serial).json
    middle = instant("2026-03-12T00:00:00Z")
    assert queued["starts_at"] == written(middle) and queued["expires_at"] == "2026-03-13T00:00:00Z"
    server.move_clock(until("2026-03-12T00:10:00Z"))
    row = customer.row(serial)
    assert (row["state"], row["license_id"], row["queue"]) == ("active", queued["id"], [])
    assert [license_["state"] for license_ in customer.licenses(serial)] == ["expired", "active"]
    send(server, serial, middle - 120, 1, 2, 3, 4)
    assert customer.times(serial) == [middle - 120, middle - 60, middle, middle + 60], "without a gap"
    assert customer.row(serial)["refused"]["count"] == 0


def test_expiring_are_those_whose_coverage_ends_within_30_days(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 3, "P20D")
    soon, queued = customer.sensor(), customer.sensor()
    assert customer.assign(queued).status == 201
    assert [row["serial"] for row in customer.manager(state="expiring")["items"]] == [soon]
    assert customer.manager()["counts"]["expiring"] == 1 and customer.manager()["counts"]["active"] == 2


@pytest.mark.parametrize("order, term", [("oldest_first", "P2M"), ("shortest_first", "P1M"), ("longest_first", "P3M")])
def test_the_pool_chooses_by_the_order_of_the_organization_unless_a_key_is_named(common_server, order, term):
    customer = Customer.onboard(common_server, 2, "P2M")
    keys = {"P2M": customer.items(f"{customer.org}/activation-codes")[0]["key"]}
    for other in ("P3M", "P1M"):
        keys[other], before = issue(common_server, 2, other), common_server.now()
        eventually(lambda: common_server.now() > before)  # redeemed in another second
        assert customer.redeem(keys[other]).status == 201
    assert customer.patch(customer.org, {"pool_order": order}).json["pool_order"] == order
    assert customer.row(customer.sensor())["key"] == keys[term]
    for key in keys.values():
        assert customer.row(customer.sensor(key=key))["key"] == key
    is_problem(customer.add(new_serial(), key=keys[term]), 409, "key_exhausted")


def test_a_change_of_the_time_zone_moves_no_interval(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 2, "P1D", "America/New_York")
    before = customer.row(customer.sensor())
    assert (before["expires_at"], before["last_day"]) == ("2026-03-12T04:00:00Z", "2026-03-11")
    assert customer.patch(customer.org, {"time_zone": "Asia/Kolkata"}).json["time_zone"] == "Asia/Kolkata"
    after = customer.row(before["serial"])
    assert after["expires_at"] == before["expires_at"] and after["activated_at"] == before["activated_at"]
    assert after["last_day"] == "2026-03-12" and after["days_left"] == 2, "told in days of the new zone"
    assert customer.row(customer.sensor())["expires_at"] == "2026-03-11T18:30:00Z"


def test_the_license_manager_sorts_and_filters_by_expiration(common_server):
    customer = Customer.onboard(common_server, 1, "P3M")
    sensors = {"P3M": customer.sensor(name="b")}
    for term, name in (("P1M", "c"), ("P2M", "A")):
        key = issue(common_server, 1, term)
        assert customer.redeem(key).status == 201
        sensors[term] = customer.sensor(name=name, key=key)

    def order(**query):
        by_serial = {serial: term for term, serial in sensors.items()}
        return [by_serial[row["serial"]] for row in customer.items(f"{customer.org}/license-manager", **query)]
    assert order() == order(sort="expires_at") == ["P1M", "P2M", "P3M"]
    assert order(sort="name") == ["P2M", "P3M", "P1M"]
    assert order(sort="serial") == order(sort="activated_at", limit=1) == ["P3M", "P1M", "P2M"]
    middle = customer.row(sensors["P2M"])["expires_at"]
    assert order(expires_before=middle) == ["P1M"]
    assert order(state="active", sort="name", limit=2) == ["P2M", "P3M", "P1M"] and order(state="expired") == []


def test_the_last_license_goes_to_one_sensor_whatever_runs_at_once(common_server):
    customer = Customer.onboard(common_server, 3)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(customer.add, [new_serial() for _ in range(8)]))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 5
    assert customer.manager()["licenses_left"] == 0
