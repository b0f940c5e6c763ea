/* static_files.h - the web pages, embedded in the program. */
#ifndef EDGE_HTTP_STATIC_FILES_H
#define EDGE_HTTP_STATIC_FILES_H

#include "edge/http/request.h"

/* Answers with a file, or with /index.html for the address of a page. False, without an answer: the
 * method is not GET, or the address belongs to programs (/api, /assets, /healthz, ...). */
bool static_files_serve(struct http_request *http);

/* The path of the asset whose name begins so ("style-"), for pages that the server writes; NULL:
 * none. */
const char *static_files_asset(const char *name);

#endif
