/** The apps that run until they are stopped, by the argument that names them. Importing an app runs it. */
export const services = {
  standalone: () => import('@user-activity/standalone'),
  api: () => import('@user-activity/api'),
  consumer: () => import('@user-activity/consumer'),
} satisfies Readonly<Record<string, () => Promise<unknown>>>;

/** Returns whether the argument names an app. Any other argument is for the command line. */
export const isService = (argument: string): argument is keyof typeof services =>
  Object.hasOwn(services, argument);
