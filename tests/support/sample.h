/* sample.h - a table of every kind, and rows for it; sample.sql has its statements. */
#ifndef SUPPORT_SAMPLE_H
#define SUPPORT_SAMPLE_H

#include <stdbool.h>

#include "sample_statements.h"
#include "support/store_fixture.h"

bool on_sqlite(const struct fixture *fixture);
void sample_table(struct fixture *fixture);
/* Every kind filled, NULL nowhere. */
struct sample_insert_in sample_row(int64_t id);
enum status sample_put(struct store *store, int64_t id, struct fault *fault);
int64_t sample_count(struct fixture *fixture);
/* The statements over another connection, with the fault in the fixture's call. */
enum status sample_total_on(struct fixture *fixture, struct store *store,
                            struct sample_total_out *out);
enum status sample_rename_on(struct fixture *fixture, struct store *store,
                             const struct sample_rename_in *in, int64_t *changed);
/* Begins; where the store is busy, again and again for some seconds. */
enum status begin_patiently(struct store *store, struct fault *fault);
struct store *open_impatient(struct fixture *fixture, enum store_mode mode);

/* Of a store that waits for two minutes, unless its deadline ends: then far less than ENDED_MS. */
enum { ENDS_IN_MS = 200, ENDED_MS = 20 * 1000 };
struct store_options patient_options(struct fixture *fixture, const struct deadline *deadline);

#endif
