// A service that is set up by other variables could be somebody's real one, on Kafka and MongoDB.
const passedOn = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE'];

/** Returns the environment of the service, whatever the variables of the user are. */
export const serviceEnvironment = (
  folder: string,
  port: number,
  variables: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(passedOn.map((name) => [name, variables[name]])),
  HOST: '127.0.0.1',
  PORT: String(port),
  DATA_DIR: folder,
  LOG_LEVEL: 'warn',
});

/** Returns whether a browser can be shown: not in CI, and not without a display. */
export const hasDisplay = (variables: NodeJS.ProcessEnv = process.env): boolean =>
  variables['CI'] === undefined &&
  (process.platform === 'darwin' ||
    variables['DISPLAY'] !== undefined ||
    variables['WAYLAND_DISPLAY'] !== undefined);
