// On to the next record of the list one came from.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { list, recordKeys } from '@/api/records';
import type { ObjectType, RecordData } from '@/api/wire';
import { leaveTrail, listSearchOf, trailOf } from '../trail';

export interface Steps {
  next?: (() => void) | undefined;
  previous?: (() => void) | undefined;
  back: () => void;
  place?: { at: number; of: number } | undefined;
}

export function useSteps(object: ObjectType, record: RecordData): Steps {
  const navigate = useNavigate();
  const trail = trailOf(object.plural, record.id);
  const from = Math.max(0, (trail?.index ?? 0) - 1);
  const around = useQuery({
    queryKey: [...recordKeys.lists(object.plural), 'around', trail?.query, trail?.index],
    queryFn: ({ signal }) => list(object.plural, { ...trail?.query, fields: 'id', offset: from, limit: 3, count: 'exact' }, signal),
    enabled: Boolean(trail),
    staleTime: 60_000,
  });
  const step = (by: 1 | -1) => {
    const index = (trail?.index ?? 0) + by;
    const other = around.data?.data[index - from];
    if (!trail || index < 0 || !other || other.id === record.id) return undefined;
    return () => {
      leaveTrail({ ...trail, id: other.id, index });
      void navigate({ to: '/$plural/$id', params: { plural: object.plural, id: other.id } });
    };
  };
  const total = around.data?.page.count?.value;
  return {
    next: step(1),
    previous: step(-1),
    back: () => void navigate({ to: '/$plural', params: { plural: object.plural }, search: listSearchOf(object.plural) }),
    place: trail && total ? { at: trail.index + 1, of: total } : undefined,
  };
}
