/* static_files.h - the web pages, embedded in the program. */
#ifndef EDGE_HTTP_STATIC_FILES_H
#define EDGE_HTTP_STATIC_FILES_H

#include "edge/http/request.h"

/* A file, or /index.html for every address that is a page's. False, with nothing done, for
 * the addresses of programs (/api, /assets, /healthz, ...) and for methods other than GET. */
bool static_files_serve(struct http_request *http);

/* The first style sheet, for pages that the server writes itself; NULL: none. */
const char *static_files_style(void);

#endif
