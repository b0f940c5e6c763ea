/*
 * sensor_facts.h - the facts that a message reports about the sensor itself: its connection,
 * battery and clock, and tampering.
 *
 *   connection  a message of any kind restores it (domain/contact.h)
 *   battery     the measurements that arrived last decide
 *   clock       it is wrong from the first message with samples that were refused for their time;
 *               it is right with the next samples that are all in time
 *   tampering   it begins with measurements that have a sign of it, or with a DeviceInfo whose
 *               enclosure is, or was, open. It is over with the next measurements without a sign,
 *               but an open enclosure has to be reported closed
 *
 * alarm_expectation keeps what the rules need of it, so that every server continues in the same
 * way, also after a restart. The evaluator writes that row when it changes: at most once a minute
 * for a contact.
 */
#ifndef SERVICE_ALARM_SENSOR_FACTS_H
#define SERVICE_ALARM_SENSOR_FACTS_H

#include "service/alarm/evaluator_cache.h"
#include "statements.h"

struct sensor_facts {
    const struct delivery *delivery;
    utc_seconds now;
    bool clock_is_wrong;
    bool is_tamper_over;
    uint8_t tamper;  /* TAMPER_PIN, TAMPER_ENCLOSURE */
    bool is_changed; /* the row must be written */
};

/* Takes a message into the cache's sensor. `refused_for_time`: the number of its samples that were
 * refused for their time. */
void sensor_facts_take(struct sensor_facts *out, struct watched_sensor *sensor,
                       const struct delivery *delivery, uint32_t refused_for_time, utc_seconds now);

enum fact_step { FACT_NOTHING, FACT_BEGINS, FACT_ENDS };

/* Returns the meaning of the message for a rule. *since: when an alert began. */
enum fact_step sensor_facts_judge(const struct sensor_facts *facts,
                                  const struct watched_sensor *sensor,
                                  const struct watched_rule *rule, utc_seconds *since);

/* The row of alarm_expectation, with the next instant at which an alert may begin. `gaps`: room for
 * its bytes. */
struct alarm_expectation_put_in sensor_facts_row(const struct watched_sensor *sensor,
                                                 uint8_t gaps[CONTACT_GAPS_BYTES]);

#endif
