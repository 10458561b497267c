import { nodeCommand, ServerProcess } from '../server-process.ts';
import type { Place } from '../site.ts';

/** The service as it is deployed: an API and a consumer, in separate processes. */
export interface RunningService {
  readonly api: ServerProcess;
  readonly consumer: ServerProcess;
  stop(): Promise<void>;
}

/** Starts an API and a consumer. Resolves when both are ready. */
export async function startServiceProcesses({ environment }: Place): Promise<RunningService> {
  const start = (app: string): Promise<ServerProcess> =>
    ServerProcess.start({ command: nodeCommand(`apps/${app}/src/main.ts`), environment });
  const api = await start('api');
  try {
    const consumer = await start('consumer');
    const stop = async (): Promise<void> => {
      await consumer.stop();
      await api.stop();
    };
    return { api, consumer, stop };
  } catch (error) {
    await api.stop();
    throw error;
  }
}
