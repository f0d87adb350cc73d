#pragma once
// Linked: opened by the first archive instead, as FFmpeg is by its first call, programs would start some 2 ms sooner.
#include <archive.h>
#include <archive_entry.h>

// A macro with a cast, which Swift does not import.
static const unsigned stream_archive_regular_file = AE_IFREG;
