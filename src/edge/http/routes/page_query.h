/* page_query.h - the parameters `limit` and `cursor` that every list takes. */
#ifndef EDGE_HTTP_ROUTES_PAGE_QUERY_H
#define EDGE_HTTP_ROUTES_PAGE_QUERY_H

#include "edge/http/input.h"
#include "service/core/call.h"

enum { PAGE_LIMIT = 100, PAGE_MOST = 1000, PAGE_CURSOR_MOST_BYTES = 2048 };

/* Two rows of a query's table; `page` is a struct page_request in the record. */
/* clang-format off */
#define PAGE_FIELDS(type, page) \
    { INPUT_AT("limit", type, page.limit), .kind = INPUT_INT64, .least = 1, .most = PAGE_MOST, \
      .otherwise = PAGE_LIMIT }, \
    { INPUT_AT("cursor", type, page.cursor), .kind = INPUT_TEXT, .least = 1, \
      .most = PAGE_CURSOR_MOST_BYTES }
/* clang-format on */

/* The whole query of a list that takes nothing else: its record is a struct page_request. */
extern const struct input_field page_query[];

#endif
