// Mantine's button as a link of the router: it opens in a new tab, and is preloaded.
import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'style' | 'color'> & { ref?: Ref<HTMLAnchorElement> };

export const ButtonLink = createLink((props: ButtonProps & Anchor) => <Button component="a" {...props} />);
