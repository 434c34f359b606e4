/** All operations, for networks: `import * as op from '#engine/tensor/ops.ts'` or by name. */
export * from './ops/elementwise.ts';
export * from './ops/indexing.ts';
export * from './ops/layout.ts';
export * from './ops/reduction.ts';
export * from './ops/spatial.ts';
