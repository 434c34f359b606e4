import { mix, type Rgb, smoothstep, srgb } from './math.ts';
import { fbm, random } from './random.ts';

/** A soft background: colours at the centre and the edge, where its glow lies, and how many blurred lights it has. */
export type BackdropLook = {
  readonly inner: number;
  readonly outer: number;
  readonly glow: readonly [number, number];
  readonly bokeh: number;
  readonly bokehColor: number;
};

/** The backdrop's radiance at picture fractions (u to the right, v down). */
export function backdrop(look: BackdropLook, aspect: number, seed: number): (u: number, v: number) => Rgb {
  const [inner, outer, spot] = [srgb(look.inner), srgb(look.outer), srgb(look.bokehColor)];
  const next = random(seed);
  const discs = Array.from({ length: look.bokeh }, () => ({
    x: next() * aspect,
    y: next() * 0.85,
    r: 0.025 + 0.06 * next(),
    k: 0.1 + 0.3 * next(),
  }));
  return (u, v) => {
    const x = u * aspect;
    const d = Math.hypot((u - look.glow[0]) * aspect, v - look.glow[1]);
    const t = smoothstep(0.05, 0.95, d + 0.07 * fbm(x * 2.2, v * 2.2, seed, 2));
    const color = [0, 1, 2].map((c) => mix(inner[c]!, outer[c]!, t)) as [number, number, number];
    for (const disc of discs) {
      const r = Math.hypot(x - disc.x, v - disc.y) / disc.r;
      const k = disc.k * smoothstep(1.08, 0.9, r) * (0.7 + 0.3 * smoothstep(0.6, 1, r));
      for (let c = 0; c < 3; c++) color[c]! += k * spot[c]!;
    }
    return color;
  };
}
