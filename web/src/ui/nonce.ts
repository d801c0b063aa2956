// The server fills a fresh nonce into the page; styles made at run time must carry it.
const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');

export const nonce = (): string => meta?.nonce ?? '';
