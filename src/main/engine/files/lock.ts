/** A file that says which process works on something. It outlives no owner: that of a dead process is taken over. */
import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { codeOf, toStorageError } from './atomic.ts';
import { isRunning, ownProcess, type ProcessIdentity } from './process-identity.ts';

const holderSchema = z.object({ host: z.string(), pid: z.int(), started: z.string(), token: z.string() });

export interface Lock extends AsyncDisposable {
  /** False once somebody else took the file, which happens when this process was believed dead. */
  isHeld(): Promise<boolean>;
}

/** The owner writes the time this often, for those who cannot see its process. */
const SIGN_OF_LIFE_MS = 20_000;
/** An owner that cannot be seen is given up after this silence: long steps keep a process from writing. */
const SILENCE_MS = 5 * 60_000;
/** A lock without content is one that is being written. */
const UNFINISHED_MS = 5_000;
/** Somebody else may be taking the lock of a dead owner away: a matter of milliseconds. */
const ATTEMPTS = 50;
const WAIT_MS = 10;

/**
 * Takes the lock, or says who has it.
 * @throws StorageError when the folder refuses
 */
export async function tryLock(file: string): Promise<Lock | ProcessIdentity> {
  const self = await ownProcess();
  const token = randomBytes(8).toString('hex');
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, JSON.stringify({ ...self, token }), { flag: 'wx' });
      return heldLock(file, token);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw toStorageError(error, file);
    }
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (holder.alive || attempt >= ATTEMPTS) return holder.identity;
    await takeAway(file);
  }
}

/** True for a lock, false for the process that has it. */
export const isLock = (answer: Lock | ProcessIdentity): answer is Lock => 'isHeld' in answer;

/** The living owner of a lock; undefined when nobody has it. */
export async function lockOwner(file: string): Promise<ProcessIdentity | undefined> {
  const holder = await readHolder(file);
  return holder?.alive ? holder.identity : undefined;
}

interface Holder {
  readonly identity: ProcessIdentity;
  readonly alive: boolean;
}

const NOBODY: ProcessIdentity = { host: '', pid: 0, started: '' };

async function readHolder(file: string): Promise<Holder | undefined> {
  const [text, info] = await Promise.all([
    readFile(file, 'utf8').catch(() => undefined),
    stat(file).catch(() => undefined),
  ]);
  if (text === undefined || info === undefined) return undefined;
  const silence = Date.now() - info.mtimeMs;
  const parsed = holderSchema.safeParse(parseJson(text));
  if (!parsed.success) return { identity: NOBODY, alive: silence < UNFINISHED_MS };
  const { host, pid, started } = parsed.data;
  const identity = { host, pid, started };
  return { identity, alive: (await isRunning(identity)) ?? silence < SILENCE_MS };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Thrown for text that is no JSON and for nothing else.
    return undefined;
  }
}

/**
 * Removes the lock of a dead owner. One process at a time may: a slower one, who saw the same dead owner, would remove
 * the lock of who took over. The right to it is a lock itself, whose owner may die as well.
 */
async function takeAway(file: string): Promise<void> {
  const right = await tryLock(`${file}.takeover`);
  if (!isLock(right)) {
    await setTimeout(WAIT_MS);
    return;
  }
  await using _right = right;
  if ((await readHolder(file))?.alive !== false) return;
  await rm(file, { force: true }).catch((error: unknown) => {
    throw toStorageError(error, file);
  });
}

function heldLock(file: string, token: string): Lock {
  const beat = setInterval(() => {
    const now = new Date();
    // A lock that is gone shows in `isHeld`.
    utimes(file, now, now).catch(() => undefined);
  }, SIGN_OF_LIFE_MS);
  beat.unref();
  const isHeld = async (): Promise<boolean> => {
    const holder = holderSchema.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')));
    return holder.success && holder.data.token === token;
  };
  return {
    isHeld,
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      // A folder that refuses by now: the lock then ends with this process.
      if (await isHeld()) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}
