/** The kernels: what the engine's loops over pixels spend most of their time in. */
export { blur, blurScratch } from './blur';
export { addEnlarged, bandEnergy, mixBand, pyramidScratch, reduce } from './pyramid';
export { enlarge, rowsScratch, shrink } from './resize';
export { sampleBilinear, sampleCubic, warpAffine } from './warp';
