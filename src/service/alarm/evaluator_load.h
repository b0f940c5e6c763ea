/* evaluator_load.h - reads rules and sensors from the store into the evaluator's cache. */
#ifndef SERVICE_ALARM_EVALUATOR_LOAD_H
#define SERVICE_ALARM_EVALUATOR_LOAD_H

#include "service/alarm/alarm_batch.h"

/* Makes this node the owner of the organizations' cache entries. Where another node owned one, the
 * rules are read again. Sorts `ids`, and removes repeats. */
enum status evaluator_load_claim(struct call *call, struct evaluator_cache *cache, int64_t node,
                                 int64_t *ids, size_t count);

/* Reads sensors whose epoch is 0, in the transaction of the batch. */
enum status evaluator_load_sensors(struct call *call, struct alarm_batch *batch,
                                   struct watched_sensor **sensors, size_t count);

#endif
