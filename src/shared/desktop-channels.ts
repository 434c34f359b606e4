/** Names of the messages between the preload script and the desktop shell. */
export const DESKTOP_CHANNELS = {
  /** Page to shell: asks for ports. */
  connect: 'e4s:connect',
  /** Page to shell: grants a dropped file; answers with a `GrantedFile`. */
  grantDropped: 'e4s:grant-dropped',
  /** Shell to page: a `PortMessage` with one port. */
  port: 'e4s:port',
} as const;
