import type { Expression, Identity } from './traits.ts';

type SkinLook = {
  /** Base colour as 0xrrggbb, and of the lips. */
  readonly tone: number;
  readonly lips: number;
  /** 0..1 each. */
  readonly blush: number;
  readonly freckles: number;
  readonly stubble: number;
  readonly shine: number;
};
export type HairStyle = 'bald' | 'crop' | 'parted' | 'bob' | 'long' | 'curly' | 'afro' | 'swept';
type HairLook = {
  readonly style: HairStyle;
  /** 0xrrggbb of the strands in white light. */
  readonly color: number;
  /** Share of grey strands, 0..1. */
  readonly grey: number;
  /** How far the hairline has gone back, 0..1. */
  readonly recede: number;
};
export type GarmentLook = { readonly kind: 'crew' | 'vneck' | 'turtleneck' | 'shirt'; readonly color: number };

/** A person who does not exist. */
export type Person = {
  readonly identity: Identity;
  readonly expression: Expression;
  /** Degrees: yaw to the picture's right, pitch down, roll counter-clockwise. */
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  readonly skin: SkinLook;
  readonly iris: number;
  readonly hair: HairLook;
  readonly brows: { readonly thickness: number; readonly color: number };
  /** Beard length in units (0 none) and the area it covers. */
  readonly beard?: { readonly length: number; readonly color: number; readonly grey: number };
  readonly lashes: number;
  readonly garment: GarmentLook;
  readonly glasses?: { readonly color: number };
};
