import { useMantineColorScheme } from '@mantine/core';

export const SCHEME_KEY = 'rapport-color-scheme';

export function useScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return { scheme: colorScheme, setScheme: setColorScheme };
}
