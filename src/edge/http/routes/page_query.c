#include "edge/http/routes/page_query.h"

struct plain_list {
    struct page_request page;
};

const struct input_field page_query[] = {
    PAGE_FIELDS(struct plain_list, page),
    INPUT_END,
};
