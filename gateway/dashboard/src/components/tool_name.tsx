// A tool's name where room is short: most begin alike.
import { Text } from '@mantine/core';

// `list all department users` of `list_all_zoho_meeting_department_users`.
export const shortName = (tool: string) => tool.replace('zoho_meeting_', '').replaceAll('_', ' ');

export function ToolName({ name }: { name: string }) {
  return (
    <>
      <Text size="sm" ff="monospace" truncate title={name} visibleFrom="sm">{name}</Text>
      <Text size="sm" truncate title={name} hiddenFrom="sm">{shortName(name)}</Text>
    </>
  );
}
