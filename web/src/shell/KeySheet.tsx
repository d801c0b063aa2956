import { useLingui } from '@lingui/react/macro';
import { Modal } from '@mantine/core';
import { type Command, useCommandList } from '@/ui/keyboard';
import { Keys } from '@/ui/Keys';
import classes from './KeySheet.module.css';

export default function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const groups = grouped(useCommandList().filter((one) => one.keys?.length));
  return (
    <Modal opened onClose={onClose} title={t`Keyboard shortcuts`} size="lg" closeButtonProps={{ 'aria-label': t`Close` }}>
      <div className={classes.groups}>
        {[...groups].map(([group, commands]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.id}>
                  <dt>{command.label}</dt>
                  <dd><Keys keys={command.keys?.[0] ?? ''} /></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

function grouped(commands: Command[]): Map<string, Command[]> {
  const groups = new Map<string, Command[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return groups;
}
