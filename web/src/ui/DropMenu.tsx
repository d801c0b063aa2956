// A button with a menu. The menu's own code is loaded when it is first asked for.
import { lazy, type ReactElement, type ReactNode, Suspense, useState, cloneElement } from 'react';

export interface MenuEntry {
  label: ReactNode;
  icon?: ReactNode;
  after?: ReactNode;
  onClick?: (() => void) | undefined;
  href?: string;
  to?: string;
  search?: Record<string, string>;
  danger?: boolean;
  disabled?: boolean;
  current?: boolean;
}

// A line between entries, with or without a heading; `false` for entries that do not apply.
export type MenuPart = MenuEntry | { heading: ReactNode } | 'line' | false;

export interface DropMenuProps {
  target: ReactElement<{ onClick?: () => void; 'aria-haspopup'?: 'menu' }>;
  entries: MenuPart[];
  width?: number;
  start?: boolean;
}

const LoadedMenu = lazy(() => import('./LoadedMenu'));

export function DropMenu(props: DropMenuProps) {
  const [asked, setAsked] = useState(false);
  const plain = cloneElement(props.target, { 'aria-haspopup': 'menu', onClick: () => setAsked(true) });
  if (!asked) return plain;
  return <Suspense fallback={plain}><LoadedMenu {...props} /></Suspense>;
}
