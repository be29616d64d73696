/* windows.h -- Windows event records in JSON, as a format (io/format/format.h);
 * docs/winevent-mapping.md says what they become. */
#ifndef EQL_IO_WINDOWS_WINDOWS_H
#define EQL_IO_WINDOWS_WINDOWS_H

#include "io/format/format.h"

extern const eql_format eql_windows_format;

#endif
