/* devices.h - the operator's device list. */
#ifndef SERVICE_DEVICE_DEVICES_H
#define SERVICE_DEVICE_DEVICES_H

#include "domain/claim.h"
#include "domain/serial.h"
#include "service/core/call.h"

enum { DEVICES_MOST_ROWS = 100000 };

/* A row of an import. The reader sets the first three and, for a row that it cannot read, the
 * last two. */
struct device_row {
    const char *serial, *claim_code, *organization_id; /* NULL: the field is empty or absent */
    char canonical[SERIAL_TEXT_SIZE]; /* the serial as it is shown; "" if it is malformed */
    bool known;                       /* it was in the list before */
    const char *code, *detail;        /* of its error; NULL: none */
};

/* Puts the rows into the list, all or none. An empty field leaves the value that the list has.
 *   STATUS_INVALID    import_refused: each bad row has a code: serial_malformed, serial_repeated,
 *                     invalid (the claim code), not_found (the organization)
 *   STATUS_TOO_LARGE  more than DEVICES_MOST_ROWS */
enum status devices_import(struct call *call, struct device_row *rows, size_t count);

/* STATUS_NOT_FOUND: it is not in the list. A sensor with this serial stays. */
enum status device_remove(struct call *call, const char *serial);

struct device {
    const char *serial;
    bool has_claim_code;
    int64_t organization_id; /* the only one that may add it; 0: any */
    const char *organization;
    int64_t owner_id; /* the organization that has a sensor with this serial; 0: none */
    const char *owner;
    utc_seconds listed_at;
    const char *listed_by;
};

struct device_query {
    struct page_request page;
    const char *q; /* how the serial begins; NULL: any */
};
struct device_page {
    struct device *items; /* by serial */
    size_t count;
    const char *next; /* NULL at the end */
};
/* STATUS_MALFORMED: the cursor, or `q` is no beginning of a serial. */
enum status device_list(struct call *call, const struct device_query *query,
                        struct device_page *out);

/* Binds a serial to an organization, and lists it if it was not. Inside a transaction. */
enum status device_bind(struct call *call, const char *serial, int64_t organization_id);

/* Ends the binding of a serial to this organization. Inside a transaction. */
enum status device_unbind(struct call *call, const char *serial, int64_t organization_id);

#endif
