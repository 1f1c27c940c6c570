// What stands around every page: the menu, the colour scheme, who is logged in.
import {
  ActionIcon, AppShell, Badge, Burger, Container, Group, NavLink, Stack, Text, Tooltip, useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

import { useApprovals, useLogOut } from './api/queries';
import type { Role } from './api/types';
import { Icon, type IconName } from './components/icon';
import { useCurrentSession, useMay } from './components/session';

const MENU: { to: string; label: string; icon: IconName; role: Role }[] = [
  { to: '/accounts', label: 'Accounts', icon: 'accounts', role: 'viewer' },
  { to: '/playground', label: 'Playground', icon: 'play', role: 'operator' },
  { to: '/approvals', label: 'Approvals', icon: 'approve', role: 'operator' },
  { to: '/log', label: 'Call log', icon: 'log', role: 'operator' },
  { to: '/usage', label: 'Usage', icon: 'usage', role: 'viewer' },
  { to: '/keys', label: 'API keys', icon: 'key', role: 'admin' },
  { to: '/audit', label: 'Audit', icon: 'shield', role: 'operator' },
  { to: '/regions', label: 'Regions', icon: 'region', role: 'viewer' },
];

export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  // As on a page that was loaded: the menu closes, and reading begins at the top.
  useEffect(() => {
    close();
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location, close]);

  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md">
      <a href="#main" className="skip-link">Skip to the content</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm"
              aria-label={opened ? 'Close the menu' : 'Open the menu'} aria-expanded={opened} />
            <img src="/dashboard/icon.svg" width={28} height={28} alt="" />
            <Text fw={650} truncate>zoho-mcp-mesh</Text>
          </Group>
          <Group gap="xs" wrap="nowrap"><Who /><SchemeSwitch /><LogOut /></Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Stack gap={2}>{MENU.map((item) => <MenuItem key={item.to} {...item} location={location} />)}</Stack>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} style={{ outline: 'none' }}>
        <Container size="xl" px={0}>{children}</Container>
      </AppShell.Main>
    </AppShell>
  );
}

function MenuItem({ to, label, icon, role, location }: (typeof MENU)[number] & { location: string }) {
  const here = location === to || location.startsWith(`${to}/`);
  if (!useMay(role)) return null;
  return (
    <NavLink component={Link} href={to} label={label} rightSection={to === '/approvals' && <Waiting />} leftSection={<Icon name={icon} />} active={here}
      {...(here ? { 'aria-current': 'page' as const } : {})} style={{ borderRadius: 8 }} />
  );
}

// How many calls wait for a yes.
function Waiting() {
  const { data } = useApprovals('pending');
  if (data === undefined || data.length === 0) return null;
  return <Badge color="red" size="sm" circle aria-label={`${data.length} waiting`}>{data.length}</Badge>;
}

function Who() {
  const { name, role } = useCurrentSession();
  return (
    <Group gap={6} wrap="nowrap" visibleFrom="xs">
      <Text size="sm" maw={180} truncate title={`API key ${name}`}>{name}</Text>
      <Badge variant="default" tt="none" fw={500}>{role}</Badge>
    </Group>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'sun' : 'moon'} />
      </ActionIcon>
    </Tooltip>
  );
}

function LogOut() {
  const logOut = useLogOut();
  return (
    <Tooltip label="Log out">
      <ActionIcon variant="default" size="lg" aria-label="Log out" loading={logOut.isPending} onClick={() => logOut.mutate()}>
        <Icon name="logout" />
      </ActionIcon>
    </Tooltip>
  );
}
