import { createTheme, type MantineColorsTuple } from '@mantine/core';

// The accent: a pine green, quiet beside neutral greys, 6.4 : 1 on white at step 7.
const pine: MantineColorsTuple = [
  '#e6f2ef', '#cfe6e0', '#a9d3c9', '#7dbdae', '#58c9b3', '#2f8f7d', '#177c6b', '#0f6b5c', '#0b5649', '#084238',
];

// Mantine's own greys are blue; ours are warm in the light and plain in the dark, as in tokens.css.
const gray: MantineColorsTuple = [
  '#f7f7f6', '#f2f2f1', '#eaeae8', '#e0e0dd', '#d3d3cf', '#a8a8a3', '#8b8b86', '#5b5b57', '#3a3a37', '#1b1b1a',
];
const dark: MantineColorsTuple = [
  '#ececea', '#c9c9c6', '#adadaa', '#8f8f8c', '#3a3a3d', '#29292b', '#1d1d1f', '#161617', '#121213', '#0d0d0e',
];

const OVERLAY = { backgroundOpacity: 0.35 };

// Parts are named, not imported: what a page does not show it does not load.
export const theme = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  spacing: { xs: '6px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'sm',
  colors: { pine, gray, dark },
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  cursorType: 'pointer',
  headings: { fontWeight: '600' },
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    Button: { defaultProps: { size: 'xs', fw: 500, fz: 13 } },
    Input: { defaultProps: { size: 'sm' } },
    InputWrapper: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs', radius: 'xs' } },
    // A menu begins at its first entry; Mantine's placeholder is no child that a menu may have.
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false, transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, overlayProps: OVERLAY } },
    Drawer: { defaultProps: { transitionProps: { duration: 140 }, overlayProps: OVERLAY } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tabs: { defaultProps: { keepMounted: false } },
    Tooltip: { defaultProps: { openDelay: 300, fz: 12 } },
  },
});
