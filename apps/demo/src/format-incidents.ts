import type { Incident } from './incidents/incident.ts';

/** Returns a text that lists the incidents, each with the URL of the dashboard that shows it. */
export const formatIncidents = (incidents: readonly Incident[], url: string): string =>
  [
    '\nWorth finding:',
    ...incidents.map(({ title, filter }) => `  ${title}\n    ${url}${pathOf(filter)}`),
    '',
  ].join('\n');

/** Returns the URL path and fragment at which the dashboard shows what a filter selects. */
function pathOf({ userId, type = [], from, to }: Incident['filter']): string {
  const parameters = new URLSearchParams([
    ...(userId === undefined ? [] : [['userId', userId]]),
    ...type.map((name) => ['type', name]),
    ['from', new Date(from).toISOString()],
    ['to', new Date(to).toISOString()],
  ]);
  return `/#/explore?${parameters.toString()}`;
}
