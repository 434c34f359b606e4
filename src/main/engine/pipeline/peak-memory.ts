/** The peak of resident memory over a stretch of work, where the system keeps count. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The system's count, bytes: since the process began, or since the count was set back. */
const counted = (): number => process.resourceUsage().maxRSS * 1024;

/** The largest count before it was set back. */
let before = 0;

/** Peak of resident memory since the process began, bytes. */
export const processPeakBytes = (): number => Math.max(before, counted());

/**
 * Begins a stretch of work. One at a time.
 * @returns reads its peak in bytes; on systems that cannot set the count back, the peak of the process so far
 */
export function beginPeak(): () => number {
  if (process.platform !== 'linux') return processPeakBytes;
  before = processPeakBytes();
  try {
    // Linux sets the high-water mark of resident memory back to what is resident now.
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Some containers forbid it.
    return processPeakBytes;
  }
  return () => {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return line ? Number(line[1]) * 1024 : processPeakBytes();
  };
}
