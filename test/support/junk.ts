/** Junk for every call of a contract, and what a refusal looks like. */
import { ORPCError } from '@orpc/client';
import type { AnyContractRouter } from '@orpc/contract';
import { isContractProcedure } from '@orpc/contract';
import fc from 'fast-check';

interface Validates {
  readonly '~standard': { validate(value: unknown): { issues?: unknown } | Promise<{ issues?: unknown }> };
}

export interface ContractCall {
  readonly path: readonly string[];
  readonly name: string;
  accepts(input: unknown): Promise<boolean>;
}

/** Every procedure of a contract, with its input schema as a judge. */
export function callsOf(contract: AnyContractRouter, path: readonly string[] = []): ContractCall[] {
  if (isContractProcedure(contract)) {
    const schema = contract['~orpc'].inputSchema as Validates | undefined;
    return [
      {
        path,
        name: path.join('.'),
        accepts: async (input) => {
          if (schema === undefined) throw new Error(`${path.join('.')} checks no input`);
          return (await schema['~standard'].validate(input)).issues === undefined;
        },
      },
    ];
  }
  return Object.entries(contract).flatMap(([key, child]) => callsOf(child as AnyContractRouter, [...path, key]));
}

/** Calls a procedure by its path, with any input. */
export async function callWith(client: unknown, path: readonly string[], input: unknown): Promise<unknown> {
  let target = client as Record<string, unknown>;
  for (const key of path) target = target[key] as Record<string, unknown>;
  const output = await (target as unknown as (input: unknown) => Promise<unknown>)(input);
  if (isIterable(output)) for await (const _ of output) break;
  return output;
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** The code of the error that a call ends with, or `accepted`. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof ORPCError ? String(error.code) : `untyped: ${String(error)}`),
  );
}

const handleLike = fc.oneof(
  fc.constantFrom(
    '../../etc/passwd',
    '/etc/passwd',
    'file_',
    'file_../../x',
    'C:\\Windows\\win.ini',
    'save_<script>',
    '',
  ),
  fc.string({ maxLength: 80 }),
);
const leaf = fc.oneof(
  handleLike,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(-1, 0.5, 9e15, Number.NaN),
);
const fields = [
  'file',
  'photo',
  'result',
  'to',
  'maxSide',
  'face',
  'thorough',
  'settings',
  'assignments',
  'target',
  'stage',
  'targetFace',
  'name',
  'bytes',
  'format',
  'multiple',
  'job',
  'video',
  'clip',
  'frame',
  'track',
  'trim',
  'sources',
  'kind',
  'id',
  'saved',
  'version',
  '__proto__',
  'constructor',
  'which',
  'from',
  'extra',
];

/** Values of every shape, among them objects that nearly fit. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom(...fields), fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 6 }),
  fc.dictionary(fc.constantFrom(...fields), fc.dictionary(fc.constantFrom(...fields), leaf, { maxKeys: 4 }), {
    maxKeys: 3,
  }),
  fc.jsonValue(),
);
