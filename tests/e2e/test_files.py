"""Files of spreadsheets, and codes and serials as people paste them, at every door that takes them."""
import csv
import io
import json
import pathlib
import urllib.parse

import pytest

from customer import Customer, is_problem, issue, new_serial
from program import Command, environment
from stores import both_stores

TAB = "\t"
VECTORS = [json.loads(line) for line in
           (pathlib.Path(__file__).parents[1] / "vectors" / "pasted.jsonl").read_text().splitlines()]


def imports(customer, body, kind="text/csv", query=""):
    return customer.post(f"{customer.org}/sensors/import{query}", body, {"Content-Type": kind})


def preview(customer, body, kind="text/csv", query=""):
    return customer.post(f"{customer.org}/sensors/import/preview{query}", body, {"Content-Type": kind})


def in_pairs(serial, between):
    return between.join(serial[at:at + 2] for at in range(0, 12, 2))


@pytest.mark.parametrize("kind, charset, mark", [
    ("text/csv; charset=windows-1252", "cp1252", b""),
    ("text/csv;charset=\"ISO-8859-1\"", "cp1252", b""),
    ("text/csv; header=present; charset=windows-1250", "cp1250", b""),
    ("text/csv; charset=iso-8859-2", "iso8859-2", b""),
    ("text/csv; charset=utf-16", "utf-16-le", b""),
    ("text/csv", "utf-16-le", b"\xff\xfe"),
    ("text/csv", "utf-16-be", b"\xfe\xff"),
    ("text/csv; charset=windows-1252", "utf-8", b"\xef\xbb\xbf"),
])
def test_the_names_of_a_file_arrive_in_every_charset(customer, kind, charset, mark):
    serial = new_serial()
    body = mark + f"Seriennummer;Bezeichnung\r\n{serial};Kühlraum Süd\r\n".encode(charset)
    answer = imports(customer, body, kind)
    assert answer.status == 201, answer
    assert customer.row(serial)["name"] == "Kühlraum Süd"


@both_stores
def test_what_excel_writes_is_read(make_server):
    customer = Customer.onboard(make_server(), 10)
    one, two, three = new_serial(), new_serial(), new_serial()
    for end in ("\r\n", "\n", "\r"):
        for separator in ";\t,":
            rows = ["Serial No.", "Name", "auto renewal"], [in_pairs(one, ":"), ' "Süd 1" ', "WAHR"], ["", "", ""], [
                two.lower(), f'"a{"," if separator == TAB else separator}""b"""', "FAŁSZ"], [f"S/N {three}"]
            body = f"sep={separator}{end}" + end.join(separator.join(row) for row in rows) + end + 3 * separator + end
            dry = imports(customer, body.encode(), query="?dry_run=true")
            assert dry.status == 200, (dry, body)
            assert [row["serial"] for row in dry.json["results"]] == [one, two, three]
    assert imports(customer, body.encode()).status == 201
    assert customer.row(one)["name"] == "Süd 1" and customer.row(one)["auto_renewal"] is True
    assert customer.row(two)["name"] == 'a,"b"' and customer.row(two)["auto_renewal"] is False


def test_a_bad_row_has_the_number_that_a_spreadsheet_shows(customer):
    good = new_serial()
    body = f"serial,name\r\n{good},\"two\r\nlines\"\r\n\r\n,,\r\n2.82E+11,Fridge\r\n12345,Cellar\r\n"
    answer = imports(customer, body)
    is_problem(answer, 422, "import_refused")
    lines, number, zeros = answer.json["results"]
    assert (lines["row"], lines["sheet_row"], lines["code"]) == (1, 2, "invalid")
    assert (number["row"], number["sheet_row"], number["code"]) == (2, 5, "serial_malformed")
    assert "a spreadsheet has changed it to the number 2.82E+11" in number["detail"]
    assert (zeros["row"], zeros["sheet_row"]) == (3, 6) and "zeros at the start" in zeros["detail"]
    detailed = imports(customer, f"serial;name\n\n{good};A\n", query="?dry_run=true&detailed=true")
    key = detailed.json["taken"][0]["key"]
    assert detailed.json["results"] == [
        {"row": 1, "sheet_row": 3, "name": "A", "serial": good, "result": "added", "key": key}]


def test_bytes_of_another_charset_name_their_row_and_the_remedy(customer):
    body = f"serial;name\r\n\r\n{new_serial()};Kühlraum\r\n".encode("cp1252")
    for answer in (imports(customer, body), imports(customer, body, "text/csv; charset=utf-8"), preview(customer, body)):
        is_problem(answer, 400, "malformed", "charset")
        assert answer.json["detail"].startswith("Row 3 has bytes that are not") and "CSV UTF-8" in answer.json["detail"]
    is_problem(imports(customer, body.replace(b"\xfc", b"\x81"), "text/csv; charset=windows-1252"), 400, "malformed")
    is_problem(imports(customer, body, "text/csv; charset=klingon"), 415, "unsupported_media_type", "charset")
    is_problem(imports(customer, b"PK\x03\x04" + bytes(100)), 400, "malformed")
    assert customer.manager()["items"] == []


def test_columns_are_named_by_the_file_or_by_the_request(customer):
    serial = new_serial()
    body = f"Halle;Nummer;Raum\n1;{serial};=A1\n"
    answer = imports(customer, body)
    is_problem(answer, 422, "field_missing", "serial")
    for word in ("serial", "auto_renewal", '"Halle"', '"Nummer"', '"Raum"'):
        assert word in answer.json["detail"]
    seen = preview(customer, body)
    assert seen.status == 200 and seen.json == {
        "charset": "utf-8", "separator": ";", "header": True, "row_count": 1,
        "columns": [{"header": name, "column": None} for name in ("Halle", "Nummer", "Raum")],
        "rows": [{"sheet_row": 2, "fields": ["1", serial, "=A1"]}]}, seen
    seen = preview(customer, body, query="?header=true&columns=,serial,name")
    assert [column["column"] for column in seen.json["columns"]] == [None, "serial", "name"]
    assert [column["header"] for column in seen.json["columns"]] == ["Halle", "Nummer", "Raum"]
    is_problem(imports(customer, body, query="?columns=serial,colour"), 400, "unknown_field", "columns")
    is_problem(imports(customer, body, query="?columns=name"), 422, "field_missing", "serial")
    assert imports(customer, body, query="?columns=,serial,name").status == 201
    assert customer.row(serial)["name"] == "=A1"
    assert imports(customer, f"{new_serial()}\tA fridge\n{new_serial()}\t\n").status == 201, "without a header"


def test_a_look_at_a_file_changes_nothing_and_is_for_managers(customer):
    body = "serial,name\n" + "".join(f"{n:012X},Sensor {n}\n" for n in range(5000)) + "00000000FFFF,Süd\n"
    seen = preview(customer, body.encode())
    assert seen.status == 200 and seen.json["row_count"] == 5001
    assert len(seen.json["rows"]) == 21 and seen.json["rows"][-1] == {
        "sheet_row": 5002, "fields": ["00000000FFFF", "Süd"]}, "the first rows, and one with other letters"
    assert customer.manager()["items"] == []
    is_problem(preview(customer, "{}", "application/json"), 415, "unsupported_media_type")
    is_problem(preview(customer, "serial\n\"open"), 400, "malformed")
    stranger = Customer.onboard(customer.server, 1)
    stranger.org = customer.org
    is_problem(preview(stranger, body), 404)


def test_names_that_a_spreadsheet_would_calculate_come_back(common_server):
    customer = Customer.onboard(common_server, 6)
    names = ["=1+1", "-80 °C freezer", "'=x", "''@y", "'quoted", "+49"]
    written = io.StringIO()
    table = csv.writer(written)
    serials = [new_serial() for _ in names]
    guarded = ["'" + name if name.lstrip("'")[:1] in "=+-@" else name for name in names]
    table.writerows([["serial", "name"], *zip(serials, guarded)])
    assert imports(customer, written.getvalue().encode()).status == 201
    assert [customer.row(serial)["name"] for serial in serials] == names


@both_stores
def test_a_pasted_serial_is_read_at_every_door(make_server):
    customer = Customer.onboard(make_server(), 10)
    serial, other = new_serial(), new_serial()
    added = customer.add(f"\u201c{in_pairs(serial.lower(), chr(0x2011))}\u201d\r\n", name="Fridge")
    assert added.status == 201 and added.json["serial"] == serial, added
    for text in (f"SN: {serial}", in_pairs(serial, "\u00a0"), f"0x{serial}", in_pairs(serial, "."), f"S/N {serial.lower()}"):
        path = f"{customer.org}/sensors/{urllib.parse.quote(text, safe='')}"
        assert customer.get(path).json["serial"] == serial, text
        assert customer.patch(path, {"name": "Fridge"}).status == 200
        assert [row["serial"] for row in customer.manager(q=text)["items"]] == [serial], text
        given = customer.post(f"{customer.org}/assignments?dry_run=true", {"serials": [text], "count": 1})
        assert given.status == 200 and given.json["results"][0]["serial"] == serial, text
        imported = imports(customer, json.dumps([{"serial": text}]), "application/json", "?dry_run=true")
        assert imported.json["results"][0]["serial"] == serial and imported.json["results"][0]["code"] == "sensor_exists"
        assert customer.get(f"{customer.org}/alerts", serial=text).status == 200
        assert customer.get(f"{customer.org}/notices", serial=text).status == 200
    assert customer.post(f"{customer.org}/sensors/{serial}/replacement",
                         {"serial": in_pairs(other, "\u2013")}).status == 200
    assert customer.row(other)["name"] == "Fridge"
    for text, why in ((serial[:-1], "it has 11"), (serial + "0", "it has 13"), (serial[:-1] + "G", '"G" is not'),
                      ("2,82E+11", "a spreadsheet"), (f"AC:DE:{in_pairs(serial, ':')}", "it has 16")):
        answer = customer.add(text)
        assert is_problem(answer, 422, "serial_malformed", "serial") and why in answer.json["detail"], answer
        answer = customer.post(f"{customer.org}/assignments", {"serials": [text], "count": 1})
        assert is_problem(answer, 422, "serial_malformed", "serials") and why in answer.json["detail"], answer


@both_stores
def test_a_pasted_code_is_read_at_every_door(make_server):
    server = make_server()
    code = issue(server, 3)
    pasted = f"Activation code:\r\n\u201c{code.replace('-', chr(0x2011)).lower()}\u201d\u00a0"
    customer = Customer.sign_up(server, pasted).found()
    answer = customer.redeem(pasted)
    assert answer.status == 201 and answer.json["key"] == code, answer
    key = pasted.replace("\u2011", "\u2014")
    serial = new_serial()
    assert customer.add(serial, key=key).json["key"] == code
    assert customer.assign(serial, key=key).status == 201
    assert customer.manager(key=key)["items"][0]["serial"] == serial
    answer = imports(customer, f"serial;Activation code\n{new_serial()};{code.replace('-', chr(0xAD))}\n".encode())
    assert answer.status == 201, answer
    for text, why in ((code[:-1], "24 letters and digits"), ("U" + code[1:], '"U"'), ("\u0410" + code[1:], "U+0410")):
        answer = customer.redeem(text)
        assert is_problem(answer, 422, "code_malformed", "code") and why in answer.json["detail"], answer


def test_the_command_line_reads_codes_as_the_pages_do(tmp_path):
    for vector in VECTORS:
        if vector["kind"] != "code" or "\0" in vector["text"] or vector["text"].startswith("-"):
            continue
        told = Command("code", "check", "--json", vector["text"], cwd=tmp_path, env=environment())
        assert told.json["well_formed"] == (vector["read"] is not None), vector
        assert told.json.get("code") == vector["read"], vector
    told = Command("code", "check", "Code:", *VECTORS[0]["read"].split("-"), cwd=tmp_path, env=environment())
    assert told.code == 0 and VECTORS[0]["read"] in told.out
