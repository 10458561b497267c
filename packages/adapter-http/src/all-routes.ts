import { optionsEvents } from './cloud-events/options-events.ts';
import { postEvents } from './cloud-events/post-events.ts';
import { getExport } from './export/get-export.ts';
import { getFeed } from './feed/get-feed.ts';
import { getStream } from './feed/get-stream.ts';
import { withOwnParsers } from './requests/own-parsers.ts';
import type { AddRoute } from './requests/route.ts';
import { activityRoutes } from './routes/activities.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { getHealthHistory } from './routes/get-health-history.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { loggingRoutes } from './routes/logging.ts';
import { getMetrics } from './routes/metrics.ts';
import { projectRoutes } from './routes/projects.ts';
import { userRoutes } from './routes/users.ts';
import { postCalls } from './segment/post-calls.ts';

/** Every route of the API, in the order in which the documentation shows them. */
export const allRoutes: readonly AddRoute[] = [
  ...loggingRoutes,
  withOwnParsers(postEvents),
  optionsEvents,
  ...activityRoutes,
  getExport,
  getFeed,
  getStream,
  withOwnParsers(postCalls),
  ...deadLetterRoutes,
  ...userRoutes,
  ...projectRoutes,
  ...keyRoutes,
  healthRoutes,
  getHealthHistory,
  getMetrics,
];
