/* run.h - runs a request with a store: access, input, and the handler of a read. */
#ifndef EDGE_HTTP_RUN_H
#define EDGE_HTTP_RUN_H

#include "edge/http/request.h"

enum {
    RUN_SHORT_MS = 500,      /* what a request may take on a reader; else it is long */
    RUN_LONG_MS = 30 * 1000, /* what a long one may take */
};

enum run_end {
    RUN_ANSWERED, /* by the handler, or by the failure in http->status */
    RUN_WRITES,   /* the writer is next */
    RUN_IS_LONG,  /* nothing is done yet: run it again with http->is_long */
};

enum run_end run_request(struct http_request *http);

/* Checks access before a long body is read: only the headers are there. The result is in
 * http->status. */
void run_admission(struct http_request *http);

#endif
