import { quoteForShell } from '../shared/curl.ts';

/** An example program that sends an activity. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** The service that the programs send to, with the key and the project that they use. */
interface Target {
  readonly url: string;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

/** Returns example programs that send an activity to the service. They contain the key and the project if these are given. */
export function snippetsFor({ url, key, project }: Target): readonly Snippet[] {
  const headers = [
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
    ...(project === undefined ? [] : [`X-Project: ${project}`]),
  ];
  const header = headers.map((one) => ` \\\n  -H ${quoteForShell(one)}`).join('');
  return [
    {
      name: 'curl',
      code: `curl -i ${quoteForShell(`${url}/api/logs`)}${header} \\
  -H 'Content-Type: application/json' \\
  -d '{"userId":"ann","type":"LOGIN","metadata":{"plan":"pro"}}'`,
    },
    {
      name: 'TypeScript',
      code: `import { ActivityClient } from '@user-activity/client';

const client = new ActivityClient({
  url: ${quoted(url)},${key === undefined ? '' : `\n  apiKey: ${quoted(key)},`}${project === undefined ? '' : `\n  project: ${quoted(project)},`}
});

client.log({ userId: 'ann', type: 'LOGIN', metadata: { plan: 'pro' } });
await client.close();`,
    },
    {
      name: 'Segment SDK',
      code: `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({
  host: ${quoted(url)},
  writeKey: ${quoted(key ?? 'any')},
});

analytics.track({ userId: 'ann', event: 'Login', properties: { plan: 'pro' } });
await analytics.closeAndFlush();`,
    },
  ];
}

/** Returns the text as a string literal of TypeScript. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
