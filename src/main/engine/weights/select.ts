/** Finding a network's tensors in a file by keys and shapes, whatever the file and its dicts are called. */
import type { NetworkManifest } from './manifests.ts';
import type { TensorEntry, TensorFile, TensorGroup } from './tensor-file.ts';

/** How one file spells the keys of a network. */
export interface Spelling {
  /** Names of the dict that holds the network, best first. Others are tried after them. */
  readonly containers?: readonly string[] | undefined;
  /** Beginnings of keys in the file and what upstream's code calls them. */
  readonly renames?: readonly (readonly [from: string, to: string])[] | undefined;
  /** Only keys with one of these beginnings are expected in this file; all keys when absent. */
  readonly part?: readonly string[] | undefined;
}

/** One network as a file holds it. */
export interface Selection {
  readonly container: string;
  /** Entries of the file by upstream key, in the manifest's order. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Keys that must be there and are not. */
  readonly missing: readonly string[];
  /** What does not fit, in words. */
  readonly wrong: readonly string[];
  /** Keys found with the right shape, as a share of those that must be there. */
  readonly share: number;
}

/** What wrapping a network for several devices puts before each key. */
const PARALLEL_PREFIX = 'module.';

export const isComplete = ({ missing, wrong }: Selection): boolean => missing.length === 0 && wrong.length === 0;

/** The best place for a network in a file; undefined when the file has no state dict at all. */
export function selectNetwork(
  file: TensorFile,
  manifest: NetworkManifest,
  spelling: Spelling = {},
): Selection | undefined {
  const preferred = spelling.containers ?? [];
  const rank = (container: string): number =>
    preferred.includes(container) ? preferred.indexOf(container) : preferred.length;
  const candidates = [...file.groups.keys()]
    .toSorted((a, b) => rank(a) - rank(b))
    .map((container) => selectIn(file, container, manifest, spelling));
  return candidates.reduce<Selection | undefined>(
    (best, next) => (best === undefined || next.share > best.share ? next : best),
    undefined,
  );
}

function selectIn(file: TensorFile, container: string, manifest: NetworkManifest, spelling: Spelling): Selection {
  const inside = upstreamKeys(file.groups.get(container) ?? new Map(), spelling);
  // What upstream keeps outside the state dict (`latent_avg`) stands at the top level.
  const outside: ReadonlyMap<string, TensorEntry> = file.groups.get('') ?? new Map();
  const tensors = new Map<string, TensorEntry>();
  const missing: string[] = [];
  const wrong: string[] = [];
  let needed = 0;
  let fitting = 0;
  for (const [key, { shape, constant }] of manifest.tensors) {
    if (constant || !isInPart(key, spelling.part)) continue;
    needed++;
    const entry = inside.keys.get(key) ?? outside.get(key);
    if (inside.doubled.has(key)) {
      wrong.push(`"${key}" is there twice, with and without a prefix`);
    } else if (entry === undefined) {
      missing.push(key);
    } else if (entry.shape.length !== shape.length || entry.shape.some((size, axis) => size !== shape[axis])) {
      wrong.push(`"${key}" is [${entry.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    } else if (entry.dtype !== 'F32') {
      wrong.push(`"${key}" is ${entry.dtype} instead of F32`);
    } else {
      fitting++;
      tensors.set(key, entry);
    }
  }
  return { container, tensors, missing, wrong, share: needed === 0 ? 0 : fitting / needed };
}

const isInPart = (key: string, part: readonly string[] | undefined): boolean =>
  part === undefined || part.some((beginning) => key.startsWith(beginning));

/** The entries of a state dict under the keys that upstream's code uses. */
function upstreamKeys(
  group: TensorGroup,
  { renames = [] }: Spelling,
): { keys: ReadonlyMap<string, TensorEntry>; doubled: ReadonlySet<string> } {
  const keys = new Map<string, TensorEntry>();
  const doubled = new Set<string>();
  for (const [written, entry] of group) {
    const bare = written.startsWith(PARALLEL_PREFIX) ? written.slice(PARALLEL_PREFIX.length) : written;
    const rename = renames.find(([from]) => bare.startsWith(from));
    const key = rename === undefined ? bare : rename[1] + bare.slice(rename[0].length);
    if (keys.has(key)) doubled.add(key);
    keys.set(key, entry);
  }
  return { keys, doubled };
}

/** What keeps a selection from being complete, short enough for a message. */
export function explainSelection({ missing, wrong }: Pick<Selection, 'missing' | 'wrong'>): string {
  const some = (items: readonly string[]): string =>
    items.slice(0, 3).join(', ') + (items.length > 3 ? ` and ${items.length - 3} more` : '');
  return [
    missing.length > 0 ? `missing: ${some(missing.map((key) => `"${key}"`))}` : '',
    wrong.length > 0 ? `wrong: ${some(wrong)}` : '',
  ]
    .filter((text) => text !== '')
    .join('; ');
}
