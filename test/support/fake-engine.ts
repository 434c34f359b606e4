/** Entry of an engine process whose studio is a fake; each step of a swap takes 100 ms. */
import { runEngine } from '#engine/host/run-engine.ts';
import { createFakeStudio, fakeServices } from './fake-studio.ts';

if (process.env['FAKE_ENGINE'] === 'broken') {
  runEngine(async () => {
    throw new Error('the models are missing');
  });
} else if (process.env['FAKE_ENGINE'] === 'crash') {
  process.exit(7);
} else {
  runEngine(async () => fakeServices(createFakeStudio(100)));
}
