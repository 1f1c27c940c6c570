// Text as the catalogue and errors have it, with code between `backticks`.
import { Code } from '@mantine/core';

export function Prose({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : <Code key={index} fz="inherit">{part}</Code>));
}
