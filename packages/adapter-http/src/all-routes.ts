import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { optionsEvents } from './cloud-events/options-events.ts';
import { postEvents } from './cloud-events/post-events.ts';
import { getExport } from './export/get-export.ts';
import { getFeed } from './feed/get-feed.ts';
import { getStream } from './feed/get-stream.ts';
import type { Route, RouteDeps } from './requests/route.ts';
import { deleteProject } from './routes/delete-project.ts';
import { deleteKey } from './routes/delete-key.ts';
import { deleteUser } from './routes/delete-user.ts';
import { getHealthHistory } from './routes/get-health-history.ts';
import { getErasure } from './routes/get-erasure.ts';
import { getCount } from './routes/get-count.ts';
import { getDeadLetters } from './routes/get-dead-letters.ts';
import { getKeys } from './routes/get-keys.ts';
import { getLog } from './routes/get-log.ts';
import { getLogs } from './routes/get-logs.ts';
import { getProjects } from './routes/get-projects.ts';
import { getStats } from './routes/get-stats.ts';
import { getStatus } from './routes/get-status.ts';
import { health } from './routes/health.ts';
import { metrics } from './routes/metrics.ts';
import { postBatch } from './routes/post-batch.ts';
import { postKey } from './routes/post-key.ts';
import { postKeyRotation } from './routes/post-key-rotation.ts';
import { postLog } from './routes/post-log.ts';
import { postReplay } from './routes/post-replay.ts';
import { putProject } from './routes/put-project.ts';
import { postCalls } from './segment/post-calls.ts';

type AnyRoute = Route<keyof RouteDeps>;
type AddRoute = (...args: Parameters<AnyRoute>) => void | Promise<void>;

/** Adds a route in a Fastify scope of its own, so that the body parsers that it changes serve no other route. */
const withOwnParsers =
  (route: AnyRoute): AddRoute =>
  async (app, deps) => {
    await app.register(async (scope) => route(scope.withTypeProvider<TypeBoxTypeProvider>(), deps));
  };

/** Functions that add every route of the API, in the order in which the documentation shows them. */
export const allRoutes: readonly AddRoute[] = [
  postLog,
  withOwnParsers(postBatch),
  withOwnParsers(postEvents),
  optionsEvents,
  getLogs,
  getCount,
  getStats,
  getExport,
  getFeed,
  getStream,
  getLog,
  getStatus,
  withOwnParsers(postCalls),
  getDeadLetters,
  postReplay,
  deleteUser,
  getErasure,
  getProjects,
  putProject,
  deleteProject,
  getKeys,
  postKey,
  postKeyRotation,
  deleteKey,
  health,
  getHealthHistory,
  metrics,
];
