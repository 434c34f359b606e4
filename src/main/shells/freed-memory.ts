/**
 * What makes the C library of Linux (glibc) give freed memory back to the system. By itself it learns from the first
 * large blocks to keep such blocks for later, and gigabytes of a tuning would stay between small ones that live on: 3.6 GB
 * after one at 1024 pixels, 4.9 GB after the next. Fixed limits switch that learning off. Larger blocks come from the
 * system and go back to it one by one; they are read when a process starts, and other systems do not know them.
 */
export const GIVE_MEMORY_BACK = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 20),
  // Below that the heap does not shrink at once: it would grow again with the next frame.
  MALLOC_TRIM_THRESHOLD_: String(2 ** 26),
} as const;
