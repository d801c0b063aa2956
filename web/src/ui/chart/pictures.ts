// A figure as a picture to take along: the SVG itself, or painted into a PNG at twice its size.
const SCALE = 2;

// What a picture must say of itself once it is away from its page.
export interface Caption {
  title: string;
  told: string;
}

const CAPTION = 56;
const MARGIN = 16;
// Width of a letter, about: a title is not cut where the picture is narrower than it.
const TITLE_LETTER = 8.2;
const TOLD_LETTER = 6.4;

// The picture below its caption.
export function captioned(svg: string, { title, told }: Caption): string {
  const [, wide = '0', high = '0'] = /^[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"/.exec(svg) ?? [];
  const width = Math.ceil(Math.max(Number(wide), title.length * TITLE_LETTER + 2 * MARGIN, told.length * TOLD_LETTER + 2 * MARGIN));
  const height = Math.ceil(Number(high)) + CAPTION;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
    + `<rect width="100%" height="100%" fill="${token('--surface')}"/>`
    + `<text x="${MARGIN}" y="24" fill="${token('--text')}" font-family="Inter, sans-serif" font-size="15" font-weight="600">${escaped(title)}</text>`
    + `<text x="${MARGIN}" y="42" fill="${token('--muted')}" font-family="Inter, sans-serif" font-size="12">${escaped(told)}</text>`
    + `${svg.replace('<svg ', `<svg y="${CAPTION}" `)}</svg>`;
}

export function saveSvg(name: string, svg: string): void {
  save(`${name}.svg`, new Blob([svg], { type: 'image/svg+xml' }));
}

export async function savePng(name: string, svg: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.fillStyle = token('--surface');
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (blob) save(`${name}.png`, blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// A grid of cells as a picture: for figures that the page draws as tables.
export interface Square {
  text: string;
  // 0..1, how strongly it is filled.
  share: number;
}

export interface GridPicture {
  // What its axes tell.
  across?: string | undefined;
  down?: string | undefined;
  columns: string[];
  rows: { head: string; cells: (Square | undefined)[] }[];
}

const WIDTH = 68;
const HEIGHT = 30;
const HEAD = 120;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function gridSvg({ across = '', down = '', columns, rows }: GridPicture): string {
  const text = (x: number, y: number, words: string, colour: string, anchor = 'middle') =>
    `<text x="${x}" y="${y}" fill="${colour}" text-anchor="${anchor}" font-family="Inter, sans-serif" font-size="12">${escaped(words)}</text>`;
  const parts = columns.map((name, at) => text(HEAD + at * WIDTH + WIDTH / 2, HEIGHT * 0.65, name, token('--muted')));
  parts.push(text(HEAD - 10, HEIGHT * 0.65, down && `${down} ↓`, token('--text'), 'end'));
  parts.push(text(HEAD + (columns.length * WIDTH) / 2, (rows.length + 1) * HEIGHT + HEIGHT * 0.65, across, token('--text')));
  rows.forEach(({ head, cells }, line) => {
    const y = (line + 1) * HEIGHT;
    parts.push(text(HEAD - 10, y + HEIGHT * 0.65, head, token('--muted'), 'end'));
    cells.forEach((cell, at) => {
      if (!cell) return;
      const x = HEAD + at * WIDTH;
      const opacity = (cell.share * (Number.parseFloat(token('--heat-top')) / 100)).toFixed(3);
      parts.push(`<rect x="${x + 1}" y="${y + 1}" width="${WIDTH - 2}" height="${HEIGHT - 2}" rx="3" fill="${token('--chart-1')}" fill-opacity="${opacity}"/>`);
      parts.push(text(x + WIDTH / 2, y + HEIGHT * 0.65, cell.text, token('--text')));
    });
  });
  const width = HEAD + columns.length * WIDTH + 10;
  const height = (rows.length + (across ? 2 : 1)) * HEIGHT + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
    + `<rect width="100%" height="100%" fill="${token('--surface')}"/>${parts.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
