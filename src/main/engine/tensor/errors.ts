import { UsageError } from '#engine/errors.ts';

/** A graph that cannot be built or lowered: the message names the operation, the shapes and the scope. */
export class GraphError extends UsageError {}
