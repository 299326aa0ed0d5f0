/** The page before the sign-in: the castle on one side, the form on the other. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { setLanguage, useLanguage, useTranslation } from '../i18n/index.ts';
import { Mark } from '../ui/Mark.tsx';
import classes from './Gate.module.css';

/** The castle of Lutsk above the Styr, in three planes. Decoration. */
function Scenery() {
  return (
    <svg
      className={classes['scenery']}
      viewBox="0 0 640 300"
      fill="currentColor"
      aria-hidden
      preserveAspectRatio="xMidYMax meet"
    >
      <path opacity=".5" d="M0 300V196l40-14 52 9 60-27 66 22 70-30 74 26 60-20 72 24 66-18 80 22v110z" />
      <path
        opacity=".8"
        d="M96 300V150h10v12h12v-12h12v12h12v-12h12v12h12v-12h10v44h74v-12h12v12h14v-12h12v12h14v-12h12v12h14v-12h12v12h14v-12h12v-94h11v14h14V86h14v14h14V86h14v14h14V86h11v96h14v12h14v-12h12v12h14v-12h12v12h20v-58h10v12h12v-12h12v12h12v-12h10v164z"
      />
      <path
        fill="#0a261f"
        d="M383 300v-40a17 17 0 0 1 34 0v40zM390 132h20v30h-20zM132 190h12v22h-12zM560 178h10v20h-10z"
      />
      <path d="M0 300v-26c80-20 150 8 230-4s150-14 230 0 120-10 180 2v28z" />
    </svg>
  );
}

export function Gate({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className={classes['gate']}>
      <header className={classes['wall']}>
        <div className={classes['brand']}>
          <Mark size={34} />
          Lubart
        </div>
        <p className={classes['motto']}>{t('gate.motto')}</p>
        <Scenery />
      </header>
      <main className={classes['inner']}>
        <div className={`${classes['box']} ${wide ? classes['wide'] : ''}`}>
          {children}
          <div className={classes['foot']}>
            <Button
              variant="subtle"
              color="gray"
              fw={500}
              size="compact-sm"
              lang={language === 'uk' ? 'en' : 'uk'}
              onClick={() => void setLanguage(language === 'uk' ? 'en' : 'uk')}
            >
              {language === 'uk' ? 'English' : 'Українська'}
            </Button>
          </div>
        </div>
      </main>
    </div>
  );
}
