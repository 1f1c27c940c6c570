// The few pictures of the dashboard, as outlines in the colour of the text.
import type { ReactNode } from 'react';

const SHAPES = {
  accounts: <><circle cx="12" cy="8" r="4" /><path d="M4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5" /></>,
  approve: <><circle cx="12" cy="12" r="9" /><path d="m8 12.5 2.8 2.8L16.5 9" /></>,
  alert: <><path d="M12 3.5 22 20.5H2Z" /><path d="M12 10v4.5M12 17.6v.2" /></>,
  back: <path d="M14.5 5.5 8 12l6.5 6.5" />,
  check: <path d="m4.5 12.5 5 5L19.5 7" />,
  copy: <><rect x="8" y="8" width="12" height="13" rx="2" /><path d="M16 5V4.5A1.5 1.5 0 0 0 14.5 3h-9A1.5 1.5 0 0 0 4 4.5v11A1.5 1.5 0 0 0 5.5 17H6" /></>,
  key: <><circle cx="8" cy="15.5" r="4.5" /><path d="m11.5 12 8.5-8.500M16.5 7l3 3" /></>,
  link: <><path d="M10 14a4.5 4.5 0 0 0 6.4 0l3.3-3.300a4.5 4.5 0 0 0-6.4-6.400L12 5.6" /><path d="M14 10a4.5 4.5 0 0 0-6.4 0l-3.3 3.300a4.5 4.5 0 0 0 6.4 6.400L12 18.4" /></>,
  log: <path d="M4 6h16M4 12h16M4 18h10" />,
  logout: <><path d="M10 4H5.500A1.5 1.5 0 0 0 4 5.500v13A1.5 1.5 0 0 0 5.5 20H10" /><path d="M15.5 8l4 4-4 4M19.5 12H10" /></>,
  moon: <path d="M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500Z" />,
  play: <path d="M7 4.5 19.5 12 7 19.500Z" />,
  plus: <path d="M12 5v14M5 12h14" />,
  refresh: <><path d="M20 12a8 8 0 1 1-2.6-5.9" /><path d="M20.5 3.500V8H16" /></>,
  region: <><circle cx="12" cy="12" r="9" /><path d="M3 12h18M12 3c3 2.7 4 5.7 4 9s-1 6.3-4 9c-3-2.7-4-5.7-4-9s1-6.3 4-9Z" /></>,
  search: <><circle cx="10.5" cy="10.5" r="6.5" /><path d="m15.5 15.5 5 5" /></>,
  shield: <><path d="M12 3 20 6v6c0 5-3.5 8-8 9.500C7.5 20 4 17 4 12V6Z" /><path d="m8.5 12 2.5 2.5 4.5-5" /></>,
  sun: <><circle cx="12" cy="12" r="4" /><path d="M12 2.500V5M12 19v2.500M2.5 12H5M19 12h2.500M5.3 5.3 7 7M17 17l1.7 1.700M18.7 5.3 17 7M7 17l-1.7 1.7" /></>,
  trash: <path d="M4 6.500h16M9 6V4h6v2M6 6.5 7 21h10l1-14.500M10 11v6M14 11v6" />,
  usage: <path d="M4 20h16M7 20v-7M12 20V5M17 20v-10" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.8}
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
