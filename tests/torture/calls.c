int torture_calls_is_empty;
