#include "service/release/serial_release.h"

#include "service/device/devices.h"
#include "service/license/licensing.h"
#include "service/sensor/sensors.h"
#include "support/check.h"
#include "support/noticing.h"
#include "support/verbs.h"

static const char fridge[] = "282C02402FAD";
static const struct actor seller = { ACTOR_OPERATOR, 9, "operator@example.com" };

/* An organization whose member `email` gets notices. */
static int64_t
make_told(struct fixture *fixture, const char *name, const char *email)
{
    int64_t id = make_organization(fixture, name);

    tick_member(fixture, id, email);
    return id;
}

static void
releases(struct fixture *fixture)
{
    int64_t mine = make_told(fixture, "Mine", "ada@example.com"),
            other = make_told(fixture, "Other", "bob@example.com");
    struct serial_release release;
    struct license license;
    struct manager_row row;

    make_key(fixture, mine, 3, "P1Y");
    make_key(fixture, other, 1, "P1Y");
    add_sensor(fixture, mine, fridge, "Fridge");
    check_int(license_assign(&fixture->call, mine, fridge, NULL, &license), STATUS_OK);
    fixture->call.actor = &seller;
    check_failed(fixture, serial_release(&fixture->call, "282C02402FAE", 0, &release),
                 STATUS_NOT_FOUND, "", "serial");
    check_failed(fixture, serial_release(&fixture->call, fridge, 99, &release), STATUS_NOT_FOUND,
                 "", "organization_id");
    check_failed(fixture, serial_release(&fixture->call, fridge, mine, &release), STATUS_CONFLICT,
                 "sensor_exists", "organization_id");
    fixture->call.dry_run = true;
    check_int(serial_release(&fixture->call, fridge, other, &release), STATUS_OK);
    fixture->call.dry_run = false;
    check_text(release.organization, "Mine");
    check_int(fixture_count(fixture, "SELECT count(*) FROM serial_owner"), 1);

    check_int(serial_release(&fixture->call, fridge, other, &release), STATUS_OK);
    check_text(release.sensor, "Fridge");
    check_text(release.next, "Other");
    check_int(fixture_count(fixture, "SELECT count(*) FROM serial_owner"), 0);
    check_int(fixture_count(fixture, "SELECT count(*) FROM license"), 1); /* the running one */
    check_int(fixture_count(fixture, "SELECT count(*) FROM audit_entry WHERE actor_kind = "
                                     "'operator' AND action IN ('sensor.remove', 'sensor.release', "
                                     "'sensor.reserve')"),
              4);
    check_int(mails(fixture), 2);
    struct notice_page page = listed(fixture, mine, NULL);
    check_int(page.count, 1);
    check_text(page.items[0].kind, "sensor_released");
    struct outbox_content mail = mail_of(fixture, mine, page.items[0].id);
    check_text(mail.letter.subject, "Mine: the sensor 282C02402FAD was removed");
    check(says(mail.letter.text, "282C02402FAD (Fridge) from Mine"));
    check(!says(mail.letter.text, "Other"));
    page = listed(fixture, other, NULL);
    check_int(page.count, 1);
    mail = mail_of(fixture, other, page.items[0].id);
    check_text(mail.letter.subject, "Other: the sensor 282C02402FAD can be added");
    /* Reserved for the other organization, whatever the policy. */
    fixture->call.actor = &actor_system;
    check_failed(
        fixture,
        sensor_add(&fixture->call, mine, &(struct sensor_request){ .serial = fridge }, &row, NULL),
        STATUS_CONFLICT, "sensor_not_available", "serial");
    check_int(
        sensor_add(&fixture->call, other, &(struct sensor_request){ .serial = fridge }, &row, NULL),
        STATUS_OK);

    /* Released without a next one: the binding ends. */
    fixture->call.actor = &seller;
    check_int(serial_release(&fixture->call, fridge, 0, &release), STATUS_OK);
    fixture->call.actor = &actor_system;
    check_int(
        sensor_add(&fixture->call, mine, &(struct sensor_request){ .serial = fridge }, &row, NULL),
        STATUS_OK);
    check_text(row.name, "Fridge"); /* with its history */
    check_ledger(fixture);
}

TEST(a_released_serial_goes_to_the_organization_that_is_named)
{
    with_each_store(releases);
}

struct releasing {
    int64_t organization_id, next_id;
};

static void
add_again(struct fixture *fixture, void *with)
{
    const struct releasing *releasing = with;

    if (fixture_count(fixture, "SELECT count(*) FROM serial_owner") == 0) {
        fixture_script(fixture, "DELETE FROM device");
        add_sensor(fixture, releasing->organization_id, fridge, "Fridge");
    }
}

static enum status
release_fridge(struct fixture *fixture, void *with)
{
    const struct releasing *releasing = with;
    struct serial_release release;

    return serial_release(&fixture->call, fridge, releasing->next_id, &release);
}

static void
is_atomic(struct fixture *fixture)
{
    struct releasing releasing = {
        .organization_id = make_told(fixture, "Mine", "ada@example.com"),
        .next_id = make_told(fixture, "Other", "bob@example.com"),
    };

    make_key(fixture, releasing.organization_id, 1, "P1Y");
    check_torture(fixture,
                  &(struct torture){
                      .prepare = add_again,
                      .verb = release_fridge,
                      .with = &releasing,
                      .rows = "SELECT (SELECT count(*) FROM audit_entry WHERE action IN "
                              "('sensor.release', 'sensor.reserve')) + 10 * (SELECT "
                              "count(*) FROM notice) + 100 * (SELECT count(*) FROM device)",
                      .delta = 3 + 20 + 100,
                  });
    check_ledger(fixture);
}

TEST(a_release_is_atomic)
{
    with_each_store(is_atomic);
}
