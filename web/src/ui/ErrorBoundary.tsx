// A page that fails says so in its place; the navigation beside it goes on working.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Component, type ReactNode } from 'react';
import { EmptyState } from './EmptyState';
import { sentence } from './toast';

export class ErrorBoundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} />;
  }
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <EmptyState
      icon={<IconAlertTriangle size={20} stroke={1.6} />}
      title={<Trans>This page could not be shown</Trans>}
      action={<Button variant="default" onClick={retry ?? (() => window.location.reload())}><Trans>Try again</Trans></Button>}
    >
      <span role="alert">{sentence(error)}</span>
    </EmptyState>
  );
}
