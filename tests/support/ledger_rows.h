/*
 * ledger_rows.h - rows of the ledger written as SQL, for tests of what reads them.
 */
#ifndef SUPPORT_LEDGER_ROWS_H
#define SUPPORT_LEDGER_ROWS_H

#include "support/store_fixture.h"

enum { LEDGER_ORGANIZATION = 11, LEDGER_KEY = 21 };

/* An organization (id, version 1, Europe/Warsaw) with a key of 100 licenses of 1 year. */
void ledger_add_organization(struct fixture *fixture, int64_t id);

/* A sensor whose id is its serial as a number, stamped with the organization's version. */
void ledger_add_sensor(struct fixture *fixture, int64_t organization_id, const char *serial);

/* A license over [starts_at, expires_at): raises the version and stamps the sensor. */
void ledger_add_license(struct fixture *fixture, int64_t organization_id, const char *serial,
                        utc_seconds starts_at, utc_seconds expires_at);

/* Marks a sensor removed and frees its serial. */
void ledger_remove_sensor(struct fixture *fixture, int64_t organization_id, const char *serial);

int64_t ledger_sensor_id(const char *serial);

#endif
