/** Weights by their upstream names: a network asks for `conv1.conv.weight` below the prefix that it was given. */
import type { Graph, Value } from '#engine/tensor/graph.ts';
import type { Shape } from '#engine/tensor/shapes/rule.ts';

/** The parameters below one prefix of a state dict. */
export class StateDict {
  readonly graph: Graph;
  readonly prefix: string;

  constructor(graph: Graph, prefix = '') {
    this.graph = graph;
    this.prefix = prefix;
  }

  /** The weight `<prefix><key>`. */
  get(key: string, shape: Shape): Value {
    return this.graph.param(`${this.prefix}${key}`, shape);
  }

  /** The weights below `<prefix><name>.` */
  under(name: string): StateDict {
    return new StateDict(this.graph, `${this.prefix}${name}.`);
  }
}
