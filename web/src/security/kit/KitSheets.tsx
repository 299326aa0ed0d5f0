/**
 * The sheets, between making and proving: for the printer one page each, on the screen only when asked for. They stand outside the page
 * itself, so that nothing else is printed with them.
 */
import { Alert, Button, Group } from '@mantine/core';
import { useState } from 'react';
import { createPortal } from 'react-dom';
import type { ResponseOf, Routes } from '../../contract.ts';
import { useTranslation } from '../../i18n/index.ts';
import { QrCode } from '../../setup/QrCode.tsx';
import { useDates } from '../../ui/dates.ts';
import classes from './kit.module.css';

type Made = ResponseOf<Routes['POST /api/v1/security/kit']>;

export function KitSheets({ made, onNext }: { made: Made; onNext: () => void }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const sheets = made.sheets.map((_, at) => <OneSheet key={at} made={made} at={at} />);
  return (
    <>
      <Alert color="orange" role="alert">
        <p className={classes['warning']}>{t('kit.shownOnce')}</p>
        <Group gap="sm">
          <Button onClick={() => window.print()}>{t('kit.print', { count: made.sheets.length })}</Button>
          <Button variant="default" onClick={() => setShown(!shown)}>
            {t(shown ? 'kit.hide' : 'kit.show')}
          </Button>
          <Button variant="default" onClick={onNext}>
            {t('kit.next')}
          </Button>
        </Group>
      </Alert>
      {shown && <div className={classes['shown']}>{sheets}</div>}
      {createPortal(<div className={classes['printed']}>{sheets}</div>, document.body)}
    </>
  );
}

function OneSheet({ made, at }: { made: Made; at: number }) {
  const { t } = useTranslation();
  const dates = useDates();
  const { id, needed, sheets, key, organizationName, madeAt } = made;
  const lines = sheets[at]!;
  return (
    <section className={classes['sheet']} aria-label={t('kit.sheetOf', { id, at: at + 1, count: sheets.length })}>
      <h2>{t('kit.sheetTitle')}</h2>
      <p className={classes['number']}>
        {t('kit.sheetOf', { id: id.toUpperCase(), at: at + 1, count: sheets.length })}
      </p>
      <p>{t('kit.sheetFor', { organization: organizationName, when: dates.moment(madeAt), key })}</p>
      <p>
        <strong>
          {sheets.length === 1 ? t('kit.sheetWhole') : t('kit.sheetSplit', { needed, sheets: sheets.length })}
        </strong>
      </p>
      <div className={classes['secret']}>
        <pre>{lines.join('\n')}</pre>
        <figure>
          <QrCode text={lines.join('\n')} label={t('kit.sheetCode')} />
          <figcaption>{t('kit.sheetCode')}</figcaption>
        </figure>
      </div>
      <ul>
        <li>{t('kit.sheetKeep')}</li>
        <li>{t('kit.sheetPhoto')}</li>
        <li>{t('kit.sheetUse')}</li>
        <li>{t('kit.sheetOld')}</li>
      </ul>
    </section>
  );
}
