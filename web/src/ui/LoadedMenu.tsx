import { Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DropMenuProps, MenuEntry, MenuPart } from './DropMenu';

// Loaded because someone asked for it: it begins open.
export default function LoadedMenu({ target, entries, width, start }: DropMenuProps) {
  return (
    <Menu defaultOpened position={start ? 'bottom-start' : 'bottom-end'} {...(width && { width })}>
      <Menu.Target>{target}</Menu.Target>
      <Menu.Dropdown>{entries.map((part, at) => <Part key={at} part={part} />)}</Menu.Dropdown>
    </Menu>
  );
}

function Part({ part }: { part: MenuPart }) {
  if (part === false) return null;
  if (part === 'line') return <Menu.Divider />;
  if ('heading' in part) return <Menu.Label>{part.heading}</Menu.Label>;
  return <Entry {...part} />;
}

function Entry({ label, icon, after, onClick, href, to, search, danger, disabled, current }: MenuEntry) {
  const common = {
    leftSection: icon, rightSection: after, disabled: disabled ?? false,
    ...(danger && { color: 'red' }), ...(current && { 'aria-current': 'true' as const }), ...(onClick && { onClick }),
  };
  if (href) return <Menu.Item {...common} component="a" href={href} download>{label}</Menu.Item>;
  if (to) return <Menu.Item {...common} renderRoot={(props) => <Link {...props} to={to} search={search ?? {}} />}>{label}</Menu.Item>;
  return <Menu.Item {...common}>{label}</Menu.Item>;
}
