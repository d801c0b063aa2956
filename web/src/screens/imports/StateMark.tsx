import { t } from '@lingui/core/macro';
import type { ImportState } from '@/api/imports';
import { Tag } from '@/fields/Tag';

export function StateMark({ state }: { state: ImportState }) {
  const names: Record<ImportState, [string, string]> = {
    waiting: [t`Waiting`, 'gray'], running: [t`Running`, 'blue'], done: [t`Done`, 'green'], failed: [t`Failed`, 'red'],
    undoing: [t`Being undone`, 'orange'], undone: [t`Undone`, 'gray'],
  };
  const [label, color] = names[state] ?? [state, 'gray'];
  return <Tag color={color}>{label}</Tag>;
}
