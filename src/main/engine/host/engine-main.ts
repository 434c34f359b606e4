/** Entry of the engine process, for both shells. */
import { openServices } from './open-services.ts';
import { runEngine } from './run-engine.ts';

runEngine(openServices);
