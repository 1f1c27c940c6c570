// What only a key of some role may see.
import type { ReactNode } from 'react';

import type { Role } from '../api/types';
import { useMay } from './session';
import { Empty } from './states';

export function Needs({ role, children }: { role: Role; children: ReactNode }) {
  if (useMay(role)) return children;
  return <Empty icon="key" title="This needs another key">Log in with a key of the role {role}.</Empty>;
}
