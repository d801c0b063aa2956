import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { call, Problem } from './client';
import type { SessionAnswer, User } from './wire';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return (await call<SessionAnswer>('session', { signal })).user;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export function useUser(): User {
  const user = useSuspenseQuery(sessionQuery).data;
  if (!user) throw new Error('A page behind the sign-in was drawn without a user.');
  return user;
}

export async function signIn(name: string, password: string): Promise<User> {
  return (await call<SessionAnswer>('session', { method: 'POST', body: { name, password } })).user;
}

export async function signOut(): Promise<void> {
  await call('session', { method: 'DELETE' });
}
