// A form from a tool's input schema: one object of scalars and lists.
import { Checkbox, JsonInput, NumberInput, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';

import type { ReactNode } from 'react';

import type { Schema } from '../api/types';
import { Prose } from './prose';

export type Values = Record<string, unknown>;

// What the fields hold: text as typed, until Arguments() makes values of it.
export function SchemaForm({ schema, values, onChange, wrong }: {
  schema: Schema;
  values: Values;
  onChange: (values: Values) => void;
  // The message at a field.
  wrong: (field: string) => string | undefined;
}) {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {});
  // What must be given comes first.
  fields.sort(([a], [b]) => Number(required.has(b)) - Number(required.has(a)));
  if (fields.length === 0) return <Text size="sm" c="dimmed">This tool takes no arguments.</Text>;
  return (
    <Stack gap="sm">
      {fields.map(([name, property]) => (
        <Field key={name} name={name} schema={property} required={required.has(name)} value={values[name]}
          error={wrong(name)} onChange={(value) => onChange({ ...values, [name]: value })} />
      ))}
    </Stack>
  );
}

function Field({ name, schema, required, value, error, onChange }: {
  name: string;
  schema: Schema;
  required: boolean;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}) {
  const description = schema.description === undefined ? undefined : <Prose text={schema.description} />;
  const shared = { label: name, description, required, error };
  if (schema.enum !== undefined) {
    const choices = schema.enum.map(String);
    return <Select {...shared} data={choices} value={value === undefined ? null : String(value)} clearable searchable
      onChange={(text) => onChange(text === null ? undefined : schema.enum![choices.indexOf(text)])} />;
  }
  switch (schema.type) {
    case 'boolean':
      return <Checkbox label={name} description={description} error={error} checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)} />;
    case 'integer':
    case 'number':
      return <NumberInput {...shared} value={typeof value === 'number' ? value : ''} allowDecimal={schema.type === 'number'}
        {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
        {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
        {...(schema.default === undefined ? {} : { placeholder: String(schema.default) })}
        clampBehavior="none" onChange={(number) => onChange(number === '' ? undefined : Number(number))} />;
    case 'array':
      if (schema.items?.type === 'string' && schema.items.enum === undefined) {
        return <TagsInput {...shared} value={Array.isArray(value) ? value.map(String) : []} splitChars={[',', ' ', '\n']}
          onChange={(tags) => onChange(tags.length === 0 ? undefined : tags)} />;
      }
      return <JsonField {...shared} value={value} onChange={onChange} />;
    case 'string':
      return <TextInput {...shared} value={typeof value === 'string' ? value : ''}
        {...(schema.default === undefined ? {} : { placeholder: String(schema.default) })}
        onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)} />;
    default:
      return <JsonField {...shared} value={value} onChange={onChange} />;
  }
}

function JsonField({ value, onChange, ...shared }: {
  label: string;
  description: ReactNode;
  required: boolean;
  error: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2);
  return <JsonInput {...shared} value={text} autosize minRows={2} maxRows={12} formatOnBlur validationError="This is no JSON"
    placeholder="JSON" onChange={(typed) => onChange(typed === '' ? undefined : typed)} />;
}

// The arguments that the fields hold: what is empty is left out, and JSON that was typed is read.
// Text that is no JSON stays text, and the answer says what is wrong with it.
export function argumentsOf(schema: Schema, values: Values): Values {
  const result: Values = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const property = schema.properties?.[name];
    const typedJson = typeof value === 'string' && property?.enum === undefined && property?.type !== 'string';
    result[name] = typedJson ? parsed(value) : value;
  }
  return result;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
