"""contract.py finds what the contract does not allow; each other test of this folder relies on it."""
import json
from types import SimpleNamespace

import pytest

from contract import CONTRACT

SENSORS = "/api/v1/organizations/1c4n8r2t6v0zy/sensors/282C02424EED"
MEASUREMENT = {"channel": 1, "type": "temperature", "unit": "°C", "at": "2026-11-24T13:05:00Z", "value": 4.5}


def fault(path, status, body, media="application/json"):
    answer = SimpleNamespace(status=status, headers={"Content-Type": media}, body=json.dumps(body).encode())
    return CONTRACT.fault("GET", path, answer)


def measurements(**changes):
    return {"items": [{name: value for name, value in (MEASUREMENT | changes).items() if value}], "next": None}


def test_what_the_contract_says_is_no_fault():
    assert fault(f"{SENSORS}/measurements", 200, measurements()) is None


@pytest.mark.parametrize("status, body, media, said", [
    (200, measurements(taste="sweet"), "application/json", "'taste' was unexpected"),
    (200, measurements(channel="1"), "application/json", "is not of type 'integer'"),
    (200, measurements(at=None), "application/json", "'at' is a required property"),
    (418, measurements(), "application/json", "the status 418"),
    (200, measurements(), "text/html", "text/html is not in the contract"),
])
def test_what_the_contract_does_not_say_is_a_fault(status, body, media, said):
    assert said in fault(f"{SENSORS}/measurements", status, body, media)


def test_a_word_in_an_address_is_no_parameter():
    assert CONTRACT.operation("POST", "/api/v1/organizations/x/sensors/import")["operationId"] == "importSensors"
    assert CONTRACT.operation("GET", SENSORS)["operationId"] == "getSensor"
    assert CONTRACT.operation("GET", "/api/v1/nothing") is None
