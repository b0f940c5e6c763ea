"""Activation codes that are not accepted, and what guessing costs."""
import concurrent.futures

from customer import Customer, is_problem, issue, until
from stores import both_stores


def test_unknown_foreign_and_redeemed_codes_look_the_same(common_server, foreign_codes):
    customer, other = Customer.onboard(common_server, 1), Customer.onboard(common_server, 1)
    redeemed = other.items(f"{other.org}/activation-codes")[0]["key"]
    bound = issue(common_server, 1, "P1Y", "--organization", other.id)
    answers = [customer.redeem(code) for code in (foreign_codes(1)[0], redeemed, bound)]
    for answer in answers:
        is_problem(answer, 404, "code_not_accepted", "code")
    assert len({answer.json["detail"] for answer in answers}) == 1
    assert other.redeem(bound).status == 201
    assert customer.manager()["licenses_left"] == 1


def test_a_slip_of_typing_is_named_and_is_no_guess(customer):
    code = issue(customer.server)
    for i in (0, 7, 14, 28):
        if code[i] != "-":
            slip = code[:i] + ("0" if code[i] != "0" else "1") + code[i + 1:]
            is_problem(customer.redeem(slip), 422, "code_malformed", "code")
    for wrong in ("", "X\n", "X" * 101, "X", code[:-1], code + "0", "U" * 25, "*" * 25):
        is_problem(customer.redeem(wrong), 422, "code_malformed", "code")
    assert customer.redeem(code).status == 201


@both_stores
def test_five_wrong_codes_slow_down_and_a_right_one_waits_too(make_server, foreign_codes):
    server = make_server(offset=0)
    customer, other = Customer.onboard(server, 1), Customer.onboard(server, 1)
    wrong, right = foreign_codes(7), issue(server)
    for code in wrong[:5]:
        is_problem(customer.redeem(code), 404, "code_not_accepted")
    is_problem(customer.redeem(wrong[5]), 429, "too_many_codes")
    waits = customer.redeem(right)
    is_problem(waits, 429, "too_many_codes")
    assert 1 <= int(waits.headers["Retry-After"]) <= 30
    assert other.redeem(issue(server)).status == 201, "another organization does not wait"
    server.move_clock(server.offset + 40)
    is_problem(customer.redeem(wrong[6]), 404, "code_not_accepted")
    waits = customer.redeem(right)
    is_problem(waits, 429, "too_many_codes")
    assert 30 < int(waits.headers["Retry-After"]) <= 60, "longer each time"
    server.move_clock(server.offset + 70)
    assert customer.redeem(right).status == 201
    is_problem(customer.redeem(wrong[0]), 404, "code_not_accepted")


def test_a_code_past_its_day_says_so_to_whoever_may_redeem_it(make_server):
    server = make_server(offset=until("2026-03-10T12:00:00Z"))
    customer, other = Customer.onboard(server, 1), Customer.onboard(server, 1)
    free, bound = (issue(server, 1, "P1Y", "--redeem-by", "2026-03-11", *more) for more in
                   ((), ("--organization", other.id)))
    on_time = issue(server, 1, "P1Y", "--redeem-by", "2026-03-11")
    server.move_clock(until("2026-03-11T23:00:00Z"))
    assert customer.redeem(on_time).status == 201, "the day itself counts"
    server.move_clock(until("2026-03-13T12:00:00Z"))
    is_problem(customer.redeem(free), 409, "code_expired", "code")
    is_problem(customer.redeem(bound), 404, "code_not_accepted", "code")
    is_problem(other.redeem(bound), 409, "code_expired", "code")


def test_a_code_that_two_redeem_at_once_is_redeemed_once(common_server):
    pair = [Customer.onboard(common_server, 1), Customer.onboard(common_server, 1)]
    for _ in range(2):  # fewer wrong ones than slow down
        code = issue(common_server)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda who: (who, who.redeem(code)), pair * 2))
        winners = {who.id for who, answer in answers if answer.status in (200, 201)}
        assert len(winners) == 1
        assert sorted(answer.status for _, answer in answers) == [200, 201, 404, 404]
