/**
 * What makes the C library of Linux (glibc) give freed memory back to the system. By itself it learns from the first
 * large blocks to keep such blocks for later, and gigabytes of a tuning stay between small ones that live on: 3.3 GB after
 * one at 1024 pixels, 4.9 GB after the next; with fixed limits it is 0.6 GB, and the peak is half a gigabyte lower. The
 * price is fresh pages: two updates at 1024 pixels and all around them took 55 seconds of processor time instead of 46.
 * Frames of the classic engine take the same time. The limits are read when a process starts; other systems do not know
 * them.
 */
export const GIVE_MEMORY_BACK = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 20),
  // Below that the heap does not shrink at once: it would grow again with the next frame.
  MALLOC_TRIM_THRESHOLD_: String(2 ** 26),
} as const;
