// A figure as a picture to take along: the SVG itself, or painted into a PNG at twice its size.
const SCALE = 2;

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
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
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
  columns: string[];
  rows: { head: string; cells: (Square | undefined)[] }[];
}

const WIDTH = 68;
const HEIGHT = 30;
const HEAD = 120;

export function gridSvg({ columns, rows }: GridPicture): string {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const text = (x: number, y: number, words: string, colour: string, anchor = 'middle') =>
    `<text x="${x}" y="${y}" fill="${colour}" text-anchor="${anchor}" font-family="Inter, sans-serif" font-size="12">${escaped(words)}</text>`;
  const parts = columns.map((name, at) => text(HEAD + at * WIDTH + WIDTH / 2, HEIGHT * 0.65, name, token('--muted')));
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
  const height = (rows.length + 1) * HEIGHT + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
    + `<rect width="100%" height="100%" fill="${token('--surface')}"/>${parts.join('')}</svg>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
