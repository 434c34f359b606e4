// What `npm run package` makes. A Debian package has to name the page of its project (electron-builder insists on one),
// and the studio does not invent an address: whoever packages says it.

/** Environment variable with the address of the project's page. */
export const HOMEPAGE = 'E4S_HOMEPAGE';

/**
 * @param {readonly string[]} targets of this system, as electron-builder.yml names them
 * @param {string | undefined} homepage
 * @returns {{ targets: string[], left: string[], homepage: string | undefined }} `left`: targets that are left out
 */
export function packageTargets(targets, homepage) {
  const address = homepage?.trim() || undefined;
  if (address !== undefined && !/^https?:\/\/[^/\s]+/.test(address)) {
    throw new Error(`${HOMEPAGE} is no address of a page: ${address}`);
  }
  const needsPage = (target) => address === undefined && target === 'deb';
  return {
    targets: targets.filter((target) => !needsPage(target)),
    left: targets.filter(needsPage),
    homepage: address,
  };
}
