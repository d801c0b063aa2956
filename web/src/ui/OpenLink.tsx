// From a mark of a figure to the records it counts.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Opening } from '@/api/insight';

// What the list's address says; a set travels with its name, which only the figure knows.
export function openingSearch(open: Opening, name: string): Record<string, string> {
  return {
    ...(open.where && { where: open.where }),
    ...(open.set && { set: open.set, of: name }),
  };
}

export function OpenLink({ open, name, className, title, children }: {
  open: Opening | null | undefined;
  // What the list is called, where it is a set: "Cohort Dec 2010, month 3".
  name: string;
  className?: string | undefined;
  title?: string | undefined;
  children: ReactNode;
}) {
  if (!open) return <span className={className} title={title}>{children}</span>;
  return (
    <Link to="/$plural" params={{ plural: open.plural }} search={openingSearch(open, name)} className={className ?? ''} title={title}
      preload={false}>
      {children}
    </Link>
  );
}
