#include "service/ingest/ingest_order.h"

#include <stdlib.h>

struct place {
    uint64_t serial;
    size_t arrival;
    struct ingest_item *item;
};

static int
by_serial_and_arrival(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->serial != y->serial)
        return (x->serial > y->serial) - (x->serial < y->serial);
    return (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

enum status
ingest_sort_items(struct call *call, struct ingest_item **items, size_t count)
{
    struct place *places = call_new(call, (count + 1) * sizeof *places);

    if (!places)
        return STATUS_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){ serial_number(items[i]->delivery->serial), i, items[i] };
    qsort(places, count, sizeof *places, by_serial_and_arrival);
    for (size_t i = 0; i < count; i++)
        items[i] = places[i].item;
    return STATUS_OK;
}
