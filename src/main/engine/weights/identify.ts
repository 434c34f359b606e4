/** Recognising a weights file by what is in it. */
import { type CatalogueNetwork, PACK_IDS, type PackId, packOf } from './catalogue.ts';
import { networkManifest } from './manifests.ts';
import { isComplete, type Selection, selectNetwork } from './select.ts';
import type { TensorFile } from './tensor-file.ts';

export interface IdentifiedNetwork {
  readonly network: CatalogueNetwork;
  readonly selection: Selection;
}

export interface Identification {
  readonly pack: PackId;
  /** Which of the pack's published files this is: an index into the catalogue's list. */
  readonly part: number;
  /** Complete when every network of it is; else what a message can be made of. */
  readonly networks: readonly IdentifiedNetwork[];
  readonly complete: boolean;
  /** Tensors found with the right key and shape, as a share of those that are needed. */
  readonly share: number;
}

/** Below this share the likeness to a known file is chance: generic keys such as `conv1.weight`. */
const LIKENESS = 0.3;

/**
 * The published file that this one is, or the one it resembles most; undefined when it resembles none.
 * Optional networks are listed where they are complete.
 */
export function identify(file: TensorFile): Identification | undefined {
  let best: Identification | undefined;
  for (const pack of PACK_IDS) {
    for (const [part, { networks }] of packOf(pack).files.entries()) {
      const found = networks.flatMap((network): IdentifiedNetwork[] => {
        const selection = selectNetwork(file, networkManifest(network.network), network);
        return selection === undefined || (network.optional && !isComplete(selection)) ? [] : [{ network, selection }];
      });
      const required = found.filter(({ network }) => !network.optional);
      if (required.length === 0) continue;
      const share = Math.min(...required.map(({ selection }) => selection.share));
      const complete = required.every(({ selection }) => isComplete(selection));
      const next = { pack, part, networks: found, complete, share };
      if (best === undefined || likeness(next) > likeness(best)) best = next;
    }
  }
  return best !== undefined && (best.complete || best.share >= LIKENESS) ? best : undefined;
}

/** A complete file beats every likeness. */
const likeness = ({ complete, share }: Identification): number => (complete ? 2 : share);
