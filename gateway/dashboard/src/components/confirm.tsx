// A question before what cannot be taken back.
import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import type { ApiError } from '../api/client';
import { Failure } from './states';

interface Question {
  title: string;
  children: ReactNode;
  // On the button that does it.
  action: string;
  color?: string;
  onConfirm: () => Promise<unknown>;
}

export function Confirm({ title, children, action, color = 'red', onConfirm, opened, onClose }: Question & {
  opened: boolean;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      close();
    } catch (failure) {
      setError(failure as ApiError);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <div>{children}</div>
        {error && <Failure error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>Cancel</Button>
          <Button color={color} loading={busy} onClick={() => void confirm()}>{action}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
