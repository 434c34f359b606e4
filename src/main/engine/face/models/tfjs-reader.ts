/** Reads TensorFlow.js graph models (a JSON topology and a binary with the weights) into plain data. */
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import type { Constant } from './constant.ts';

const attributeSchema = z.looseObject({
  s: z.string().optional(),
  b: z.boolean().optional(),
  list: z.looseObject({ i: z.array(z.coerce.number()).optional(), s: z.array(z.string()).optional() }).optional(),
  shape: z.looseObject({ dim: z.array(z.looseObject({ size: z.coerce.number() })).optional() }).optional(),
});

const modelSchema = z.looseObject({
  format: z.literal('graph-model'),
  userDefinedMetadata: z.looseObject({
    signature: z.looseObject({ outputs: z.record(z.string(), z.looseObject({ name: z.string() })) }),
  }),
  modelTopology: z.looseObject({
    node: z.array(
      z.looseObject({
        name: z.string(),
        op: z.string(),
        input: z.array(z.string()).default([]),
        attr: z.record(z.string(), attributeSchema).default({}),
      }),
    ),
  }),
  weightsManifest: z.array(
    z.looseObject({
      weights: z.array(
        z.looseObject({
          name: z.string(),
          shape: z.array(z.int().min(0)),
          dtype: z.string(),
          quantization: z.unknown().optional(),
        }),
      ),
    }),
  ),
});

export interface TfjsNode {
  readonly name: string;
  readonly op: string;
  /** Names of nodes, without output numbers. */
  readonly inputs: readonly string[];
  /** A text attribute such as `padding`, decoded; undefined when absent. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  ints(name: string): readonly number[];
  shape(name: string): readonly number[];
}

export interface TfjsModel {
  /** In topological order, constants left out. */
  readonly nodes: readonly TfjsNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Output name → node. */
  readonly outputs: ReadonlyMap<string, string>;
}

const decodeText = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');
/** `name:0` and `^name` (a control input) both mean the node. */
const nodeName = (reference: string): string => reference.replace(/^\^/, '').replace(/:\d+$/, '');

/**
 * Reads a graph model.
 * @throws InputError when the JSON is not a graph model, the weights do not fill the binary exactly, or a weight is
 *   neither float32 nor int32
 */
export function readTfjs(json: Uint8Array, weights: Uint8Array): TfjsModel {
  const parsed = modelSchema.safeParse(JSON.parse(new TextDecoder().decode(json)));
  if (!parsed.success)
    throw new InputError(`This is not a TensorFlow.js graph model: ${z.prettifyError(parsed.error)}`);
  const { modelTopology, weightsManifest, userDefinedMetadata } = parsed.data;
  const nodes = modelTopology.node.map((node): TfjsNode => {
    const attribute = (name: string) => node.attr[name];
    return {
      name: node.name,
      op: node.op,
      inputs: node.input.map(nodeName),
      text: (name) => {
        const value = attribute(name)?.s;
        return value === undefined ? undefined : decodeText(value);
      },
      texts: (name) => (attribute(name)?.list?.s ?? []).map(decodeText),
      ints: (name) => attribute(name)?.list?.i ?? [],
      shape: (name) => (attribute(name)?.shape?.dim ?? []).map((dim) => dim.size),
    };
  });
  return {
    nodes: topological(nodes).filter((node) => node.op !== 'Const'),
    constants: readWeights(
      weightsManifest.flatMap((group) => group.weights),
      weights,
    ),
    outputs: new Map(
      Object.entries(userDefinedMetadata.signature.outputs).map(([key, output]) => [
        nodeName(key),
        nodeName(output.name),
      ]),
    ),
  };
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: unknown;
}

function readWeights(entries: readonly WeightEntry[], bytes: Uint8Array): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of entries) {
    if ((dtype !== 'float32' && dtype !== 'int32') || quantization !== undefined)
      throw new InputError(
        `Weight "${name}" is stored as ${dtype}, quantized or not; only float32 and int32 are known.`,
      );
    const count = shape.reduce((product, dim) => product * dim, 1);
    const end = offset + 4 * count;
    if (end > bytes.length) throw new InputError(`The weights end inside "${name}".`);
    const copy = new Uint8Array(bytes.subarray(offset, end)).buffer;
    constants.set(name, { dims: shape, data: dtype === 'float32' ? new Float32Array(copy) : new Int32Array(copy) });
    offset = end;
  }
  if (offset !== bytes.length) throw new InputError(`The weights fill ${offset} of ${bytes.length} bytes.`);
  return constants;
}

/** Nodes so that each follows its inputs: the format promises no order. */
function topological(nodes: readonly TfjsNode[]): TfjsNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const visited = new Set<string>();
  const ordered: TfjsNode[] = [];
  const visit = (node: TfjsNode): void => {
    if (visited.has(node.name)) return;
    visited.add(node.name);
    for (const input of node.inputs) {
      const producer = byName.get(input);
      if (producer === undefined) throw new InputError(`Node "${node.name}" reads "${input}", which does not exist.`);
      visit(producer);
    }
    ordered.push(node);
  };
  nodes.forEach(visit);
  return ordered;
}
