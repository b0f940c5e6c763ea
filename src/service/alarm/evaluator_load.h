/* evaluator_load.h - what the evaluation of alarm rules reads from the store. */
#ifndef SERVICE_ALARM_EVALUATOR_LOAD_H
#define SERVICE_ALARM_EVALUATOR_LOAD_H

#include "service/alarm/alarm_batch.h"

/* The turn of some organizations, which are sorted; where somebody else had it what is remembered
 * of it is read again. */
enum status alarm_take_turns(struct call *call, struct evaluator_cache *table, int64_t node,
                             int64_t *ids, size_t count);

/* Reads what is to be known of sensors whose epoch is 0: in the transaction of the batch. */
enum status evaluator_load_sensors(struct call *call, struct alarm_batch *batch,
                                   struct watched_sensor **sensors, size_t count);

#endif
