/** The words of personal tuning and of refining a photo. */
const number = (n: number): string => n.toLocaleString('en');
const count = (n: number, one: string, many: string): string => `${number(n)} ${n === 1 ? one : many}`;

export const tuningText = {
  section: 'Personal tuning (PTI)',
  enable: 'Tune to the person',
  enableHint: 'Adapts the generator to this clip before the swap. Takes long; the result flickers less.',
  steps: 'Max PTI steps',
  stepsHint: 'A step is one pass over the chosen frames. 0 only loads the weights below.',
  learningRate: 'Learning rate',
  lambda: 'Recolor lambda',
  lambdaHint: 'How much the recoloured face counts beside the driven one.',
  nothingToLoad: 'With 0 steps, choose weights to begin with.',
  advanced: 'Advanced',
  schedule: 'Schedule',
  schedules: { default: 'Key frames first', literal: 'As published' },
  scheduleHints: {
    default: 'Small, then full-size key frames, then every frame once. Ends early when the faces are alike.',
    literal: 'Every step visits every frame. Many times slower.',
  },

  obstacles: {
    classicTitle: 'Tuning needs the E4S networks',
    classic: 'The classic engine has no network that could be tuned. Choose the E4S networks as engine.',
    engineTitle: 'The E4S networks are not there',
    lossesTitle: 'Packs for tuning are missing',
    losses: (packs: readonly string[]) =>
      `${packs.join(', ')}. Without them the swap still works, and so do weights that were tuned before: choose them below, and they are used as they are.`,
  },
  models: 'Open the models page',

  resume: {
    label: 'Begin with',
    none: 'The imported checkpoint',
    gone: 'Weights that are not here any more',
    choose: 'Choose a file…',
    chooseLabel: 'Choose tuned weights',
    hint: 'Tuned weights of this studio, or an official PTI_G_lr*_iters*.pth.',
    forget: (name: string) => `Delete ${name} from this studio`,
    reading: (name: string) => `Reading ${name} …`,
    sending: (name: string, percent: number) => `Handing over ${name} · ${percent} %`,
    refused: (name: string) => `${name} cannot be used`,
    taken: (name: string) => `${name} can be used`,
    close: 'Close this message',
  },

  panel: {
    tab: 'Tuning',
    film: 'Frames',
    views: 'What is shown of the job',
    label: 'Personal tuning',
    none: 'Nothing was tuned yet.',
    starting: 'Faces are being prepared.',
    preparing: (done: number, total: number) => `Preparing ${number(done)} of ${count(total, 'frame', 'frames')}`,
    updates: (n: number, total: number) =>
      total > n ? `Update ${number(n)} of at most ${number(total)}` : `${count(n, 'update', 'updates')}`,
    speed: (perSecond: number) =>
      perSecond >= 1 ? `${perSecond.toFixed(1)} updates/s` : `${(1 / perSecond).toFixed(1)} s an update`,
    left: (length: string) => `at most ${length} left`,
    saved: (n: number) => `Saved after update ${number(n)}.`,
    progress: 'Progress of tuning',
    finishNow: 'Use what there is now',
    finishHint: 'Ends the tuning with the weights of this moment and goes on with the swap.',
    finishing: 'Ends with the next update …',
    export: 'Save tuned weights…',
    exporting: 'Saving …',
    exported: (name: string, updates: number) => `Saved ${name}`.concat(` (${count(updates, 'update', 'updates')})`),
    ended: {
      done: (n: number) => `Tuned with ${count(n, 'update', 'updates')}.`,
      stopped: (n: number) => `Tuned with ${count(n, 'update', 'updates')}; ended by you.`,
      diverged: (n: number) =>
        `The loss became no number. The weights after ${count(n, 'update', 'updates')} are kept.`,
    },
    problem: 'The tuning cannot be shown.',
  },

  pictures: {
    label: 'Reconstruction and targets',
    reconstruction: 'Reconstruction',
    driven: 'Driven face',
    recolored: 'Recoloured face',
    frame: 'Frame',
    frameHint: 'Another frame is shown with the next picture.',
    caption: (what: string, frame: number, update: number) =>
      `${what}, frame ${number(frame)}, update ${number(update)}`,
    none: 'The first picture comes after some updates.',
  },

  chart: {
    label: 'Loss curves',
    term: 'Loss',
    updates: 'Updates',
    readout: (update: number, frame: number) => `Update ${number(update)} · frame ${number(frame)}`,
    value: (title: string, value: string) => `${title}: ${value}`,
    spoken: (update: number, frame: number, values: readonly string[]) =>
      `Update ${number(update)}, frame ${number(frame)}: ${values.join(', ')}`,
    point: 'Update that is read',
    trend: 'Thick: trend. Thin: single updates.',
    summary: (term: string, updates: number, parts: readonly string[]) =>
      `${term}, ${count(updates, 'update', 'updates')}. ${parts.join('. ')}.`,
    part: (title: string, first: string, now: string, best: string) =>
      `${title}: ${first} at first, ${now} now, ${best} at best`,
    empty: 'The curves begin with the first update.',
    table: 'As a table',
    tableCaption: (term: string) => `${term} by update`,
    update: 'Update',
    frame: 'Frame',
  },
} as const;
