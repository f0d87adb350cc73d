#pragma once
// Linked as FFmpeg is, not opened when the first archive comes: with it the program starts 0.4 to 0.8 ms later (medians
// of the processor time of 100 starts in pairs), for most of what it needs FFmpeg has loaded already.
#include <archive.h>
#include <archive_entry.h>

// A macro with a cast, which Swift does not import.
static const unsigned stream_archive_regular_file = AE_IFREG;
