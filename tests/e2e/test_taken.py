"""What a change would take from the pool is said before, and what it took after; and days are counted in one way."""
import pytest

from customer import API, Customer, issue, new_serial, until


def key_of(customer, code):
    answer = customer.redeem(code)
    assert answer.status == 201, answer
    return answer.json["key"]


def stopped(server, *terms):
    """A sensor that never had a license, without auto renewal, and a pool of one license of each term."""
    customer = Customer.onboard(server, 1, "P1D")
    serial = customer.sensor()
    assert customer.delete(f"{customer.org}/licenses/{customer.row(serial)['license_id']}").status == 204
    assert customer.row(serial)["state"] == "unlicensed" and not customer.row(serial)["auto_renewal"]
    return customer, serial, [key_of(customer, issue(server, 1, term)) for term in terms]


def test_switching_auto_renewal_on_is_previewed_and_undone(common_server):
    customer, serial, _ = stopped(common_server)
    at = f"{customer.org}/sensors/{serial}"
    key = customer.items(f"{customer.org}/activation-codes")[0]["key"]
    dry = customer.patch(f"{at}?dry_run=true", {"auto_renewal": True})
    assert dry.status == 200 and dry.json["dry_run"] is True, dry
    assert (dry.json["auto_renewal"], dry.json["state"], dry.json["licenses_left"]) == (True, "active", 0)
    taken, = dry.json["renewed"]
    assert (taken["serial"], taken["key"], taken["term"]) == (serial, key, "P1D")
    row = customer.row(serial)
    assert (row["state"], row["auto_renewal"], customer.manager()["licenses_left"]) == ("unlicensed", False, 1)

    done = customer.patch(at, {"auto_renewal": True})
    assert done.status == 200 and "dry_run" not in done.json and done.json["licenses_left"] == 0
    renewed, = done.json["renewed"]
    row = customer.row(serial)
    assert (row["license_id"], row["expires_at"], row["last_day"]) == (
        renewed["license_id"], renewed["expires_at"], renewed["last_day"]) == (
        renewed["license_id"], taken["expires_at"], taken["last_day"])
    assert customer.patch(at, {"auto_renewal": True}).json["renewed"] == []

    assert customer.delete(f"{customer.org}/licenses/{renewed['license_id']}").status == 204
    row = customer.row(serial)
    assert (row["state"], row["auto_renewal"], customer.manager()["licenses_left"]) == ("unlicensed", False, 1)


def test_a_dry_run_of_another_change_takes_and_changes_nothing(common_server):
    customer, serial, _ = stopped(common_server)
    dry = customer.patch(f"{customer.org}/sensors/{serial}?dry_run=true", {"name": "Fridge", "alarms_paused": True})
    assert (dry.json["name"], dry.json["alarms_paused"], dry.json["renewed"]) == ("Fridge", True, [])
    assert (dry.json["state"], dry.json["licenses_left"]) == ("unlicensed", 1)
    kept = customer.get(f"{customer.org}/sensors/{serial}").json
    assert (kept["name"], kept["alarms_paused"]) == ("", False)
    assert customer.patch(f"{customer.org}/sensors/{new_serial()}?dry_run=true", {"name": "x"}).status == 404


def test_a_new_sensor_and_an_import_say_which_licenses_they_take(common_server):
    customer = Customer.onboard(common_server, 1, "P30D")
    short = customer.items(f"{customer.org}/activation-codes")[0]["key"]
    long = key_of(customer, issue(common_server, 2, "P2Y"))
    serial, other = new_serial(), new_serial()
    at = f"{customer.org}/sensors"
    dry = customer.post(f"{at}?dry_run=true", {"serial": serial, "key": long})
    assert dry.status == 200 and dry.json["dry_run"] is True, dry
    taken, = dry.json["taken"]
    assert (taken["key"], taken["term"], taken["quantity"]) == (long, "P2Y", 1)
    assert (taken["last_day"], dry.json["last_day"]) == (dry.json["last_day"],) * 2
    assert customer.get(f"{at}/{serial}").status == 404

    rows = [{"serial": serial, "key": short}, {"serial": other, "key": long}]
    for query in ("?detailed=true&dry_run=true", "?detailed=true"):
        answer = customer.post(f"{at}/import{query}", rows)
        assert answer.status == (200 if "dry_run" in query else 201) and answer.json["licenses_left"] == 1
        assert sorted((one["key"], one["term"], one["quantity"]) for one in answer.json["taken"]) == sorted(
            [(short, "P30D", 1), (long, "P2Y", 1)])
        assert [(one["result"], one["key"]) for one in answer.json["results"]] == [("added", short), ("added", long)]
    assert [one["last_day"] for one in answer.json["taken"] if one["key"] == long] == [customer.row(other)["last_day"]]

    assert customer.delete(f"{at}/{other}").status == 204
    back = customer.post(f"{at}?dry_run=true", {"serial": other})
    assert back.status == 200 and back.json["taken"] == [] and back.json["state"] == "active"
    again = customer.post(f"{at}/import?dry_run=true&detailed=true", [{"serial": other}])
    assert again.json["taken"] == [] and again.json["results"][0] == {
        "row": 1, "serial": other, "name": None, "result": "resumed", "key": None}


DAYS = (1, 2, 29, 30, 31, 32)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Niue"])
def test_the_filter_and_the_counts_hold_the_rows_that_end_in_30_days(make_server, zone):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer = Customer.onboard(server, 1, "P1D", zone)
    customer.patch(customer.org, {"pool_order": "oldest_first"})
    for days in DAYS[1:]:
        customer.sensor(key=key_of(customer, issue(server, 1, f"P{days}D")))
    customer.sensor()
    for now in ("2026-03-10T12:00:05Z", "2026-03-11T11:59:00Z"):
        server.move_clock(until(now))
        shown = customer.manager()
        soon = {row["serial"] for row in shown["items"] if row["days_left"] is not None and row["days_left"] <= 30}
        left = sorted(row["days_left"] for row in shown["items"])
        assert {29, 30, 31} <= set(left), left
        for state in ("expiring", "stopping"):
            assert {row["serial"] for row in customer.manager(state=state)["items"]} == soon, (state, left)
            assert shown["counts"][state] == len(soon), (state, left)
        assert shown["counts"]["active"] == len(DAYS)


def test_an_operator_finds_orders_and_sees_who_redeemed_them(server, operator):
    first = Customer.onboard(server, 1, "P1Y")
    at = f"{API}/operator/activation-codes"
    mark = "ACME"
    code = operator.post(at, {"quantity": 1, "term": "P1Y", "reference": f"{mark}/KÖLN-1"}).json
    assert code["organization_name"] is None
    bound = operator.post(at, {"quantity": 1, "term": "P1Y", "reference": f"{mark}/Köln-2", "organization_id": first.id})
    assert bound.status == 201 and bound.json["organization_name"] == "Cold Chain", bound
    assert first.redeem(code["code"]).status == 201
    listed = sorted(operator.get(at, reference=f"{mark.lower()}/koln").json["items"], key=lambda one: one["state"])
    assert [(one["reference"], one["state"], one["organization_name"]) for one in listed] == [
        (f"{mark}/Köln-2", "issued", "Cold Chain"), (f"{mark}/KÖLN-1", "redeemed", "Cold Chain")]
    assert listed[1]["redeemed_at"] and not listed[0]["redeemed_at"]
    assert operator.get(at, reference=f"{mark}%").json["items"] == []
    found = operator.get(f"{API}/operator/organizations", q="COLD CH").json["items"]
    assert first.id in [one["id"] for one in found]
    assert operator.get(f"{API}/operator/organizations", q="no such name").json["items"] == []
    assert operator.get(f"{API}/operator/organizations", q="x" * 101).status == 400
