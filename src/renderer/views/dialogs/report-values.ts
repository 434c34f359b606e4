/** Reading of a report of unknown shape, for lists and tables. */
import { text } from '../../text.ts';

export type Report = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list of records, or null for anything else. */
export function rowsOf(value: unknown): readonly Report[] | null {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord) ? value : null;
}

/** Every key of the rows, in the order of their first appearance. */
export const columnsOf = (rows: readonly Report[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))];

/** `selfTest`, `self_test` and `self-test` as words. */
export function wordsOf(key: string): string {
  const spaced = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_]+/g, ' ');
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export function plainValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return text.doctor.none;
  if (typeof value === 'boolean') return value ? text.doctor.yes : text.doctor.no;
  if (Array.isArray(value)) return value.length === 0 ? text.doctor.none : value.map(plainValue).join(', ');
  return isRecord(value) ? JSON.stringify(value) : String(value);
}
