/** Runs the small tuning in a process of its own, slowly enough to be killed on the way; at `hold` it waits for that. */
import { runSmallTuning } from './small-tuning.ts';

const [place = '', pause = '0', hold = 'Infinity'] = process.argv.slice(2);
const wait = new Int32Array(new SharedArrayBuffer(4));
const outcome = await runSmallTuning({
  place,
  passes: 40,
  literal: true,
  saveEvery: 3,
  onEvent: (event) => {
    if (event.type !== 'update') return;
    process.stdout.write(`${event.update}\n`);
    Atomics.wait(wait, 0, 0, event.update < Number(hold) ? Number(pause) : Number.POSITIVE_INFINITY);
  },
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
