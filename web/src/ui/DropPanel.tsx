// A button with a panel below it. The panel's own code is loaded when it is first opened.
import { lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react';

export interface DropPanelProps {
  target: ReactElement;
  label: string;
  opened: boolean;
  onChange: (opened: boolean) => void;
  end?: boolean;
  children: ReactNode;
}

const LoadedPanel = lazy(() => import('./LoadedPanel'));

export function DropPanel(props: DropPanelProps) {
  const [asked, setAsked] = useState(props.opened);
  if (props.opened && !asked) setAsked(true);
  if (!asked) return props.target;
  return <Suspense fallback={props.target}><LoadedPanel {...props} /></Suspense>;
}
