// One stream of changes a browser: the tab that holds the lock listens and tells the others. The
// stream says only which record changed; each page asks again through its own permissions.
import type { LiveChange } from './wire';

type Listener = (change: LiveChange | 'reset') => void;

const listeners = new Set<Listener>();
const LOCK = 'rapport-live';
const RETRY_MS = 5000;

export function onLive(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change: LiveChange | 'reset'): void {
  for (const listener of listeners) listener(change);
}

// Starts listening until told to stop.
export function startLive(): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(LOCK);
  if (channel) channel.onmessage = (event: MessageEvent<LiveChange | 'reset'>) => tell(event.data);
  const say = (change: LiveChange | 'reset') => {
    tell(change);
    channel?.postMessage(change);
  };
  if (channel && 'locks' in navigator) {
    navigator.locks.request(LOCK, { signal: stop.signal }, () => listen(say, stop.signal)).catch(() => undefined);
  } else {
    void listen(say, stop.signal); // plain HTTP away from this machine knows no locks
  }
  return () => {
    stop.abort();
    channel?.close();
  };
}

// Holds a stream open until stopped; the browser resumes it by itself with the last id seen.
function listen(say: (change: LiveChange | 'reset') => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource | undefined;
    let timer = 0;
    const open = () => {
      source = new EventSource('/api/v1/events');
      source.onmessage = (event: MessageEvent<string>) => read(event.data, say);
      source.addEventListener('change', (event) => read((event as MessageEvent<string>).data, say));
      source.addEventListener('reset', () => say('reset'));
      source.onerror = () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = window.setTimeout(open, RETRY_MS);
      };
    };
    open();
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer);
      source?.close();
      resolve();
    });
  });
}

function read(text: string, say: (change: LiveChange) => void): void {
  try {
    const change = JSON.parse(text) as LiveChange;
    if (change.object && change.id) say(change);
  } catch {
    // A line we do not understand is of a later version; the next answer will tell.
  }
}
