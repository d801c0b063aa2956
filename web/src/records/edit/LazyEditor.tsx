// The editor's code arrives with the first edit; the value stays in its place until then.
import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';

const Loaded = lazy(() => import('./InlineEditor'));

export function LazyEditor({ meanwhile, ...props }: ComponentProps<typeof Loaded> & { meanwhile?: ReactNode }) {
  return <Suspense fallback={meanwhile ?? null}><Loaded {...props} /></Suspense>;
}
