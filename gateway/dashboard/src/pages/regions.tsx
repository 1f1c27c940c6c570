// Zoho's data centres, as the mesh knows them and as Zoho says.
import { Badge, Button, ScrollArea, Stack, Table, Text } from '@mantine/core';

import { useCheckRegions, useRegions } from '../api/queries';
import type { Region, RegionFinding } from '../api/types';
import { Icon } from '../components/icon';
import { PageHead } from '../components/page';
import { useMay } from '../components/session';
import { Failure, Loaded } from '../components/states';

export default function RegionsPage() {
  const regions = useRegions();
  const check = useCheckRegions();
  const mayCheck = useMay('admin');
  const findings = new Map(check.data?.map((finding) => [finding.region, finding]));
  return (
    <>
      <PageHead title="Regions" about="Zoho's data centres. An account can be connected where this mesh has an OAuth client."
        actions={mayCheck && (
          <Button variant="default" loading={check.isPending} leftSection={<Icon name="refresh" />}
            onClick={() => check.mutate()}>Ask Zoho’s hosts</Button>
        )} />
      <Stack>
        {check.error && <Failure error={check.error} />}
        <Loaded query={regions}>
          {(all) => (
            <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
              <Table miw={640} verticalSpacing="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Region</Table.Th><Table.Th>Accounts host</Table.Th><Table.Th>Meeting host</Table.Th>
                    <Table.Th>OAuth client</Table.Th>{check.data && <Table.Th>Zoho says</Table.Th>}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {all.map((region) => (
                    <Row key={region.code} region={region} finding={findings.get(region.code)} checked={check.data !== undefined} />
                  ))}
                </Table.Tbody>
              </Table>
            </ScrollArea>
          )}
        </Loaded>
      </Stack>
    </>
  );
}

function Row({ region, finding, checked }: { region: Region; finding: RegionFinding | undefined; checked: boolean }) {
  return (
    <Table.Tr>
      <Table.Td><Text size="sm" fw={500}>{region.name}</Text><Text size="xs" c="dimmed">{region.code}</Text></Table.Td>
      <Table.Td>{region.accounts_url}</Table.Td>
      <Table.Td>{region.meeting_url}</Table.Td>
      <Table.Td>
        {region.connectable
          ? <Badge color="green" variant="light" tt="none">yes</Badge>
          : <Badge variant="default" tt="none">no</Badge>}
      </Table.Td>
      {checked && <Table.Td>{finding && <Finding finding={finding} />}</Table.Td>}
    </Table.Tr>
  );
}

function Finding({ finding }: { finding: RegionFinding }) {
  const good = finding.state === 'confirmed' && finding.reachable;
  return (
    <>
      <Badge color={good ? 'green' : 'yellow'} variant="light" tt="none">
        {finding.state.replaceAll('_', ' ')}{finding.reachable ? '' : ', not reachable'}
      </Badge>
      {finding.error !== null && <Text size="xs" c="dimmed">{finding.error}</Text>}
    </>
  );
}
