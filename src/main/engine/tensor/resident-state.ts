/**
 * Training steps whose state (weights, moments) stays where the provider computes. The outputs of one step are the
 * inputs of the next; on a GPU they never cross the bus.
 *
 * A tensor on the GPU must never be asked for its data: the runtime's `getData()` ends the process. State is read
 * through a second model of identities whose outputs lie on the CPU.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { UsageError } from '#engine/errors.ts';
import { checkFinite, type TensorData } from './data.ts';
import { Graph } from './graph.ts';
import { lowerGraph } from './lowering/lower.ts';
import { encodeOnnx } from './onnx/encode.ts';
import { releaseMemory } from './release-memory.ts';
import { createRuntimeSession, runtimeInputs, runtimeOptions, type SessionOptions } from './sessions.ts';

export interface ResidentOptions extends SessionOptions {
  /** State: name of the input → name of the output that replaces it. */
  readonly state: Readonly<Record<string, string>>;
  /** The state before the first step, by input name; float32. */
  readonly initial: Readonly<Record<string, TensorData>>;
}

export class ResidentState implements AsyncDisposable {
  readonly name: string;
  readonly #step: InferenceSession;
  readonly #options: Omit<ResidentOptions, 'initial'>;
  #state: Record<string, Tensor>;
  /** Memory of the state before this one, by input name, into which the next step writes. On the CPU only. */
  #spare: Record<string, Tensor> | undefined;
  /** Whether the state lies in memory of its own: that of the initial one belongs to the caller. */
  #owned = false;
  #reader: InferenceSession | undefined;
  #closed = false;

  private constructor(
    step: InferenceSession,
    { initial: _, ...options }: ResidentOptions,
    state: Record<string, Tensor>,
  ) {
    this.name = options.name;
    this.#step = step;
    // Without the initial state: it may be gigabytes, and it is over after one step.
    this.#options = options;
    this.#state = state;
  }

  /**
   * Opens the model of one step.
   * @throws UsageError when a state name is no input or output of the model, or an initial tensor is missing, of the
   * wrong shape or type, or not finite; and what `openSession` throws
   */
  static async open(model: Uint8Array, options: ResidentOptions): Promise<ResidentState> {
    const runtime = runtimeOptions(options);
    const resident = isRemote(options);
    const outputs = Object.values(options.state);
    const step = await createRuntimeSession(model, options, {
      ...runtime,
      ...(resident
        ? { preferredOutputLocation: Object.fromEntries(outputs.map((output) => [output, 'gpu-buffer'] as const)) }
        : {}),
    });
    try {
      for (const [input, output] of Object.entries(options.state)) {
        if (!step.inputNames.includes(input)) throw new UsageError(`${options.name} has no state input "${input}".`);
        if (!step.outputNames.includes(output))
          throw new UsageError(`${options.name} has no state output "${output}".`);
      }
      for (const [name, tensor] of Object.entries(options.initial)) checkFinite(`the initial ${name}`, tensor);
      const names = Object.keys(options.state);
      return new ResidentState(step, options, runtimeInputs(options.name, step, options.initial, names));
    } catch (error) {
      await step.release();
      throw error;
    }
  }

  /** Names of the inputs that every step needs besides the state. */
  get inputNames(): string[] {
    return this.#step.inputNames.filter((name) => !(name in this.#options.state));
  }

  /**
   * One step: the state moves on, and the other outputs come back.
   * @param judge sees the other outputs before the state moves, when `read` still gives the state that they were
   * computed from; the state stays there if it throws
   * @throws UsageError when an input is missing, unknown, or of the wrong type or shape; and what `judge` throws
   */
  async step(
    inputs: Readonly<Record<string, TensorData>>,
    judge?: (reported: Readonly<Record<string, TensorData>>) => Promise<void>,
  ): Promise<Record<string, TensorData>> {
    this.#checkOpen();
    const given = runtimeInputs(this.name, this.#step, inputs, this.inputNames);
    const spare = this.#spare;
    const into = Object.fromEntries(this.#step.outputNames.map((name): [string, Tensor | null] => [name, null]));
    for (const [input, output] of Object.entries(this.#options.state)) into[output] = spare?.[input] ?? null;
    const results = await this.#step.run({ ...this.#state, ...given }, into);
    const next: Record<string, Tensor> = {};
    for (const [input, output] of Object.entries(this.#options.state))
      next[input] = spare?.[input] ?? (results[output] as Tensor);
    const replaced = new Set(Object.values(this.#options.state));
    const others = Object.entries(results).filter(([name]) => !replaced.has(name));
    const reported = Object.fromEntries(others.map(([name, tensor]) => [name, plain(tensor as Tensor)]));
    try {
      await judge?.(reported);
    } catch (error) {
      this.#keep(next);
      throw error;
    }
    const previous = this.#state;
    this.#state = next;
    this.#spare = undefined;
    if (this.#owned) this.#keep(previous);
    this.#owned = true;
    releaseMemory();
    return reported;
  }

  /**
   * Keeps the memory of a state that is not needed any more. Fresh memory for gigabytes of state, and copying it there,
   * would take as long as a third of the arithmetic of an update.
   */
  #keep(tensors: Record<string, Tensor>): void {
    if (!isRemote(this.#options)) this.#spare = tensors;
    else for (const tensor of Object.values(tensors)) tensor.dispose();
  }

  /** The state as it is now, by input name. @param names only these */
  async read(names: readonly string[] = Object.keys(this.#state)): Promise<Record<string, TensorData>> {
    this.#checkOpen();
    if (!isRemote(this.#options))
      // Copies: the next step must not change what was handed out.
      return Object.fromEntries(
        names.map((name) => {
          const tensor = this.#state[name] as Tensor;
          return [name, { dims: tensor.dims, data: plain(tensor).data.slice() }];
        }),
      );
    this.#reader ??= await this.#openReader();
    const results = await this.#reader.run(this.#state, names.map(readName));
    return Object.fromEntries(names.map((name) => [name, plain(results[readName(name)] as Tensor)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const tensor of Object.values(this.#state)) tensor.dispose();
    this.#state = {};
    this.#spare = undefined;
    await this.#reader?.release();
    await this.#step.release();
    releaseMemory();
  }

  async #openReader(): Promise<InferenceSession> {
    const graph = new Graph(`${this.name}: state`);
    const outputs = Object.fromEntries(
      Object.entries(this.#state).map(([name, tensor]) => [readName(name), graph.input(name, tensor.dims)]),
    );
    const model = encodeOnnx(lowerGraph(graph, outputs));
    return createRuntimeSession(model, this.#options, runtimeOptions(this.#options));
  }

  #checkOpen(): void {
    if (this.#closed) throw new UsageError(`The training step ${this.name} is closed.`);
  }
}

/** Providers whose outputs can stay in GPU buffers that the next run takes as inputs. */
const isRemote = ({ device }: SessionOptions): boolean => device === 'webgpu';

const readName = (name: string): string => `read ${name}`;

const plain = (tensor: Tensor): TensorData => ({ dims: tensor.dims, data: tensor.data as TensorData['data'] });
