/** Imported first: schemas must not try to compile themselves, which the content security policy refuses. */
import { config } from 'zod';

config({ jitless: true });
