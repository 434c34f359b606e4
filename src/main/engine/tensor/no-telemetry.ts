/**
 * Keeps the runtime silent. From 1.29 on, its prebuilt libraries for Linux and macOS tell their maker about every model
 * that is opened, and leave a device id and logs in the user's folders, unless this variable is set when the first session
 * is made. Whoever imports the runtime imports this module too.
 *
 * It must be loaded in the main thread: the environment of a worker thread is a copy that native code does not see.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
