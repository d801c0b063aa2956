// What is the organisation's, and what is one's own: settings, keys, passwords.
import { queryOptions } from '@tanstack/react-query';
import { call } from './client';

export interface Setting {
  name: string;
  type: 'text' | 'zone' | 'currency' | 'region' | 'boolean';
  label: string;
  help: string;
  value: string | boolean;
  is_default: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  user: string;
  user_name: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }) => (await call<{ data: Setting[] }>('settings', { signal })).data,
});

export async function changeSetting(name: string, value: string | boolean): Promise<Setting[]> {
  return (await call<{ data: Setting[] }>('settings', { method: 'PATCH', body: { [name]: value } })).data;
}

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await call<{ data: ApiKey[] }>('keys', { signal })).data,
});

// The key itself is told this once and never again.
export function createKey(name: string, scopes: string[]): Promise<ApiKey & { key: string }> {
  return call('keys', { method: 'POST', body: { name, scopes } });
}

export function removeKey(id: string): Promise<void> {
  return call(`keys/${id}`, { method: 'DELETE' });
}

// Of oneself with the password one has; of others as an administrator.
export function setPassword(user: string, password: string, current?: string): Promise<void> {
  return call(`users/${user}/password`, { method: 'PUT', body: { password, ...(current !== undefined && { current }) } });
}

export const PASSWORD_LENGTH = 8;
