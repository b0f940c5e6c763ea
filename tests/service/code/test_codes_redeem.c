#include "service/code/codes.h"
#include "service/license/take_back.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/verbs.h"

static const char ended_first[] = "282C02000009", ended_later[] = "282C02000005",
                  without[] = "282C02000001";

/* Two sensors expire; a third one with auto renewal never had a license. */
static void
make_three_wait(struct fixture *fixture, int64_t mine)
{
    struct sensor_change on = { .has_auto_renewal = true, .auto_renewal = true };
    struct sensor_changed sensor;

    make_key(fixture, mine, 1, "P1D");
    int64_t taken = add_sensor(fixture, mine, without, "").license_id;
    check_int(license_take_back(&fixture->call, mine, taken), STATUS_OK);
    add_sensor(fixture, mine, ended_first, "");
    fixture->call.now += UTC_DAY;
    make_key(fixture, mine, 1, "P1D");
    add_sensor(fixture, mine, ended_later, "");
    fixture->call.now += 5 * UTC_DAY;
    check_int(sensor_change(&fixture->call, mine, without, &on, &sensor), STATUS_OK);
    check_int(sensor.sensor.state, SENSOR_UNLICENSED); /* the pool is empty */
}

static void
check_renewed(const struct redemption *told, size_t count, const char *const *serials)
{
    check_int(told->renewed_count, count);
    for (size_t i = 0; i < count && told->renewed_count == count; i++)
        check_text(told->renewed[i].serial, serials[i]);
}

static void
renews_who_expired_first(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct redemption told;

    make_three_wait(fixture, mine);
    const char *one = issue(fixture, 1, "P1M"), *many = issue(fixture, 5, "P1M");
    check_int(code_redeem(&fixture->call, mine, one, &told), STATUS_OK);
    check_renewed(&told, 1, (const char *const[]){ ended_first });
    check_int(code_redeem(&fixture->call, mine, many, &told), STATUS_OK);
    check_renewed(&told, 2, (const char *const[]){ ended_later, without });
    check_int(told.licenses_left, 3);
    check_ledger(fixture);
}

TEST(code_redeem_renews_expired_sensors_before_unlicensed_ones)
{
    with_each_store(renews_who_expired_first);
}

/* Later changes do not matter: two keys in one second, a license taken back, a new serial. */
static void
tells_again_who_was_renewed(struct fixture *fixture)
{
    int64_t mine = make_organization(fixture, "Mine");
    struct redemption first, again;
    struct manager_row row = { .serial = "" };

    make_three_wait(fixture, mine);
    const char *two = issue(fixture, 2, "P1M"), *more = issue(fixture, 5, "P2Y");
    check_int(code_redeem(&fixture->call, mine, two, &first), STATUS_OK);
    check_renewed(&first, 2, (const char *const[]){ ended_first, ended_later });
    utc_seconds ends_at = first.renewed[0].expires_at;
    check_int(code_redeem(&fixture->call, mine, more, &again), STATUS_OK);
    check_renewed(&again, 1, (const char *const[]){ without });

    check_int(manager_row(&fixture->call, mine, ended_first, &row), STATUS_OK);
    check_int(license_take_back(&fixture->call, mine, row.license_id), STATUS_OK);
    check_int(sensor_replace(&fixture->call, mine, ended_later,
                             &(struct sensor_replacement){ .serial = "282C02000004" }, &row),
              STATUS_OK);
    check_int(code_redeem(&fixture->call, mine, two, &again), STATUS_OK);
    check(again.again);
    check_renewed(&again, 2, (const char *const[]){ ended_first, ended_later });
    check_int(again.renewed[0].expires_at, ends_at);
    check_int(code_redeem(&fixture->call, mine, more, &again), STATUS_OK);
    check_renewed(&again, 1, (const char *const[]){ without });
    check_ledger(fixture);
}

TEST(code_redeem_repeats_the_first_list_of_renewals)
{
    with_each_store(tells_again_who_was_renewed);
}
