/* page_query.h - the parameters `limit` and `cursor` that every list takes. */
#ifndef EDGE_HTTP_ROUTES_PAGE_QUERY_H
#define EDGE_HTTP_ROUTES_PAGE_QUERY_H

#include "edge/http/input.h"
#include "service/core/call.h"

enum { PAGE_LIMIT = 100, PAGE_MOST = 1000, PAGE_CURSOR_MOST_BYTES = 2048 };

/* Two rows of a query's table; `page` is a struct page_request in the record. */
#define PAGE_FIELDS(type, page)                                                                    \
    { .name = "limit",                                                                             \
      .offset = offsetof(type, page.limit),                                                        \
      .kind = INPUT_INT64,                                                                         \
      .least = 1,                                                                                  \
      .most = PAGE_MOST },                                                                         \
    {                                                                                              \
        .name = "cursor", .offset = offsetof(type, page.cursor), .kind = INPUT_TEXT, .least = 1,   \
        .most = PAGE_CURSOR_MOST_BYTES                                                             \
    }

/* The whole query of a list that takes nothing else: its record is a struct page_request. */
extern const struct input_field page_query[];

/* The page that was asked for: PAGE_LIMIT where no limit was. */
static inline struct page_request
page_or_default(struct page_request asked)
{
    if (asked.limit == 0)
        asked.limit = PAGE_LIMIT;
    return asked;
}

#endif
