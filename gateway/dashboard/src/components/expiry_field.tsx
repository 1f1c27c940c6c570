// When something ends: never, after some days, or at a moment of one's own.
import { Group, Select, TextInput } from '@mantine/core';
import { useState } from 'react';

const DAY = 86_400_000;
const CHOICES = [
  { value: 'never', label: 'Never' },
  { value: '1', label: 'In a day' },
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'own', label: 'At a moment of your choice' },
];

// As <input type="datetime-local"> has it, in this browser's zone.
function localText(time: string): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

// `value` is a moment in RFC 3339, or null for never.
export function ExpiryField({ value, onChange, error }: {
  value: string | null;
  onChange: (value: string | null) => void;
  error?: string | undefined;
}) {
  const [choice, setChoice] = useState(value === null ? 'never' : 'own');
  const choose = (next: string | null) => {
    if (next === null) return;
    setChoice(next);
    if (next === 'never') onChange(null);
    else if (next !== 'own') onChange(new Date(Date.now() + Number(next) * DAY).toISOString());
    else onChange(value ?? new Date(Date.now() + 7 * DAY).toISOString());
  };
  return (
    <Group align="flex-start" grow preventGrowOverflow={false}>
      <Select label="Expires" data={CHOICES} value={choice} onChange={choose} allowDeselect={false}
        error={choice === 'own' ? undefined : error} />
      {choice === 'own' && (
        <TextInput type="datetime-local" label="Moment" value={value === null ? '' : localText(value)} error={error}
          onChange={({ currentTarget }) => {
            if (currentTarget.value !== '') onChange(new Date(currentTarget.value).toISOString());
          }} />
      )}
    </Group>
  );
}
