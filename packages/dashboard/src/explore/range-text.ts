import { formatMinute } from '../shared/time-format.ts';
import { quickRanges } from './time-range.ts';

/** Returns the text of a time for an input, by the clock here, to the second. Empty if a text is no time. */
export function localText(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/**
 * Returns the time that an input has, in RFC 3339. An input that was not changed has the time as it was: its milliseconds are not in the input,
 * nor which of two hours it was when clocks were set back. Empty if the input is no time.
 */
export function momentText(input: string, before: string): string {
  if (input !== '' && new Date(input).getTime() === new Date(localText(before)).getTime()) return before;
  const date = new Date(input);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

const unitNames: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
};

/** Says in words what a range of a URL is. */
export function rangeLabel(from: string, to: string): string {
  if (to === '') return quickRanges.find(([start]) => start === from)?.[1] ?? relativeLabel(from);
  return `${momentLabel(from)} – ${momentLabel(to)}`;
}

function relativeLabel(from: string): string {
  const [, amount, unit = ''] = /^-(\d+)([smhdw])$/.exec(from) ?? [];
  if (amount === undefined) return `Since ${momentLabel(from)}`;
  return `Last ${amount} ${unitNames[unit] ?? ''}${amount === '1' ? '' : 's'}`;
}

const momentLabel = (text: string): string => {
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? text : formatMinute(moment);
};
