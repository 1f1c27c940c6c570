// Moments as people read them, the exact one on hover.
import { Text } from '@mantine/core';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const SHORT = new Intl.DateTimeFormat(undefined, {
  month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400], ['month', 30 * 86_400], ['day', 86_400], ['hour', 3600], ['minute', 60],
];

export const momentText = (time: string) => MOMENT.format(new Date(time));

// For rows of a list.
export const shortText = (time: string) => SHORT.format(new Date(time));

// `in 3 days`, `2 hours ago`.
export function relativeText(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return RELATIVE.format(Math.trunc(seconds), 'second');
}

export function Time({ value }: { value: string }) {
  return <Text component="time" inherit dateTime={value} title={momentText(value)}>{relativeText(value)}</Text>;
}
