"""Rows of the store that somebody or a disk has broken hurt nothing but themselves."""
from customer import Customer, eventually
from device import Device
from fleet import is_acknowledged, temperatures
from stores import both_stores, change, look

BREAK = "UPDATE {0} SET {1} = substr({1}, 2) WHERE sensor_id = {2}"


class Scene:
    """Two sensors of one customer; the first one's rows are broken."""

    def __init__(self, make_server):
        self.server = make_server(offset=0)
        self.customer = Customer.onboard(self.server)
        self.serial, self.other = self.customer.sensor(), self.customer.sensor()
        self.id = self.look(f"SELECT id FROM sensor WHERE serial = '{self.serial}'")

    def look(self, statement):
        return look(self.server.store_url, statement)

    def damage(self, table, column):
        change(self.server.store_url, BREAK.format(table, column, self.id))

    def post(self, serial, at, *raw):
        with Device(self.server.coap_address) as device:
            for i, number in enumerate(raw):
                assert is_acknowledged(self.server, device.post("m", temperatures(serial, at + i, number)))

    def values(self, serial):
        return [item["value"] for item in self.customer.measurements(serial, limit=1000)]

    def listed(self):
        """How often each sensor of the list has a newest value; the list is whole."""
        answer = self.customer.get(f"{self.customer.org}/sensors")
        assert answer.status == 200, answer
        newest = {item["serial"]: [channel["value"] for channel in item["channels"]] for item in answer.json["items"]}
        assert set(newest) == {self.serial, self.other}
        return newest[self.serial], newest[self.other]

    def compact(self, offset):
        self.server.move_clock(offset)
        eventually(lambda: self.look("SELECT count(*) FROM journal") == "0")

    def told(self):
        return [line.split("store.damaged ")[1].split()[0] for line in self.server.log.read_text().splitlines()
                if "store.damaged " in line]

    def doctor(self):
        told = self.server.command("doctor", "--json")
        return [check for check in told.json["checks"] if check["name"] == "damage"]


@both_stores
def test_broken_rows_hurt_only_themselves(make_server):
    scene = Scene(make_server)
    at = scene.server.now()
    scene.server.move_clock(60)
    scene.post(scene.serial, at, 10, 20)
    scene.post(scene.other, at, 30)
    scene.damage("journal", "message")
    scene.post(scene.serial, at + 5, 40)
    for _ in range(3):
        assert (scene.values(scene.serial), scene.values(scene.other)) == ([4.0], [3.0])
        assert scene.listed() == ([4.0], [3.0])
    assert scene.told() == ["message", "message"] and not scene.doctor()

    scene.compact(2 * 3600)
    assert scene.look("SELECT count(*) FROM damaged WHERE kind = 'message'") == "2"
    assert (scene.values(scene.serial), scene.values(scene.other)) == ([4.0], [3.0])
    check, = scene.doctor()
    assert check["state"] == "warning"
    assert "2, the first is a message of " in check["detail"] and scene.serial in check["detail"]

    scene.damage("block", "samples")
    scene.damage("sensor_status", "latest")
    assert (scene.values(scene.serial), scene.listed()) == ([], ([], [3.0]))
    scene.post(scene.serial, at + 7, 50)  # of the same day, and of the next
    scene.post(scene.serial, at + 3600, 60)
    assert (scene.values(scene.serial), scene.listed()) == ([5.0, 6.0], ([6.0], [3.0]))
    scene.compact(4 * 3600)
    assert scene.look("SELECT count(*) FROM damaged WHERE kind = 'block'") == "1"
    assert scene.look("SELECT count(*) FROM damaged WHERE kind = 'status'") == "1"
    assert (scene.values(scene.serial), scene.listed()) == ([5.0, 6.0], ([6.0], [3.0]))
    assert scene.values(scene.other) == [3.0]
    assert "4, the first is a message of " in scene.doctor()[0]["detail"]
    assert "failed" not in scene.server.log.read_text()


@both_stores
def test_late_messages_are_taken_and_judged_beside_broken_rows(make_server):
    scene = Scene(make_server)
    customer, at = scene.customer, scene.server.now()
    answer = customer.post(f"{customer.org}/alarm-rules", {"serial": scene.serial, "condition": "above",
                                                           "channel_type": "temperature", "threshold": 8})
    assert answer.status == 201, answer
    scene.post(scene.serial, at, 10)
    scene.compact(2 * 3600)
    scene.post(scene.serial, at + 3600, 20)
    for table, column in ("journal", "message"), ("block", "samples"), ("sensor_status", "latest"):
        scene.damage(table, column)
    scene.server.kill()  # what it remembers of the sensor is read again
    scene.server.start()
    scene.post(scene.serial, at + 60, 90, 10)  # late: a second beyond the threshold
    scene.post(scene.other, at + 60, 10)
    assert [alert["peak"] for alert in customer.items(f"{customer.org}/alerts")] == [9.0]
    assert scene.values(scene.serial) == [9.0, 1.0]


@both_stores
def test_a_license_is_taken_back_beside_broken_rows(make_server):
    scene = Scene(make_server)
    scene.post(scene.serial, scene.server.now(), 10)
    scene.damage("journal", "message")
    for serial, status in (scene.serial, 409), (scene.other, 204):
        license_id = scene.customer.row(serial)["license_id"]
        answer = scene.customer.delete(f"{scene.customer.org}/licenses/{license_id}")
        assert answer.status == status, answer
