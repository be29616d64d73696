/* formats.c -- the formats of records that events are made of. */
#include "io/format/format.h"
#include "io/windows/windows.h"

const eql_format *const eql_formats[EQL_NFORMATS] = {&eql_windows_format};
