import { shellQuoted } from '../shared/curl.ts';

/** A way to send the first activity. */
export interface Snippet {
  readonly name: string;
  readonly code: string;
}

/** Returns programs that send an activity to this service. They have the key of the page, or a placeholder if a key is needed and there is none. */
export function snippetsFor(url: string, key: string | undefined): readonly Snippet[] {
  const header = key === undefined ? '' : ` \\\n  -H ${shellQuoted(`Authorization: Bearer ${key}`)}`;
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
  url: ${quoted(url)},${key === undefined ? '' : `\n  apiKey: ${quoted(key)},`}
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
