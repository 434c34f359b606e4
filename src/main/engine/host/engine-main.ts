/** Entry of the engine process, for both shells. */
import { openServices } from './open-services.ts';
import { runEngine } from './run-engine.ts';

// Ctrl-C in a terminal reaches the whole process group; the shell decides when its engine ends.
process.on('SIGINT', () => undefined);
runEngine(openServices);
