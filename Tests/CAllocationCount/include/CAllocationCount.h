// Counts what this program asks of the heap, on all its threads. A program that links this uses glibc's allocator
// through the functions below; it must not be built with a sanitizer, which has an allocator of its own.
#pragma once

/// Returns the number of blocks asked for since the program started.
long allocation_count(void);
