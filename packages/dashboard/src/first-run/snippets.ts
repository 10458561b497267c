import { shellQuoted } from '../shared/curl.ts';

/** A way to send the first activity. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** Where the programs send to. */
interface Target {
  readonly url: string;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

/** Returns programs that send an activity to this service. They have the key and the project of the page, if it has them. */
export function snippetsFor({ url, key, project }: Target): readonly Snippet[] {
  const headers = [
    ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
    ...(project === undefined ? [] : [`X-Project: ${project}`]),
  ];
  const header = headers.map((one) => ` \\\n  -H ${shellQuoted(one)}`).join('');
  return [
    {
      name: 'curl',
      code: `curl -i ${shellQuoted(`${url}/api/logs`)}${header} \\
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

/** Quotes a text for TypeScript. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
