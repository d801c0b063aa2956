// The server counts characters as code points; the page's strings count differently beyond the first
// plane. Cuts a text into what stands before, at and after the marked place.
export function cutAt(text: string, offset: number, length: number): [string, string, string] {
  const points = [...text];
  const part = (from: number, to?: number) => points.slice(from, to).join('');
  return [part(0, offset), part(offset, offset + length), part(offset + length)];
}
