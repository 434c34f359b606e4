/** What of the rgi engine works with the packs that are there: one row for each part that it can do without. */
import type { PackId } from '#engine/weights/catalogue.ts';
import type { PackStatus } from '#engine/weights/packs.ts';
import type { Warning } from '#shared/contract.ts';

/** Parts of the engine that a missing pack turns off, or makes simpler. */
const PARTS = {
  enhancement: {
    pack: 'gpen-bfr-512',
    title: 'Sharpening the driven face',
    severity: 'degrades',
    without: 'The driven face is not sharpened: it has the detail of 256 pixels.',
  },
  faceDetection: {
    pack: 'gpen-retinaface-r50',
    title: 'Finding the driven face for its sharpening',
    severity: 'info',
    without: 'The driven face is taken to be where the face of the target is.',
  },
  faceMask: {
    pack: 'gpen-parsenet',
    title: 'Outlining the sharpened face',
    severity: 'info',
    without: 'The sharpened face is outlined by the face parser.',
  },
  surroundings: {
    pack: 'gpen-realesrnet-x4',
    title: 'Enlarging what surrounds the driven face',
    severity: 'info',
    without: 'What surrounds the driven face is enlarged without a network.',
  },
  upscaling: {
    pack: 'realesrgan-x4plus',
    title: 'Sharpening the re-coloured face',
    severity: 'info',
    without: 'Re-coloured and filled parts are enlarged without a network.',
  },
  inpainting: {
    pack: 'inpainting-gcfsr',
    title: 'Filling the mismatch region',
    severity: 'degrades',
    without: 'The region that neither face shows is not filled.',
  },
  restoration: {
    pack: 'codeformer',
    title: 'Restoring the filled region',
    severity: 'info',
    without: 'What is filled is not sharpened.',
  },
} as const satisfies Record<string, { pack: PackId; title: string; severity: Warning['severity']; without: string }>;

export type RgiPart = keyof typeof PARTS;
export const RGI_PARTS = Object.keys(PARTS) as readonly RgiPart[];
/** Which parts work. */
export type RgiFeatures = Readonly<Record<RgiPart, boolean>>;

export interface PartReadiness {
  readonly part: RgiPart;
  readonly title: string;
  readonly works: boolean;
  /** The pack that the part needs. */
  readonly pack: PackStatus;
  /** What happens without it, one sentence. */
  readonly without: string;
}

export interface RgiReadiness {
  /** The engine can swap. */
  readonly ready: boolean;
  /** Packs without which it cannot. */
  readonly required: readonly PackStatus[];
  /** Those of them that are not ready. */
  readonly missing: readonly PackStatus[];
  /** Why it cannot, one sentence; undefined when it can. */
  readonly reason: string | undefined;
  readonly parts: readonly PartReadiness[];
  readonly features: RgiFeatures;
}

/** @param packs all packs, as `listPacks` gives them */
export function rgiReadiness(packs: readonly PackStatus[]): RgiReadiness {
  const required = packs.filter(({ features, optional }) => features.includes('rgi-swap') && !optional);
  const missing = required.filter(({ state }) => state !== 'ready');
  const parts = RGI_PARTS.map((part): PartReadiness => {
    const { pack: id, title, without } = PARTS[part];
    const pack = packs.find((row) => row.id === id);
    if (pack === undefined) throw new RangeError(`the list of packs lacks "${id}"`);
    return { part, title, works: pack.state === 'ready', pack, without };
  });
  return {
    ready: missing.length === 0,
    required,
    missing,
    reason: missing.length === 0 ? undefined : reasonOf(missing),
    parts,
    features: Object.fromEntries(parts.map(({ part, works }) => [part, works])) as RgiFeatures,
  };
}

function reasonOf(missing: readonly PackStatus[]): string {
  const named = missing.map(({ id, state }) => (state === 'missing' ? id : `${id} (${state})`)).join(', ');
  return `The rgi engine needs packs that are not there: ${named}.`;
}

/** The remark about a part that does not work. */
export const partWarning = (part: RgiPart): Warning => ({
  rule: `without-${PARTS[part].pack}`,
  severity: PARTS[part].severity,
  message: `${PARTS[part].without} The pack "${PARTS[part].pack}" would do it.`,
});

/** Hashes of all weights that the engine would use, by pack and file: what its results depend on. */
export function weightsOf({ required, parts }: RgiReadiness): Record<string, string> {
  const used = [...required, ...parts.filter(({ works }) => works).map(({ pack }) => pack)];
  return Object.fromEntries(
    used.flatMap(({ id, files }) =>
      files.flatMap(({ weights }) => weights.map(({ network, part, sha256 }) => [`${id}/${network}/${part}`, sha256])),
    ),
  );
}
