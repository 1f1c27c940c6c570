// Colours and defaults of every component.
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'cyan',
  // Dark enough for white text on it.
  primaryShade: 9,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "Noto Sans Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  respectReducedMotion: true,
});
