export function Wordmark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f6b5c" />
      <path d="M9 23V9h7.2a4.6 4.6 0 0 1 1 9.1L22 23" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round"
        strokeLinejoin="round" />
      <circle cx="13.6" cy="14" r="1.7" fill="#fff" />
    </svg>
  );
}
