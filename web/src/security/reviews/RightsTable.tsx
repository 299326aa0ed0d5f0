/** Rights of a review, one a row: whose, which, and what else the page has to say of each. */
import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { ScrollRegion } from '../../ui/ScrollRegion.tsx';

export function RightsTable({ titles, children }: { titles: readonly string[]; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <ScrollRegion label={t('reviews.rights')}>
      <Table aria-label={t('reviews.rights')}>
        <Table.Thead>
          <Table.Tr>
            {[t('reviews.person'), t('reviews.right'), ...titles].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </ScrollRegion>
  );
}

type Right = { person: { name: string }; department: string; name: string };

/** `children`: the cells under the titles of the page’s own. */
export function RightRow({ right, children }: { right: Right; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Td>
        {right.person.name}
        <small className="quiet" style={{ display: 'block' }}>
          {right.department}
        </small>
      </Table.Td>
      <Table.Td>{right.name}</Table.Td>
      {children}
    </Table.Tr>
  );
}
