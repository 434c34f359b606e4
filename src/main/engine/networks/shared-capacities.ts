/** Capacities that many label maps share, so that one session serves them: a session is opened for each set of them. */
import { phasesOf, type RegionCapacities, type RegionLayer } from './region-layout.ts';

const TAPS = 9;
const CENTRE = 4;

/** The smallest of 4, 5, 6, 7 times a power of two that is not below `room`. */
export function coarseRoom(room: number): number {
  if (room <= 4) return room === 0 ? 0 : 4;
  const unit = 2 ** (Math.floor(Math.log2(room)) - 2);
  return Math.ceil(room / unit) * unit;
}

/** Every group in which a tap can be foreign: all but the centre, which in even rows and columns is the pixel itself. */
const possibleGroups = (layer: RegionLayer): number[] =>
  Array.from({ length: phasesOf(layer) * TAPS }, (_, group) => group).filter((group) => group !== CENTRE);

/**
 * Wider capacities, by the map's own needs alone: what a map is generated with does not depend on maps before it.
 * Unused places add nothing.
 */
export function sharedCapacities(capacities: RegionCapacities, layers: readonly RegionLayer[]): RegionCapacities {
  const widened = new Map(capacities.layers);
  for (const layer of layers) {
    const own = capacities.layers.get(layer.name);
    if (own === undefined || own.room === 0) continue;
    widened.set(layer.name, { groups: possibleGroups(layer), room: coarseRoom(own.room) });
  }
  return { regions: capacities.regions, layers: widened };
}

/** Names a set of capacities. */
export const capacitiesKey = ({ layers }: RegionCapacities): string =>
  [...layers].map(([name, { groups, room }]) => `${name}:${groups.length}x${room}`).join(' ');
