// No other variables are passed on: they could configure a real deployment on Kafka and MongoDB.
const passedVariables = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'NODE_OPTIONS', 'NODE_COMPILE_CACHE'];

/** Returns the environment variables for the embedded service of the demo. */
export const makeServiceEnvironment = (
  folder: string,
  port: number,
  variables: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(passedVariables.map((name) => [name, variables[name]])),
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
