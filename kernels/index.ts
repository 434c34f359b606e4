/** The kernels: what the engine's loops over pixels spend most of their time in. */
export { blur } from './blur';
export { densities, weighMoves } from './fields';
export { fillHole, holeOpacity, pull, push } from './fill';
export { changedLight, labPixels, lightChange, mapTable, weighPlanes } from './light';
export { addRowBytes, addRowPlanes, changedBox, changeStrength, detailShare, packChange, unpackBytes } from './paste';
export {
  divideBy,
  faceOpacity,
  fadeInto,
  inverseVariance,
  linearModel,
  mixPlanes,
  multiplyAdd,
  raise,
  ramp,
  seenShare,
} from './pointwise';
export { addEnlarged, bandEnergy, mixBand, reduce } from './pyramid';
export { rasterize } from './raster';
export { enlarge, shrink } from './resize';
export { sampleBilinear, sampleCubic, warpAffine } from './warp';
