/* evaluator_load.h - reads rules and sensors from the store into the evaluator's cache. */
#ifndef SERVICE_ALARM_EVALUATOR_LOAD_H
#define SERVICE_ALARM_EVALUATOR_LOAD_H

#include "service/alarm/alarm_batch.h"

/* Makes this node the owner of the organizations' cache entries. Where another node owned one, the
 * rules are read again. Sorts `ids`, and removes repeats. */
enum status evaluator_load_claim(struct call *call, struct evaluator_cache *cache, int64_t node,
                                 int64_t *ids, size_t count);

/* Reads the organization's rules again. */
enum status evaluator_load_rules(struct call *call, struct watched_organization *organization);

/* Reads the sensors of the batch whose epoch is 0, in its transaction. */
enum status evaluator_load_sensors(struct call *call, struct alarm_batch *batch);

#endif
