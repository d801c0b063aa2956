import { useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import type { Field } from '@/api/wire';
import type { Condition, Operator, Simple } from './conditions';
import { operatorName, operatorsOf, takesNone, takesTwo } from './operators';
import { ValueEditor } from './ValueEditor';
import classes from './FilterBar.module.css';

interface Props {
  field: Field;
  condition: Simple;
  onChange: (condition: Condition) => void;
  onClose: () => void;
}

export default function ChipEditor({ field, condition, onChange, onClose }: Props) {
  const { t } = useLingui();
  return (
    <div className={classes.editor} onKeyDown={(event) => event.key === 'Enter' && onClose()}>
      <NativeSelect aria-label={t`Comparison`} value={condition.operator}
        data={allOperators(field, condition.operator).map((one) => ({ value: one, label: operatorName(one, field.type) }))}
        onChange={(event) => onChange(withOperator(condition, event.target.value as Operator))} />
      {!takesNone(condition.operator) && (
        <ValueEditor key={condition.operator} field={field} condition={condition} onChange={(values) => onChange({ ...condition, values })} />
      )}
    </div>
  );
}

function allOperators(field: Field, now: Operator): Operator[] {
  const offered = operatorsOf(field);
  return offered.includes(now) ? offered : [...offered, now];
}

function withOperator(condition: Simple, operator: Operator): Simple {
  const values = takesNone(operator) ? [] : takesTwo(operator) ? condition.values.slice(0, 2) : condition.values;
  const many = operator === 'in' || operator === 'not in' || takesTwo(operator);
  return { ...condition, operator, values: many ? values : values.slice(0, 1) };
}
