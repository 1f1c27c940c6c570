// Who is logged in, for whatever depends on a role.
import { createContext, type ReactNode, useContext } from 'react';

import type { Role, Session } from '../api/types';

const ORDER: Role[] = ['viewer', 'operator', 'admin'];

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useCurrentSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('no session: the login page stands before all others');
  return session;
}

// Whether the session's key may do what needs `role`.
export function useMay(role: Role): boolean {
  return ORDER.indexOf(useCurrentSession().role) >= ORDER.indexOf(role);
}
