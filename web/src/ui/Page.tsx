// A page of its own: its heading with the way to it, what can be done there, and the rest below.
import { createLink } from '@tanstack/react-router';
import { IconChevronRight } from '@tabler/icons-react';
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react';
import classes from './Page.module.css';

export function Page({ heading, action, tabs, children }: {
  heading: ReactNode;
  action?: ReactNode;
  tabs?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <header className={classes.header} data-tabs={tabs ? '' : undefined}>
        <div className={classes.headline}>
          <h1>{heading}</h1>
          {action}
        </div>
        {tabs}
      </header>
      {children}
    </div>
  );
}

// A step of the way to the page, with the arrow to the next one.
export const Crumb = createLink((props: AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }) => (
  <>
    <a {...props} className={classes.crumb} />
    <IconChevronRight size={14} aria-hidden />
  </>
));
