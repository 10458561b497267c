import type { Answer } from './documented-page.ts';
import { isAsShown } from './documented-values.ts';

type Found = Map<string, string>;

/** Returns how an answer differs from the page, or undefined if it does not. */
export function faultOf({ kind, text: shown }: Answer, output: string, found: Found): string | undefined {
  if (kind === 'json') return jsonFault(JSON.parse(shown), jsonOf(output), '', found);
  if (kind === 'http') return httpFault(shown, output, found);
  return isAsShown(shown.trim(), output.trim(), found) ? undefined : `the output is not as shown`;
}

function httpFault(shown: string, output: string, found: Found): string | undefined {
  const [wanted, given] = [messageOf(shown), messageOf(output)];
  if (wanted.status !== given.status) return `the status is ${given.status} and not ${wanted.status}`;
  for (const [name, value] of wanted.headers) {
    const actual = given.headers.get(name);
    if (actual === undefined) return `the header ${name} is missing`;
    if (!isAsShown(value, actual, found)) return `the header ${name} is ${actual} and not ${value}`;
  }
  if (wanted.body === '' || given.body === '')
    return wanted.body === given.body ? undefined : 'one has a body and the other has none';
  return jsonFault(JSON.parse(wanted.body), jsonOf(given.body), '', found);
}

function messageOf(text: string): { status: string; headers: ReadonlyMap<string, string>; body: string } {
  const [head = '', ...body] = text.replaceAll('\r\n', '\n').trim().split('\n\n');
  const [status = '', ...lines] = head.split('\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status, headers: new Map(headers), body: body.join('\n\n') };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Symbol('no JSON');
  }
}

function jsonFault(wanted: unknown, given: unknown, path: string, found: Found): string | undefined {
  if (wanted === '…') return undefined;
  const fault = `${path || 'the answer'} is ${typeof given === 'symbol' ? 'no JSON' : JSON.stringify(given)}`;
  if (typeof wanted === 'string' && typeof given === 'string')
    return isAsShown(wanted, given, found) ? undefined : fault;
  if (!isContainer(wanted) || !isContainer(given)) return Object.is(wanted, given) ? undefined : fault;
  const [names, givenNames] = [Object.keys(wanted), Object.keys(given)];
  if (Array.isArray(wanted) !== Array.isArray(given)) return fault;
  const other = [...names, ...givenNames].find((name) => !(name in wanted && name in given));
  if (other !== undefined) return `${path}/${other} is ${names.includes(other) ? 'missing' : 'not shown'}`;
  for (const name of names) {
    const inner = jsonFault(wanted[name], given[name], `${path}/${name}`, found);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
