// Mantine's controls as links of the router: they open in a new tab, and are preloaded.
import { Button, type ButtonProps, Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'style' | 'color'> & { ref?: Ref<HTMLAnchorElement> };

export const ButtonLink = createLink((props: ButtonProps & Anchor) => <Button component="a" {...props} />);

export const MenuItemLink = createLink((props: MenuItemProps & Anchor) => <Menu.Item component="a" {...props} />);
