/** A command that logs an activity, for someone who has just started the service. Never with a real key in it. */
export function tryLine(url: string, needsKey: boolean): string {
  const key = needsKey ? " -H 'x-api-key: YOUR-KEY'" : '';
  const body = '{"userId":"123","type":"LOGIN","metadata":{"ip":"127.0.0.1"}}';
  return `try: curl -i ${url}/api/logs${key} -H 'content-type: application/json' -d '${body}'`;
}
