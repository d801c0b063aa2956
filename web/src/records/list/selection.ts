// The rows chosen by hand: their ids with the versions seen, which bulk writes must name.
export type Selection = ReadonlyMap<string, number>;

export interface Chosen {
  selection: Selection;
  // Where a shift-click's range begins.
  anchor: number;
}

export interface Line {
  id: string;
  version: number;
}

// Chooses one row, or with shift all between it and the last one touched, as far as they are loaded.
export function choose(
  chosen: Chosen, index: number, range: boolean, at: (index: number) => Line | undefined,
): Chosen {
  const line = at(index);
  if (!line) return chosen;
  const selection = new Map(chosen.selection);
  const add = !selection.has(line.id);
  const from = range ? Math.min(chosen.anchor, index) : index;
  const to = range ? Math.max(chosen.anchor, index) : index;
  for (let place = from; place <= to; place += 1) {
    const one = at(place);
    if (!one) continue;
    if (add || range) selection.set(one.id, one.version);
    else selection.delete(one.id);
  }
  return { selection, anchor: index };
}
