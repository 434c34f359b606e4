/** The product's name and version, in one place. */
import { productName, version } from '../../package.json';

export const PRODUCT = { name: productName, version } as const;
