import { DomainError, type KeyField, type TimeUnit, timeUnits } from '@user-activity/domain';

/** Makes the error for stats with too many counts. The message names the limit and the remedy. */
const tooBroad = (message: string): DomainError =>
  new DomainError('QUERY_TOO_BROAD', `The query is too broad: it ${message}.`, {
    violations: [{ path: '/by', message }],
  });

/** Makes the error for stats of more than `max` types or users. */
export function tooManyKeys(max: number, field: KeyField): DomainError {
  const [keys, otherField] = field === 'type' ? ['types', 'userId'] : ['users', 'type'];
  return tooBroad(
    `counts more than ${max} ${keys}: narrow it by "from" and "to", "${field}" or "${otherField}"`,
  );
}

/** Makes the error for stats over time with more than `max` counts. */
export function tooManyLines(max: number, unit: TimeUnit, series?: KeyField): DomainError {
  const larger = timeUnits.slice(timeUnits.indexOf(unit) + 1).map((name) => `"${name}"`);
  const others = [larger.slice(0, -1).join(', '), ...larger.slice(-1)].filter((text) => text !== '');
  const orElse = others.length === 0 ? '' : `, or count by ${others.join(' or ')}`;
  const counted = series === undefined ? `${unit}s` : `combinations of a ${unit} and a ${series}`;
  return tooBroad(`counts more than ${max} ${counted}: bring "from" and "to" closer together${orElse}`);
}
