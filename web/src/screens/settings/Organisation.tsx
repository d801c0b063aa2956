import { Trans, useLingui } from '@lingui/react/macro';
import { Switch, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changeSetting, type Setting, settingsQuery } from '@/api/account';
import { Failure } from '@/ui/ErrorBoundary';
import { say, sayProblem, sentence } from '@/ui/toast';
import { Waiting } from '@/ui/Waiting';
import classes from './settings.module.css';

export function Organisation() {
  const settings = useQuery(settingsQuery);
  return (
    <section className={classes.part}>
      <h2><Trans>Organisation</Trans></h2>
      {settings.isPending && <Waiting />}
      {settings.error && <Failure error={settings.error} retry={() => void settings.refetch()} />}
      {settings.data?.map((one) => <Line key={one.name} setting={one} />)}
    </section>
  );
}

// Saved when it is left or Enter is pressed, like every other value; Escape takes it back.
function Line({ setting }: { setting: Setting }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [text, setText] = useState(String(setting.value));
  const [wrong, setWrong] = useState('');
  const save = async (value: string | boolean): Promise<void> => {
    const before = setting.value;
    client.setQueryData(settingsQuery.queryKey, await changeSetting(setting.name, value));
    setWrong('');
    say(t`${setting.label} saved.`, async () => {
      client.setQueryData(settingsQuery.queryKey, await changeSetting(setting.name, before));
      setText(String(before));
    });
  };
  if (setting.type === 'boolean') {
    return (
      <Switch label={setting.label} description={setting.help} checked={setting.value === true} size="sm"
        onChange={(event) => void save(event.target.checked).catch(sayProblem)} />
    );
  }
  const leave = () => {
    if (text.trim() === setting.value) return;
    save(text.trim()).catch((error: unknown) => setWrong(sentence(error)));
  };
  return (
    <TextInput label={setting.label} description={setting.help} value={text} error={wrong || undefined} autoComplete="off"
      spellCheck={false} onChange={(event) => setText(event.target.value)} onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave();
        if (event.key !== 'Escape') return;
        setText(String(setting.value));
        setWrong('');
      }} />
  );
}
