/** The licences of what this program contains, as the build writes them. */
import notice from '../../../../NOTICE?raw';

export const THIRD_PARTY = notice;
