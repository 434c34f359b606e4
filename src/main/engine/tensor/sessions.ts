/** Sessions of ONNX Runtime: the only door through which a model runs. */
import { stat } from 'node:fs/promises';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { InputError, MissingPackError, UsageError } from '#engine/errors.ts';
import type { DeviceId } from '#shared/settings.ts';
import { checkTensor, type ElementType, elementTypeOf, shapeText, type TensorData } from './data.ts';
import { PROVIDERS } from './providers.ts';
import './no-telemetry.ts';

export type { TensorData } from './data.ts';

// What fails is thrown; the runtime would also print it, with its warnings, in colours on stderr.
env.logLevel = 'fatal';

export interface SessionOptions {
  /** Names the model in error messages. */
  readonly name: string;
  /** Default `cpu`; `auto` means `cpu` here: choosing a device is the business of `device.ts`. */
  readonly device?: DeviceId | undefined;
  /** Threads of one operator; the runtime's own choice (one per core) when absent. */
  readonly threads?: number | undefined;
  /**
   * Keep freed memory for the next tensor (default), which is faster, or give it back at once, which keeps the peak of
   * a large training step close to what is alive.
   */
  readonly arena?: boolean | undefined;
  /** Let the runtime fuse and fold before it runs (default). */
  readonly optimize?: boolean | undefined;
  /** Folder that external data of a model given as bytes is relative to. */
  readonly externalDataFolder?: string | undefined;
}

/** An opened model. Dispose it: its memory is outside the JavaScript heap. */
export interface TensorSession extends AsyncDisposable {
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the model. The call occupies its thread until the outputs are there.
   * @throws UsageError when an input is missing, unknown, or of the wrong type or shape, or an output is unknown.
   */
  run(inputs: Readonly<Record<string, TensorData>>, outputs?: readonly string[]): Promise<Record<string, TensorData>>;
}

/** Translates the studio's options into the runtime's. */
export function runtimeOptions(options: SessionOptions): InferenceSession.SessionOptions {
  const device = options.device === undefined || options.device === 'auto' ? 'cpu' : options.device;
  if (options.threads !== undefined && (!Number.isInteger(options.threads) || options.threads < 1))
    throw new UsageError(`The number of threads for ${options.name} must be a natural number, not ${options.threads}.`);
  return {
    executionProviders: device === 'cpu' ? [PROVIDERS.cpu.config] : [PROVIDERS[device].config, PROVIDERS.cpu.config],
    logSeverityLevel: 4,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.arena === false ? { enableCpuMemArena: false, enableMemPattern: false } : {}),
    ...(options.optimize === false ? { graphOptimizationLevel: 'disabled' } : {}),
    ...(options.externalDataFolder === undefined
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: options.externalDataFolder } } }),
  };
}

/**
 * Opens a model given as bytes, or as the path of an `.onnx` file.
 * @throws InputError when the file or the bytes are not a model the runtime accepts.
 * @throws MissingPackError when the provider of the device is not part of this installation.
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions): Promise<TensorSession> {
  return new RuntimeSession(options.name, await createRuntimeSession(model, options, runtimeOptions(options)));
}

/** Opens the runtime's own session object with errors that say whose fault it is. */
export async function createRuntimeSession(
  model: Uint8Array | string,
  options: SessionOptions,
  runtime: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const file = typeof model === 'string' ? model : undefined;
  if (file !== undefined) {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) throw new InputError(`The model ${options.name} is not there.`, { file });
  }
  try {
    return typeof model === 'string'
      ? await InferenceSession.create(model, runtime)
      : await InferenceSession.create(model, runtime);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const device = options.device ?? 'cpu';
    if (device !== 'cpu' && /provider|backend|adapter/i.test(reason))
      throw new MissingPackError(`The device "${device}" cannot be used for ${options.name}: ${reason}`, { cause });
    throw new InputError(`The model ${options.name} cannot be opened: ${reason}`, { file, cause });
  }
}

class RuntimeSession implements TensorSession {
  readonly name: string;
  readonly #session: InferenceSession;
  #released = false;

  constructor(name: string, session: InferenceSession) {
    this.name = name;
    this.#session = session;
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  async run(
    inputs: Readonly<Record<string, TensorData>>,
    outputs: readonly string[] = this.outputNames,
  ): Promise<Record<string, TensorData>> {
    if (this.#released) throw new UsageError(`The session ${this.name} is closed.`);
    for (const output of outputs) {
      if (!this.outputNames.includes(output))
        throw new UsageError(`${this.name} has no output "${output}"; it has ${this.outputNames.join(', ')}.`);
    }
    const results = await this.#session.run(runtimeInputs(this.name, this.#session, inputs), outputs);
    const named: Record<string, TensorData> = {};
    for (const output of outputs) {
      const tensor = results[output]!;
      named[output] = { dims: tensor.dims, data: tensor.data as TensorData['data'] };
    }
    return named;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#session.release();
  }
}

/** Checks the inputs `expected` (default: all) against what the model declares and wraps them for the runtime. */
export function runtimeInputs(
  name: string,
  session: InferenceSession,
  inputs: Readonly<Record<string, TensorData>>,
  expected: readonly string[] = session.inputNames,
): Record<string, Tensor> {
  for (const given of Object.keys(inputs)) {
    if (!expected.includes(given))
      throw new UsageError(`${name} has no input "${given}"; it has ${expected.join(', ')}.`);
  }
  const tensors: Record<string, Tensor> = {};
  session.inputNames.forEach((input, index) => {
    if (!expected.includes(input)) return;
    const tensor = inputs[input];
    if (tensor === undefined) throw new UsageError(`${name} misses its input "${input}".`);
    checkTensor(`the input "${input}" of ${name}`, tensor);
    const declared = session.inputMetadata[index];
    if (declared?.isTensor) checkAgainst(name, declared, tensor);
    const type = declared?.isTensor ? (declared.type as ElementType) : elementTypeOf(tensor.data);
    tensors[input] = new Tensor(type as 'float32', tensor.data as Float32Array, tensor.dims);
  });
  return tensors;
}

function checkAgainst(name: string, declared: InferenceSession.TensorValueMetadata, tensor: TensorData): void {
  const given = elementTypeOf(tensor.data);
  const fits = declared.type === given || (declared.type === 'bool' && given === 'uint8');
  if (!fits)
    throw new UsageError(`The input "${declared.name}" of ${name} is ${declared.type}, but ${given} was given.`);
  const same =
    declared.shape.length === tensor.dims.length &&
    // Symbolic sizes arrive as text, sizes without a name as -1: both take anything.
    declared.shape.every((size, axis) => typeof size === 'string' || size < 0 || size === tensor.dims[axis]);
  if (!same)
    throw new UsageError(
      `The input "${declared.name}" of ${name} has the shape ${shapeText(declared.shape)}, but ${shapeText(tensor.dims)} was given.`,
    );
}
